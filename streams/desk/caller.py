"""Who calls: a person with the token of a session, or a machine with its key.

There are no cookies: a browser adds nothing by itself to what another site has it send, so no such request can be forged.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import Depends
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from streams.desk.desk import AtDesk
from streams.desk.problems import problem
from streams.officers.roles import Act, Role, machine_may, may
from streams.store.api_keys import holder_of
from streams.store.sessions import officer_of

_BEARER = HTTPBearer(auto_error=False, scheme_name="person", description="the token that signing in gave")
_KEY = APIKeyHeader(name="X-API-Key", auto_error=False, scheme_name="machine", description="the key of a machine")

Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
Key = Annotated[str | None, Depends(_KEY)]

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


def caller_of(desk: AtDesk, bearer: Bearer, key: Key) -> Caller:
    """Who calls; else 401."""
    if bearer is not None and key is not None:
        raise problem(401, f"send a token or a key, not both: {HOW_TO}")
    if bearer is not None:
        officer = officer_of(desk.engine, bearer.credentials, desk.now_us())
        if officer is not None:
            return Caller(officer.name, officer.display_name, officer.role, machine=False)
        raise problem(401, f"the session is over, or never was: {HOW_TO}")
    if key is not None:
        holder = holder_of(desk.engine, key)
        if holder is not None:
            return Caller(f"key:{holder.key_id}", holder.owner, holder.role, machine=True)
        raise problem(401, f"the key is none, or was revoked: {HOW_TO}")
    raise problem(401, HOW_TO)


Calls = Annotated[Caller, Depends(caller_of)]


def looking(caller: Calls) -> Caller:
    """Somebody who may look; else 403."""
    if not caller.may(Act.LOOK):
        raise problem(403, f"{caller.words} may not look: ask an administrator for another role")
    return caller


Looks = Annotated[Caller, Depends(looking)]
