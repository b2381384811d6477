"""Who asked for a subscription, or to end one, and the code that shows that the number is theirs.

What is told to who asks never depends on whether the number is known, has been texted lately, or wants no texts.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from streams.observation.moments import HOUR_US, MINUTE_US, SECOND_US
from streams.people.vault import PeopleVault
from streams.store.engine import alone, reading, writing
from streams.store.people_schema import OPT_OUTS, RESIDENTS
from streams.store.subscriptions import Place, forget_askers, leave, settled, subscribe
from streams.store.subscriptions_schema import SUBSCRIBE_ASKS
from streams.store.subscriptions_texts import CODE, Notice, only, write_notice

PENDING_US = 15 * MINUTE_US
"""How long a code is good for."""
APART_US = 60 * SECOND_US
"""A number gets no two codes closer together than this."""
DAY_US = 24 * HOUR_US
MOST_CODES = 3
"""Codes that one number gets in a day."""
MOST_TRIES = 5
"""Wrong codes, over all pages that wait for the same one."""

Act = Literal["subscribe", "leave", "leave_all"]
Outcome = Literal["done", "wrong", "over"]


class Ask(msgspec.Struct, frozen=True):
    """What somebody asks for; `place` is None where they leave."""

    act: Act
    phone: str
    language: str
    place: Place | None = None

    def __repr__(self) -> str:
        return f"Ask({self.act})"  # the number is nobody's business in a log (law 10)


class Coded(msgspec.Struct, frozen=True):
    """What texts a code: its words by language with `{code}` in them, and the status of the city's messages."""

    words: dict[str, str]
    status: str


class Asked(msgspec.Struct, frozen=True):
    """What an ask was for, for the page that follows it."""

    act: Act
    place: Place | None
    done: bool
    made_us: int


def begin_ask(engine: Engine, vault: PeopleVault, ask: Ask, coded: Coded, now_us: int) -> str:
    """Keep an ask and text a code where one may be texted; the ticket by which the page that asks for the code knows it."""
    lookup, ticket = vault.lookup(ask.phone), secrets.token_urlsafe(18)
    with writing(engine) as connection:
        alone(connection, "subscribe")
        forget_askers(connection, now_us - DAY_US)
        row: dict[str, Any] = {"ticket": ticket, "lookup": lookup, "act": ask.act, "language": ask.language, "made_us": now_us, "tries": 0}
        row |= {"kind": ask.place.kind if ask.place else "", "place": ask.place.id if ask.place else ""}
        last = _last_texted(connection, lookup, now_us)
        if not _may_text(connection, lookup, ask, last, now_us):
            # the code that is on its way is as good for this page as for the one before
            connection.execute(insert(SUBSCRIBE_ASKS).values(**row, **_same_code(last, ask), texted=0))
            return ticket
        resident = settled(connection, vault, ask.phone, ask.language)
        code = f"{secrets.randbelow(1_000_000):06d}"
        row |= {"resident": resident, "digest": _digest(vault, lookup, ask.act, code), "coded_us": now_us, "texted": 1}
        connection.execute(insert(SUBSCRIBE_ASKS).values(**row))
        name = f"code_{ticket}"
        texts = {language: words.replace("{code}", code) for language, words in coded.words.items()}
        first = ask.language if ask.language in texts else next(iter(texts))
        # a known resident's own language may be another than the page's: the page's is what they read just now
        notice = Notice(name, name, 1, CODE, "code", coded.status, now_us, now_us + PENDING_US, {first: texts[first]})
        write_notice(connection, notice, only(resident))
    return ticket


def confirm(engine: Engine, vault: PeopleVault, ticket: str, code: str, now_us: int) -> Outcome:
    """Do what was asked for, if the code is the one that was texted: "over" where no code does it any more."""
    with writing(engine) as connection:
        alone(connection, "subscribe")
        ask = connection.execute(select(SUBSCRIBE_ASKS).where(SUBSCRIBE_ASKS.c.ticket == ticket)).first()
        if ask is None or now_us - ask.made_us > PENDING_US or _tries(connection, ask) >= MOST_TRIES:
            return "over"
        right = ask.digest is not None and hmac.compare_digest(ask.digest, _digest(vault, ask.lookup, ask.act, code))
        if not right:
            connection.execute(_this(ticket).values(tries=SUBSCRIBE_ASKS.c.tries + 1))
            return "wrong"
        if ask.done_us is not None:
            return "done"  # sent twice
        if now_us - ask.coded_us > PENDING_US or _used(connection, ask):
            return "over"
        if not _do(connection, ask, now_us):
            return "over"
        connection.execute(_this(ticket).values(done_us=now_us))
        return "done"


