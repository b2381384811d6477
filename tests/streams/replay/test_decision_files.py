"""Files of decisions may hold anything: what is not usable is a dead letter, and nothing stops the replay (law 9)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from streams.city.reach import Reach
from streams.observation.batch import decode
from streams.observation.moments import SECOND_US, parse_us, to_text
from streams.replay.decisions import DecisionsError, read_decisions
from streams.replay.recording import Recording
from streams.replay.schedule import MOST_DECISIONS, schedule
from streams.rules.outputs import Decided
from streams.rules.plan import plan_district
from streams.rules.state import empty_state
from streams.rules.step import step
from tests.streams.towns import START_US, calm, town

GOOD = {"time": "2026-07-14T08:01:00Z", "officer": "li", "act": "raise", "points": ["P0"], "level": 3, "reason": "a call"}


def read(tmp_path: Path, *lines: bytes | dict[str, object]) -> tuple[int, list[int]]:
    file = tmp_path / "decisions.ndjson"
    file.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
    found, dead = read_decisions(town(), file)
    return len(found), [letter.line for letter in dead]


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"\xff\xfe",
        b'{"time": "\\ud800"}',
        b"[" * 5000,
        {**GOOD, "level": 2**64},
        {**GOOD, "level": 1e30},
        {**GOOD, "reason": "x" * 9_000_000},
        {**GOOD, "act": "evacuate"},
        {**GOOD, "time": "yesterday"},
        {**GOOD, "time": "2026-07-14T08:01:00"},
        {**GOOD, "until": "soon"},
        {**GOOD, "time": "9999-12-31T23:59:59Z"},
        {**GOOD, "until": "0001-01-01T00:00:00Z"},
        {**GOOD, "points": ["P9"]},
        {**GOOD, "points": []},
        {**GOOD, "points": ["P0"] * 1001},
        {**GOOD, "orders": ["town_20260714160101_Z9-20260714T080101Z_1"]},
        {**GOOD, "texts": {"en": 7}},
        b"null",
    ],
)
def test_what_is_no_decision_is_a_dead_letter(tmp_path: Path, line: bytes | dict[str, object]) -> None:
    kept, dead = read(tmp_path, GOOD, line, GOOD)
    assert [2] == dead and kept >= 2


def test_a_byte_order_mark_blank_lines_and_windows_ends_are_passed_over(tmp_path: Path) -> None:
    assert (2, []) == read(tmp_path, b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r", b"", b"  \r", GOOD)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DecisionsError, match="cannot be read"):
        read_decisions(town(), tmp_path / "nothing")


def test_many_decisions_go_in_messages_of_few_in_their_order_with_their_ticks(tmp_path: Path) -> None:
    rows = [{**GOOD, "id": str(n), "time": to_text(START_US + n * SECOND_US // 2)} for n in range(5 * MOST_DECISIONS + 3)]
    file = tmp_path / "decisions.ndjson"
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    found, dead = read_decisions(town(), file)
    nothing = np.zeros(0, np.int64)
    recording = Recording(nothing, nothing, nothing, np.zeros(0), {}, [], tuple(found))
    batches = [decode(message.data, {}) for message in schedule(town(), recording, 1000, None)]
    assert [] == dead and max(len(batch.decisions) for batch in batches) == MOST_DECISIONS
    assert [row["id"] for row in rows] == [decision.id for batch in batches for decision in batch.decisions]
    heard_us = 0
    for batch in batches:
        assert all(decision.at_us >= heard_us for decision in batch.decisions), "no tick goes before a decision of an earlier moment"
        heard_us = max([heard_us, *batch.ticks_us.tolist()])
    ticks = [tick for batch in batches for tick in batch.ticks_us.tolist()]
    assert sorted(set(ticks)) == ticks


@pytest.mark.parametrize("window_us", [None, 1_000_000, 40_000_000])
@pytest.mark.parametrize("batch_size", [1, 5, 10_000])
def test_many_decisions_among_readings_are_heard_at_their_moments_however_the_log_is_cut(
    tmp_path: Path, window_us: int | None, batch_size: int
) -> None:
    rows = [{**GOOD, "id": str(n), "time": to_text(START_US + (100 + n // 2) * SECOND_US)} for n in range(3 * MOST_DECISIONS)]
    file = tmp_path / "decisions.ndjson"
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    found, _ = read_decisions(town(), file)
    seconds = np.arange(0, 3600, 7, dtype=np.int64)
    number = [station.station_id for station in town().stations].index("S0")
    moments = START_US + seconds * SECOND_US
    recording = Recording(np.full(len(seconds), number), moments, moments, np.zeros(len(seconds)), {}, [], tuple(found))
    plan = plan_district(town(), "D1", Reach(town()))
    state, told = empty_state(plan), list[tuple[str, int]]()
    for message in schedule(town(), recording, batch_size, window_us):
        state, outputs = step(plan, state, decode(message.data, plan.station_no), calm)
        told += [(output.act_id, parse_us(output.issued_at) or 0) for output in outputs if isinstance(output, Decided)]
    assert [(str(row["id"]), parse_us(str(row["time"]))) for row in rows] == told
