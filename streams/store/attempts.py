"""What became of attempts: answers of providers, receipts and findings go through one place, so that their order does not matter."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, bindparam, or_, select, update

from streams.delivery.backoff import LONGEST_S, backoff_s
from streams.delivery.faults import TELL, again_after_s, fault_of
from streams.delivery.job import Job
from streams.delivery.lattice import AttemptState, RowState, Said, joined, of_attempts
from streams.observation.moments import SECOND_US
from streams.store.claims import jobs_of
from streams.store.engine import insert_into, reading, writing
from streams.store.give_way import tell_after_all
from streams.store.outbox_schema import ATTEMPTS, DISPATCHES, OUTBOX, SENDERS
from streams.store.people_schema import OPT_OUTS, RESIDENTS

STOPPED_S = 20.0
NOT_BEGUN, NOT_THERE, AWAY = "given_back", "not_there", "away"
"""Codes of ours: the post was never made; the provider does not know the text; the provider was not reached."""

_COLUMNS = (
    ATTEMPTS.c.attempt,
    ATTEMPTS.c.row_id,
    ATTEMPTS.c.state,
    ATTEMPTS.c.code,
    ATTEMPTS.c.provider_id,
    ATTEMPTS.c.number,
)


class Word(msgspec.Struct, frozen=True):
    """Something said of an attempt; known by our id, or by the provider's where ours is ""."""

    attempt: str
    said: Said
    provider_id: str | None = None


class Heard(msgspec.Struct, frozen=True):
    """How many words were of attempts we know, how many changed something, and the codes that somebody must be told of."""

    known: int
    changed: int
    faults: tuple[str, ...] = ()


def hear(engine: Engine, words: Sequence[Word], now_us: int) -> Heard:
    """Take in what was said, in one transaction; said twice, or in another order, it comes to the same."""
    if not words:
        return Heard(0, 0)
    with writing(engine) as connection:
        attempts = _attempts(connection, words)
        changed = _join(attempts, words)
        rows = _changed_rows(connection, attempts, changed, now_us)
        _write_attempts(connection, changed, now_us)
        _write_rows(connection, rows)
        _tell_after_all(connection, rows, now_us)
        codes = {one["code"] for one in changed if one["state"] in ("failed", "refused")}
        _note_opt_outs(connection, changed, now_us)
    told = tuple(sorted(code for code in codes if fault_of(code).cure in TELL))
    return Heard(len(attempts), len(changed), told)


class Open(msgspec.Struct, frozen=True):
    """An attempt whose end is not known yet."""

    job: Job
    state: AttemptState
    provider_id: str | None
    posted_us: int
    looks: int


def strangers(engine: Engine, kind: str, providers: Sequence[str], most: int) -> list[Open]:
    """Attempts of unknown outcome by providers that are no longer there to be asked."""
    mine = (ATTEMPTS.c.state == "unknown") & ATTEMPTS.c.provider.not_in(providers) & (OUTBOX.c.channel == kind)
    query = select(ATTEMPTS).join(OUTBOX, OUTBOX.c.id == ATTEMPTS.c.row_id).where(mine).order_by(ATTEMPTS.c.posted_us).limit(most)
    return _opened(engine, query)


def open_attempts(engine: Engine, provider: str, states: Sequence[str], before_us: int, most: int, looks: int = 1_000) -> list[Open]:
    """Attempts in these states, posted and last looked at before a moment and looked at less often than so, the longest waiting first."""
    mine = (
        (ATTEMPTS.c.provider == provider) & ATTEMPTS.c.state.in_(states) & (ATTEMPTS.c.posted_us < before_us) & (ATTEMPTS.c.looks < looks)
    )
    query = select(ATTEMPTS).where(mine, ATTEMPTS.c.looked_us < before_us).order_by(ATTEMPTS.c.looked_us, ATTEMPTS.c.posted_us).limit(most)
    return _opened(engine, query)


def _opened(engine: Engine, query: Any) -> list[Open]:
    with reading(engine) as connection:
        rows = {row.attempt: row for row in connection.execute(query)}
        jobs = jobs_of(connection, list(rows))
    return [Open(job, found.state, found.provider_id, found.posted_us, found.looks) for job in jobs for found in (rows[job.attempt],)]


def looked_at(engine: Engine, attempts: Sequence[str], now_us: int, told: bool = True) -> None:
    """Note that the provider was asked about them; a look that it did not answer does not count as one."""
    if attempts:
        with writing(engine) as connection:
            these = update(ATTEMPTS).where(ATTEMPTS.c.attempt.in_(attempts))
            connection.execute(these.values(looked_us=now_us, looks=ATTEMPTS.c.looks + int(told)))


def taken(engine: Engine, provider_ids: Iterable[str]) -> set[str]:
    """Those of the provider's ids that are bound to an attempt already."""
    wanted = list(provider_ids)
    with reading(engine) as connection:
        return set(connection.scalars(select(ATTEMPTS.c.provider_id).where(ATTEMPTS.c.provider_id.in_(wanted))))