def asked(engine: Engine, ticket: str) -> Asked | None:
    """What an ask was for; None where there is none of this ticket."""
    with reading(engine) as connection:
        row = connection.execute(select(SUBSCRIBE_ASKS).where(SUBSCRIBE_ASKS.c.ticket == ticket)).first()
    if row is None:
        return None
    return Asked(row.act, Place(row.kind, row.place) if row.kind else None, row.done_us is not None, row.made_us)


def _this(ticket: str) -> Any:
    return update(SUBSCRIBE_ASKS).where(SUBSCRIBE_ASKS.c.ticket == ticket)


def _last_texted(connection: Connection, lookup: str, now_us: int) -> Row[Any] | None:
    """The last ask of a number within a day that a code was texted for."""
    texted = (SUBSCRIBE_ASKS.c.lookup == lookup) & (SUBSCRIBE_ASKS.c.texted == 1) & (SUBSCRIBE_ASKS.c.made_us > now_us - DAY_US)
    return connection.execute(select(SUBSCRIBE_ASKS).where(texted).order_by(SUBSCRIBE_ASKS.c.made_us.desc()).limit(1)).first()


def _may_text(connection: Connection, lookup: str, ask: Ask, last: Row[Any] | None, now_us: int) -> bool:
    if last is not None:
        texted = (SUBSCRIBE_ASKS.c.lookup == lookup) & (SUBSCRIBE_ASKS.c.texted == 1) & (SUBSCRIBE_ASKS.c.made_us > now_us - DAY_US)
        count = connection.scalars(select(func.count()).select_from(SUBSCRIBE_ASKS).where(texted)).one()
        if count >= MOST_CODES or now_us - last.made_us < APART_US:
            return False
    if connection.scalars(select(OPT_OUTS.c.lookup).where(OPT_OUTS.c.lookup == lookup)).first() is not None:
        return False  # who wants no texts gets none, whoever asks for one
    # of a number that nobody here has there is nothing to end, and no reason to text it
    known = connection.scalars(select(RESIDENTS.c.resident).where(RESIDENTS.c.lookup == lookup)).first() is not None
    return ask.act == "subscribe" or known


def _same_code(last: Row[Any] | None, ask: Ask) -> dict[str, Any]:
    if last is None or last.act != ask.act:
        return {"digest": None, "coded_us": 0, "resident": ""}
    return {"digest": last.digest, "coded_us": last.coded_us, "resident": last.resident}


def _digest(vault: PeopleVault, lookup: str, act: Act, code: str) -> str:
    """Without the key nobody can try a million codes on it; one to subscribe is none to leave."""
    return vault.lookup_other(f"code\n{lookup}\n{act}\n{code}")


def _sharing(ask: Row[Any]) -> Any:
    """All asks that wait for the same code; of those without any, this one alone."""
    if ask.digest is None:
        return SUBSCRIBE_ASKS.c.ticket == ask.ticket
    return (SUBSCRIBE_ASKS.c.lookup == ask.lookup) & (SUBSCRIBE_ASKS.c.digest == ask.digest)


def _tries(connection: Connection, ask: Row[Any]) -> int:
    return int(connection.scalars(select(func.coalesce(func.sum(SUBSCRIBE_ASKS.c.tries), 0)).where(_sharing(ask))).one())


def _used(connection: Connection, ask: Row[Any]) -> bool:
    done = select(SUBSCRIBE_ASKS.c.ticket).where(_sharing(ask), SUBSCRIBE_ASKS.c.done_us.is_not(None))
    return connection.scalars(done).first() is not None


def _do(connection: Connection, ask: Row[Any], now_us: int) -> bool:
    alone(connection, "residents")  # a list that is being imported takes out who is nobody's
    if ask.act == "subscribe":
        return subscribe(connection, ask.resident, Place(ask.kind, ask.place), ask.language, now_us)
    leave(connection, ask.resident, ask.lookup, now_us, for_good=ask.act == "leave_all")
    return True
