"""What residents text back: kept sealed until somebody has called them, each text once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, Select, case, select, update

from streams.audit.row import Deed
from streams.delivery.reply import KINDS, ReplyKind
from streams.observation.moments import to_text
from streams.people.vault import PeopleVault
from streams.store.audit import append
from streams.store.engine import insert_into, reading, writing
from streams.store.people_schema import HOMES, REPLIES, RESIDENTS
from streams.store.residents_opt_outs import opt_in, opt_out

BY_TEXT = "text"
BY_RULE = "rule"
"""Who has handled an opt-out: nobody needs to call."""


class ReplyError(ValueError):
    """A reply that cannot be closed: why, and what to do."""


@dataclass(frozen=True)
class TextIn:
    """A text that came in; `reply` is the provider's id of it."""

    reply: str
    kind: ReplyKind
    phone: str = field(repr=False)
    words: str = field(repr=False)


class TakenIn(msgspec.Struct, frozen=True):
    """Whether a text is new, and whose it is: "" where the number is nobody's, who has no language either."""

    new: bool
    resident: str
    language: str


class Sealed(msgspec.Struct, frozen=True):
    """What is sealed of a reply."""

    phone: str
    words: str


class Reply(msgspec.Struct, frozen=True):
    """A reply as it is kept; `sealed` is opened by `unsealed`, and None once the words were deleted."""

    reply: str
    resident: str
    kind: ReplyKind
    received_us: int
    zones: tuple[str, ...]
    sealed: bytes | None
    handled_us: int | None
    handled_by: str


def take_in(engine: Engine, vault: PeopleVault, texts: Sequence[TextIn], now_us: int) -> list[TakenIn]:
    """Keep texts that came, and let who asks for it opt out or in; one that came before changes nothing."""
    lookups = {text.reply: vault.lookup(text.phone) for text in texts}
    with reading(engine) as connection:
        known = set(connection.scalars(select(REPLIES.c.reply).where(REPLIES.c.reply.in_(list(lookups)))))
        people = _people(connection, lookups.values())
    new: dict[str, TextIn] = {}
    for text in texts:
        if text.reply not in known:
            new.setdefault(text.reply, text)
    for text in new.values():
        # before it is kept: a crash in between makes the provider send it again, and to opt out twice does no harm
        if text.kind == "opt_out":
            opt_out(engine, lookups[text.reply], now_us, BY_TEXT, BY_TEXT)
        elif text.kind == "opt_in":
            opt_in(engine, lookups[text.reply], now_us, BY_TEXT, BY_TEXT)
    if new:
        with writing(engine) as connection:
            rows = [_row(vault, text, people.get(lookups[text.reply], _NOBODY)[0], now_us) for text in new.values()]
            connection.execute(insert_into(connection, REPLIES).on_conflict_do_nothing(), rows)
    return [_taken(text, new, people.get(lookups[text.reply], _NOBODY)) for text in texts]


def replies(engine: Engine, *, handled: bool = False) -> list[Reply]:
    """Replies that wait for somebody, the most urgent kind first, then the oldest; with `handled`, all."""
    wanted = REPLIES.c.reply.is_not(None) if handled else REPLIES.c.handled_us.is_(None)
    urgency = case({kind: place for place, kind in enumerate(KINDS)}, value=REPLIES.c.kind, else_=len(KINDS))
    query = select(REPLIES).where(wanted).order_by(urgency, REPLIES.c.received_us, REPLIES.c.reply)
    with reading(engine) as connection:
        zones = _zones(connection, select(REPLIES.c.resident).where(wanted))
        return [_reply(row, zones) for row in connection.execute(query)]


def close_reply(engine: Engine, reply: str, by: str, now_us: int) -> None:
    """Note that somebody has seen to a reply, with an entry in the audit.

    Raises
    ------
    ReplyError
        Where there is none of this id, or it was closed before.
    """
    with writing(engine) as connection:
        open_one = update(REPLIES).where(REPLIES.c.reply == reply, REPLIES.c.handled_us.is_(None))
        if not connection.execute(open_one.values(handled_us=now_us, handled_by=by)).rowcount:
            raise ReplyError(_why_not(connection, reply))
        row = connection.execute(select(REPLIES.c.kind, REPLIES.c.resident, REPLIES.c.received_us).where(REPLIES.c.reply == reply)).one()
        detail = {"kind": row.kind, "resident": row.resident, "received_at": to_text(row.received_us)}
        append(connection, [Deed(to_text(now_us), by, "reply_handled", reply, detail)])


def unsealed(vault: PeopleVault, reply: Reply) -> Sealed | None:
    """Number and words; None once they were deleted.

    Raises
    ------
    PeopleVaultError
        Where they were sealed with another key.
    """
    if reply.sealed is None:
        return None
    return msgspec.json.decode(vault.unseal(reply.resident or reply.reply, reply.sealed), type=Sealed)


_NOBODY = ("", "")


def _people(connection: Connection, lookups: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Resident and language by lookup."""
    query = select(RESIDENTS.c.lookup, RESIDENTS.c.resident, RESIDENTS.c.language).where(RESIDENTS.c.lookup.in_(list(lookups)))
    return {row.lookup: (row.resident, row.language) for row in connection.execute(query)}


def _row(vault: PeopleVault, text: TextIn, resident: str, now_us: int) -> dict[str, Any]:
    sealed = msgspec.json.encode(Sealed(text.phone, text.words)).decode("utf-8")
    over = text.kind in ("opt_out", "opt_in")
    return {
        "reply": text.reply,
        "resident": resident,
        "kind": text.kind,
        "received_us": now_us,
        "words": vault.seal(resident or text.reply, sealed),
        "handled_us": now_us if over else None,
        "handled_by": BY_RULE if over else "",
    }


def _taken(text: TextIn, new: dict[str, TextIn], person: tuple[str, str]) -> TakenIn:
    return TakenIn(new.get(text.reply) is text, *person)


def _zones(connection: Connection, residents: Select[tuple[str]]) -> dict[str, list[str]]:
    zones: dict[str, list[str]] = defaultdict(list)
    query = select(HOMES.c.resident, HOMES.c.zone).where(HOMES.c.resident.in_(residents)).order_by(HOMES.c.zone)
    for resident, zone in connection.execute(query):
        zones[resident].append(zone)
    return zones


def _reply(row: Row[Any], zones: dict[str, list[str]]) -> Reply:
    return Reply(
        row.reply,
        row.resident,
        row.kind,
        row.received_us,
        tuple(zones.get(row.resident, ())),
        row.words,
        row.handled_us,
        row.handled_by,
    )


def _why_not(connection: Connection, reply: str) -> str:
    row = connection.execute(select(REPLIES.c.handled_us, REPLIES.c.handled_by).where(REPLIES.c.reply == reply)).first()
    if row is None:
        return f"there is no reply {reply!r}: `lowpoint replies` lists those that wait"
    return f"reply {reply} was handled by {row.handled_by} at {to_text(row.handled_us)} already"