def orphans(engine: Engine, kind: str, alive_after_us: int, owner: str | None, most: int = 1000) -> list[tuple[str, str]]:
    """Attempts, with their providers, that a sender had begun which is gone, or which has come back under its own name.

    Parameters
    ----------
    owner
        A name whose claims are orphans whatever its pulse: given once, by a sender that starts.
    """
    alive = select(SENDERS.c.owner).where(SENDERS.c.beat_us >= alive_after_us)
    left = OUTBOX.c.owner.not_in(alive) & (OUTBOX.c.claimed_us < alive_after_us)
    gone = or_(left, OUTBOX.c.owner == owner) if owner else left
    query = select(ATTEMPTS.c.attempt, ATTEMPTS.c.provider).join(OUTBOX, OUTBOX.c.id == ATTEMPTS.c.row_id)
    claimed = (OUTBOX.c.state == "claimed") & (OUTBOX.c.channel == kind) & (ATTEMPTS.c.state == "posting")
    with reading(engine) as connection:
        return [(row.attempt, row.provider) for row in connection.execute(query.where(claimed, gone).limit(most))]


def claims_of(engine: Engine, owner: str, before_us: int) -> list[tuple[str, str]]:
    """Attempts, with their providers, that a sender began before a moment and that nothing was heard of."""
    query = select(ATTEMPTS.c.attempt, ATTEMPTS.c.provider).join(OUTBOX, OUTBOX.c.id == ATTEMPTS.c.row_id)
    mine = (OUTBOX.c.state == "claimed") & (OUTBOX.c.owner == owner) & (OUTBOX.c.claimed_us < before_us) & (ATTEMPTS.c.state == "posting")
    with reading(engine) as connection:
        return [(row.attempt, row.provider) for row in connection.execute(query.where(mine))]


def _attempts(connection: Connection, words: Sequence[Word]) -> list[Row[Any]]:
    ours = [word.attempt for word in words if word.attempt]
    theirs = [word.provider_id for word in words if not word.attempt and word.provider_id]
    these = or_(ATTEMPTS.c.attempt.in_(ours), ATTEMPTS.c.provider_id.in_(theirs)) if theirs else ATTEMPTS.c.attempt.in_(ours)
    # rows are locked in their order, so that a sender and a receipt never wait for each other in a circle
    query = select(*_COLUMNS).join(OUTBOX, OUTBOX.c.id == ATTEMPTS.c.row_id).where(these).order_by(OUTBOX.c.id)
    return list(connection.execute(query.with_for_update()))


def _join(attempts: Sequence[Row[Any]], words: Sequence[Word]) -> list[dict[str, Any]]:
    """Attempts that the words change, as they are then."""
    by_id: dict[str, list[Word]] = defaultdict(list)
    for word in words:
        by_id[word.attempt or f"id:{word.provider_id}"].append(word)
    changed = []
    for row in attempts:
        said, provider_id = Said(row.state, row.code), row.provider_id
        for word in [*by_id[row.attempt], *(by_id[f"id:{row.provider_id}"] if row.provider_id else ())]:
            said, provider_id = joined(said, word.said), provider_id or word.provider_id
        if (said.state, said.code, provider_id) != (row.state, row.code, row.provider_id):
            changed.append({**row._asdict(), "state": said.state, "code": said.code, "provider_id": provider_id})
    return changed


def _write_attempts(connection: Connection, changed: Sequence[dict[str, Any]], now_us: int) -> None:
    if changed:
        one = update(ATTEMPTS).where(ATTEMPTS.c.attempt == bindparam("b_attempt"))
        new = one.values(state=bindparam("b_state"), code=bindparam("b_code"), provider_id=bindparam("b_id"), changed_us=now_us)
        values = [
            {"b_attempt": each["attempt"], "b_state": each["state"], "b_code": each["code"], "b_id": each["provider_id"]}
            for each in changed
        ]
        connection.execute(new, values)


def _changed_rows(
    connection: Connection, attempts: Sequence[Row[Any]], changed: Sequence[dict[str, Any]], now_us: int
) -> dict[tuple[tuple[str, Any], ...], list[int]]:
    """New values of outbox rows, each with the rows that get them."""
    ids = sorted({each["row_id"] for each in changed})
    if not ids:
        return {}
    columns = (OUTBOX.c.id, OUTBOX.c.state, OUTBOX.c.reason, OUTBOX.c.accepted_us, OUTBOX.c.delivered_us, DISPATCHES.c.level)
    rows = connection.execute(select(*columns, DISPATCHES.c.msg_type).join(DISPATCHES).where(OUTBOX.c.id.in_(ids)))
    states = _states_by_row(connection, ids, changed)
    values: dict[tuple[tuple[str, Any], ...], list[int]] = defaultdict(list)
    for row in rows:
        new = _row_after(row, states[row.id], now_us)
        if new:
            values[tuple(new.items())].append(row.id)
    return values


