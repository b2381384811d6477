"""Who calls: a person with the token of a session, or a machine with its key.

A browser's token is in a cookie, which it adds by itself to what another site has it send too. So whatever changes anything needs the
header X-CSRF-Token besides, which only a page of ours knows (and the cookie is SameSite=Strict).
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from streams.desk.desk import AtDesk, Desk
from streams.desk.problems import problem
from streams.officers.roles import Act, Role, machine_may, may
from streams.officers.session import COOKIE, is_csrf_of
from streams.store.api_keys import holder_of
from streams.store.sessions import officer_of

_BEARER = HTTPBearer(auto_error=False, scheme_name="person", description="the token that signing in gave")
_KEY = APIKeyHeader(name="X-API-Key", auto_error=False, scheme_name="machine", description="the key of a machine")
_COOKIE = APIKeyCookie(
    name=COOKIE, auto_error=False, scheme_name="browser", description="the console's; what changes anything needs X-CSRF-Token too"
)

Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
Key = Annotated[str | None, Depends(_KEY)]
Cookie = Annotated[str | None, Depends(_COOKIE)]

HOW_TO = "sign in with POST /api/sign-in and send Authorization: Bearer TOKEN; a machine sends X-API-Key"


class Caller(msgspec.Struct, frozen=True):
    """Who somebody is; `name` is what the log and the audit call them, and no account can be called as a key is."""

    name: str
    display_name: str
    role: Role
    machine: bool

    def may(self, right: Act) -> bool:
        """Whether they may do something."""
        return machine_may(self.role, right) if self.machine else may(self.role, right)

    @property
    def words(self) -> str:
        """What they are, as a sentence begins."""
        return "the key of a machine" if self.machine else f"{'an' if self.role[0] in 'ao' else 'a'} {self.role}"


SAFE = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""

BY_ITSELF = "x-by-itself"
"""A page marks what it asks without anybody having pressed anything: that keeps no session alive."""


def caller_of(desk: AtDesk, request: Request, bearer: Bearer, key: Key, cookie: Cookie) -> Caller:
    """Who calls; else 401. A token or a key that is sent on purpose goes before a cookie, which a browser adds by itself."""
    if bearer is not None and key is not None:
        raise problem(401, f"send a token or a key, not both: {HOW_TO}")
    if bearer is not None:
        return _person(desk, bearer.credentials)
    if key is not None:
        holder = holder_of(desk.engine, key)
        if holder is not None:
            return Caller(f"key:{holder.key_id}", holder.owner, holder.role, machine=True)
        raise problem(401, f"the key is none, or was revoked: {HOW_TO}")
    if cookie is not None:
        caller = _person(desk, cookie, active=BY_ITSELF not in request.headers)
        if request.method not in SAFE and not is_csrf_of(cookie, request.headers.get("x-csrf-token", "")):
            raise problem(403, "the header X-CSRF-Token is missing or wrong: load the page anew; nothing was done")
        return caller
    raise problem(401, HOW_TO)


def person_of(desk: Desk, token: str, *, active: bool = True) -> Caller | None:
    """Whose token it is, None where its session is over; `active`: a person asks, which keeps the session alive."""
    officer = officer_of(desk.engine, token, desk.now_us(), active=active)
    return Caller(officer.name, officer.display_name, officer.role, machine=False) if officer else None


def _person(desk: Desk, token: str, *, active: bool = True) -> Caller:
    person = person_of(desk, token, active=active)
    if person is None:
        raise problem(401, f"the session is over, or never was: {HOW_TO}")
    return person


Calls = Annotated[Caller, Depends(caller_of)]


def looking(caller: Calls) -> Caller:
    """Somebody who may look; else 403."""
    if not caller.may(Act.LOOK):
        raise problem(403, f"{caller.words} may not look: ask an administrator for another role")
    return caller


Looks = Annotated[Caller, Depends(looking)]
