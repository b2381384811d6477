"""Lays a recording out as messages of the inner topic: batches per district with the ticks that follow them.

Ticks stand at every tenth second of log time from the first arrival to 60 s after the last; none where nothing came for two hours.
They are the same whatever the batching and the speed, so the log says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.city.model import City
from streams.observation.batch import encode
from streams.observation.decision import Decision
from streams.observation.moments import HOUR_US, MINUTE_US, SECOND_US
from streams.replay.recording import Recording
from streams.rules.plan import districts_of

Ints = npt.NDArray[np.int64]

TICK_US = 10 * SECOND_US
QUIET_US = 2 * HOUR_US


@dataclass(frozen=True)
class Message:
    """One message: when it is due in log time, its district, how many readings it carries, and its bytes."""

    due_us: int
    district: str
    readings: int
    data: bytes


def ticks_of(received_us: Ints) -> Ints:
    """Tick times for arrivals in order, in microseconds."""
    if not len(received_us):
        return np.zeros(0, np.int64)
    breaks = np.flatnonzero(np.diff(received_us) > QUIET_US)
    firsts = received_us[np.concatenate([[0], breaks + 1])]
    lasts = np.concatenate([received_us[breaks] + QUIET_US, [received_us[-1] + MINUTE_US]])
    spans = zip(firsts.tolist(), lasts.tolist(), strict=True)
    parts = [np.arange(-(-first // TICK_US), last // TICK_US + 1) * TICK_US for first, last in spans]
    end = np.array([received_us[-1] + MINUTE_US], np.int64)
    return np.unique(np.concatenate([*parts, end]).astype(np.int64))


def schedule(city: City, recording: Recording, batch_size: int, window_us: int | None) -> Iterator[Message]:
    """Messages in the order in which they are sent.

    Parameters
    ----------
    batch_size
        Most readings in one message.
    window_us
        Log time that one message may span at most; None for a replay as fast as can be.
    """
    ticks_us = ticks_of(recording.arrivals_us)
    edges = _windows(recording, ticks_us, window_us)
    rows_of = _rows_by_district(city, recording)
    ids = [station.station_id for station in city.stations]
    decided = {district: tuple(d for own, d in recording.decisions if own == district) for district in city.districts}
    for begin_us, end_us in edges:
        parts: list[tuple[int, int, str, Ints, Ints, tuple[Decision, ...]]] = []
        for place, district in enumerate(city.districts):
            last = -1  # a piece without rows goes with the one before it, so that a district's pieces keep their order
            for rows, ticks, decisions in _chunks(
                rows_of[district], recording.received_us, ticks_us, decided[district], begin_us, end_us, batch_size
            ):
                last = int(rows[-1]) if len(rows) else last
                parts.append((last, place, district, rows, ticks, decisions))
        for _, _, district, rows, ticks, decisions in sorted(parts, key=lambda part: part[:2]):
            extras = {at: recording.extras[row] for at, row in enumerate(rows.tolist()) if row in recording.extras}
            columns = (recording.station_no[rows], recording.observed_us[rows], recording.received_us[rows], recording.value[rows])
            yield Message(end_us, district, len(rows), encode(district, ids, *columns, extras, ticks, decisions))


def _windows(recording: Recording, ticks_us: Ints, window_us: int | None) -> Sequence[tuple[int, int]]:
    """Spans of log time, open at the left and closed at the right, that hold everything."""
    arrivals_us = recording.arrivals_us
    if not len(arrivals_us):
        return []
    first, last = int(arrivals_us[0]) - 1, int(ticks_us[-1])
    if window_us is None:
        return [(first, last)]
    ends = np.unique(np.concatenate([-(-(arrivals_us - first) // window_us), -(-(ticks_us - first) // window_us)]))
    return [(first + (int(end) - 1) * window_us, first + int(end) * window_us) for end in ends]


def _rows_by_district(city: City, recording: Recording) -> dict[str, Ints]:
    served = [set(districts_of(station, city)) for station in city.stations]
    rows = {}
    for district in city.districts:
        own = np.array([district in districts for districts in served] or [False], bool)
        rows[district] = np.flatnonzero(own[recording.station_no]) if len(recording) else np.zeros(0, np.int64)
    return rows


def _chunks(
    rows: Ints, received_us: Ints, ticks_us: Ints, decisions: Sequence[Decision], begin_us: int, end_us: int, size: int
) -> Iterator[tuple[Ints, Ints, tuple[Decision, ...]]]:
    """Rows of one window in pieces, each with the ticks and decisions that come before the next piece."""
    arrival = received_us[rows]
    rows = rows[np.searchsorted(arrival, begin_us, "right") : np.searchsorted(arrival, end_us, "right")]
    ticks = ticks_us[np.searchsorted(ticks_us, begin_us, "right") : np.searchsorted(ticks_us, end_us, "right")]
    decided = [decision for decision in decisions if begin_us < decision.at_us <= end_us]
    decided_us = np.array([decision.at_us for decision in decided], np.int64)
    ticked = heard = 0
    for start in range(0, len(rows), size):
        following = int(received_us[rows[start + size]]) if start + size < len(rows) else None
        until = len(ticks) if following is None else int(np.searchsorted(ticks, following, "left"))
        decided_until = len(decided) if following is None else int(np.searchsorted(decided_us, following, "left"))
        yield from _few(rows[start : start + size], received_us, ticks[ticked:until], decided[heard:decided_until])
        ticked, heard = until, decided_until
    if ticked < len(ticks) or heard < len(decided):
        yield from _few(rows[:0], received_us, ticks[ticked:], decided[heard:])


MOST_DECISIONS = 50
"""In one message: each may be long."""


def _few(rows: Ints, received_us: Ints, ticks_us: Ints, decisions: Sequence[Decision]) -> Iterator[tuple[Ints, Ints, tuple[Decision, ...]]]:
    """The same in pieces of few decisions: each with the rows up to its last decision, and the ticks before whatever the next one holds."""
    arrival_us, row, tick = received_us[rows], 0, 0
    for start in range(MOST_DECISIONS, len(decisions), MOST_DECISIONS):
        until = max(row, int(np.searchsorted(arrival_us, decisions[start - 1].at_us, "right")))
        following = min([decisions[start].at_us, *arrival_us[until : until + 1].tolist()])
        ticked = max(tick, int(np.searchsorted(ticks_us, following, "left")))
        yield rows[row:until], ticks_us[tick:ticked], tuple(decisions[start - MOST_DECISIONS : start])
        row, tick = until, ticked
    done = (len(decisions) - 1) // MOST_DECISIONS * MOST_DECISIONS if decisions else 0
    yield rows[row:], ticks_us[tick:], tuple(decisions[done:])