def _states_by_row(connection: Connection, ids: Sequence[int], changed: Sequence[dict[str, Any]]) -> dict[int, list[Said]]:
    """What is known of each row's attempts, in their order, with what has just changed."""
    now = {each["attempt"]: Said(each["state"], each["code"]) for each in changed}
    states: dict[int, list[Said]] = defaultdict(list)
    query = select(ATTEMPTS.c.attempt, ATTEMPTS.c.row_id, ATTEMPTS.c.state, ATTEMPTS.c.code)
    for row in connection.execute(query.where(ATTEMPTS.c.row_id.in_(ids)).order_by(ATTEMPTS.c.number)):
        states[row.row_id].append(now.get(row.attempt) or Said(row.state, row.code))
    return states


def _row_after(row: Any, attempts: Sequence[Said], now_us: int) -> dict[str, Any] | None:
    best = of_attempts([said.state for said in attempts])
    if best in ("accepted", "sent", "delivered"):
        return _alive(row, best, attempts, now_us)
    if row.state in ("suppressed", "delivered"):
        return None  # nothing of it is on its way, and nothing more is wanted
    if best in ("posting", "unknown"):
        return _moved(row, "claimed" if best == "posting" else "unknown", "", now_us)
    return _failed(row, attempts, now_us)


def _alive(row: Any, state: RowState, attempts: Sequence[Said], now_us: int) -> dict[str, Any] | None:
    reason = next((said.code for said in attempts if said.state == state and said.code), "")
    new = _moved(row, state, reason, now_us) or {}
    if row.accepted_us is None:
        new["accepted_us"] = now_us
    if state == "delivered" and row.delivered_us is None:
        new["delivered_us"] = now_us
    return new or None


def _failed(row: Any, attempts: Sequence[Said], now_us: int) -> dict[str, Any] | None:
    """Every attempt ended without the text: once more, or never."""
    last = attempts[-1].code
    if last in (NOT_BEGUN, NOT_THERE):
        return _again(row, last, 0.0, now_us)
    posts = sum(1 for said in attempts if said.code == last)
    if last.startswith((AWAY, "http_")):
        return _again(row, last, backoff_s(posts, 0.5, random.random, 5.0), now_us)
    if fault_of(last).cure == "stop":
        return _again(row, last, STOPPED_S, now_us)  # nothing is wrong with the text: it waits for who mends the account
    level = 0 if row.msg_type == "Cancel" else row.level
    wait_s = again_after_s(last, level, posts)
    if wait_s is None:
        return _moved(row, "failed", last, now_us)
    return _again(row, last, backoff_s(posts, wait_s, random.random, max(LONGEST_S, wait_s)), now_us)


def _again(row: Any, reason: str, wait_s: float, now_us: int) -> dict[str, Any]:
    return {
        "state": "pending",
        "reason": reason,
        "owner": "",
        "claimed_us": None,
        "not_before_us": now_us + int(wait_s * SECOND_US),
        "changed_us": now_us,
    }


def _moved(row: Any, state: str, reason: str, now_us: int) -> dict[str, Any] | None:
    if (row.state, row.reason) == (state, reason):
        return None
    return {"state": state, "reason": reason, "changed_us": now_us}


def _write_rows(connection: Connection, values: dict[tuple[tuple[str, Any], ...], list[int]]) -> None:
    for new, ids in values.items():
        connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(ids)).values(**dict(new)))


def _tell_after_all(connection: Connection, values: dict[tuple[tuple[str, Any], ...], list[int]], now_us: int) -> None:
    failed = [row_id for new, ids in values.items() if ("state", "failed") in new for row_id in ids]
    if failed:
        rows = connection.execute(select(OUTBOX.c.incident, OUTBOX.c.resident).where(OUTBOX.c.id.in_(failed)))
        tell_after_all(connection, [(row.incident, row.resident) for row in rows], now_us)


def _note_opt_outs(connection: Connection, changed: Sequence[dict[str, Any]], now_us: int) -> None:
    """Who has opted out at the provider has opted out here."""
    ids = [each["row_id"] for each in changed if fault_of(each["code"]).cure == "opted_out"]
    if not ids:
        return
    query = select(RESIDENTS.c.lookup).join(OUTBOX, OUTBOX.c.resident == RESIDENTS.c.resident)
    lookups = set(connection.scalars(query.where(OUTBOX.c.id.in_(ids), RESIDENTS.c.lookup.is_not(None))))
    rows = [{"lookup": lookup, "since_us": now_us, "how": "provider"} for lookup in sorted(lookups)]
    if rows:
        connection.execute(insert_into(connection, OPT_OUTS).on_conflict_do_nothing(), rows)
