"""Acts that were asked for at a desk, and what came of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, select

from streams.store.acts_schema import ACTS
from streams.store.decisions_schema import DECIDED
from streams.store.engine import insert_into, reading, writing
from streams.store.queries import OutcomeOfAct

_CHUNK = 5000


class Piece(msgspec.Struct, frozen=True):
    """What one district is asked: the decision's own id, and its subjects."""

    id: str
    district: str
    subjects: tuple[str, ...]


class AskedAct(msgspec.Struct, frozen=True):
    """An act as it was asked for first; `digest` is of all that was asked, so that another act under the same id is known as another."""

    act_id: str
    officer: str
    act: str
    asked_us: int
    digest: str
    pieces: tuple[Piece, ...]


class ActSoFar(msgspec.Struct, frozen=True):
    """An act, its outcomes in the order in which they were asked for, and the subjects that wait for one."""

    asked: AskedAct
    outcomes: tuple[OutcomeOfAct, ...]
    pending: tuple[str, ...]


def keep_act(engine: Engine, act: AskedAct) -> AskedAct:
    """Write down an act before it is sent, and return what stands under its id: this one, or one that was there before."""
    row = {name: getattr(act, name) for name in AskedAct.__struct_fields__} | {"pieces": msgspec.json.encode(act.pieces)}
    with writing(engine) as connection:
        connection.execute(insert_into(connection, ACTS).on_conflict_do_nothing(), [row])
        return _act(_row(connection, act.act_id))


def act_so_far(engine: Engine, act_id: str) -> ActSoFar | None:
    """What came of an act up to now; None where nobody asked for it."""
    with reading(engine) as connection:
        row = _row(connection, act_id)
        if row is None:
            return None
        asked = _act(row)
        told = _outcomes(connection, [piece.id for piece in asked.pieces])
    # a station of several districts is a subject of several pieces
    wanted = [((piece.id, subject), subject) for piece in asked.pieces for subject in piece.subjects]
    pending = dict.fromkeys(subject for key, subject in wanted if key not in told)
    return ActSoFar(asked, tuple(told[key] for key, _ in wanted if key in told), tuple(pending))


def edited(engine: Engine, identifiers: Collection[str]) -> frozenset[str]:
    """Those of these orders that somebody has edited: the policy's written rule does not release them any more."""
    of_edits = select(DECIDED.c.subject).where(DECIDED.c.act == "edit", DECIDED.c.outcome == "done", DECIDED.c.subject.in_(identifiers))
    with reading(engine) as connection:
        return frozenset(connection.scalars(of_edits))


def _row(connection: Connection, act_id: str) -> Any:
    return connection.execute(select(ACTS).where(ACTS.c.act_id == act_id)).first()


def _act(row: Any) -> AskedAct:
    pieces = msgspec.json.decode(row.pieces, type=tuple[Piece, ...])
    return AskedAct(row.act_id, row.officer, row.act, row.asked_us, row.digest, pieces)


def _outcomes(connection: Connection, ids: list[str]) -> dict[tuple[str, str], OutcomeOfAct]:
    columns = [DECIDED.c[name] for name in OutcomeOfAct.__struct_fields__]
    found: list[OutcomeOfAct] = []
    for start in range(0, len(ids), _CHUNK):
        some = select(*columns).where(DECIDED.c.act_id.in_(ids[start : start + _CHUNK]))
        found += [OutcomeOfAct(*row) for row in connection.execute(some)]
    return {(outcome.act_id, outcome.subject): outcome for outcome in found}
