"""A playback shows what a straightforward reading of the warnings gives; what was not known is shown as such."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.observation.moments import MINUTE_US
from streams.storms.frames import HOLDS_US, UNKNOWN, Levels, level_frames, rain_frames

END = 180
CHANGES = st.dictionaries(st.integers(0, END), st.sampled_from([0, 1, 2, 3, 4, -1]), max_size=12)


def written(changes: dict[int, int], every: int = 10) -> Levels:
    """A history as the projector keeps it: at each warning, each minute while anything is up or unknown, else every ten minutes."""
    rows: dict[int, int] = {}
    level = 0
    for minute in range(END + 1):
        level = changes.get(minute, level)
        if minute in changes or level != 0 or minute % every == 0:
            rows[minute] = level
    return Levels(np.array(list(rows), np.int64) * MINUTE_US, np.array(list(rows.values()), np.int64))


@given(st.lists(CHANGES, min_size=1, max_size=4))
def test_a_frame_is_the_fold_of_all_warnings_before_it(points: list[dict[int, int]]) -> None:
    names = [f"P{number}" for number in range(len(points))]
    moments = list(range(0, END + 1, 5))
    frames = level_frames(names, dict(zip(names, map(written, points), strict=True)), [minute * MINUTE_US for minute in moments])
    for minute, frame in zip(moments, frames, strict=True):
        last = [[level for at, level in sorted(changes.items()) if at <= minute] for changes in points]
        assert "".join(UNKNOWN if own and own[-1] < 0 else str(own[-1] if own else 0) for own in last) == frame


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=20, unique=True).map(sorted), st.integers(0, 2100))
def test_what_nothing_was_written_of_for_longer_than_ever_is_unknown(minutes: list[int], moment: int) -> None:
    levels = Levels(np.array(minutes, np.int64) * MINUTE_US, np.zeros(len(minutes), np.int64))
    [frame] = level_frames(["P"], {"P": levels}, [moment * MINUTE_US])
    known = any(0 <= (moment - minute) * MINUTE_US <= HOLDS_US for minute in minutes)
    assert ("0" if known else UNKNOWN) == frame


def test_a_point_of_which_nothing_was_kept_is_unknown_and_a_frame_has_a_character_for_each() -> None:
    assert ["?", "?"] == level_frames(["P"], {}, [0, 1])
    assert ["", ""] == level_frames([], {}, [0, 1])
    assert [] == level_frames(["P"], {}, [])


def test_rain_that_nobody_told_of_is_not_zero() -> None:
    at_us, rain_mm = np.array([0, 10, 40]) * MINUTE_US, np.array([0.0, 12.5, 3.0])
    moments = [minute * MINUTE_US for minute in (0, 9, 10, 15, 30, 40)]
    assert [0.0, 0.0, 12.5, 12.5, None, 3.0] == rain_frames(at_us, rain_mm, moments)
