"""What warnings were worth: each crossing is warned of, late or missed, each alarm without water is false, open or an officer's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.verify.share import Share
from streams.observation.moments import MINUTE_US
from streams.storms.verify import Case, LevelScores, Place, level_scores, not_judged
from streams.storms.watched import History, Warned, longest_run

LEVEL, THRESHOLD_M = 3, 0.40
P = Place("P", {LEVEL: THRESHOLD_M})
END, KNOWN = 300, 420


def history(depths: dict[int, float], end: int = KNOWN, silent: range = range(0)) -> History:
    """A row a minute: the depth given last, unknown in the silence."""
    depth, rows = 0.0, []
    for minute in range(end + 1):
        depth = depths.get(minute, depth)
        rows.append((minute * MINUTE_US, -1 if minute in silent else 0, np.nan if minute in silent else depth))
    at_us, level, depth_m = zip(*rows, strict=True)
    return History(np.array(at_us, np.int64), np.array(level, np.int64), np.array(depth_m, float))


def scores(depths: dict[int, float], warnings: Sequence[tuple[int, int, str]], known: int = KNOWN) -> LevelScores:
    own = [Warned(minute * MINUTE_US, level, basis) for minute, level, basis in warnings]
    return level_scores(LEVEL, [P], {"P": history(depths, known)}, {"P": own}, END * MINUTE_US, known * MINUTE_US)


def words(depths: dict[int, float], warnings: Sequence[tuple[int, int, str]], known: int = KNOWN) -> list[str]:
    return [case.word for case in scores(depths, warnings, known).cases]


FLOOD = {60: 0.45, 120: 0.0}


@pytest.mark.parametrize(
    ("warnings", "expected"),
    [
        ([(40, 3, "forecast"), (60, 3, "measured")], ["warned"]),
        ([(40, 4, "forecast"), (60, 4, "measured")], ["warned"]),
        ([(58, 3, "forecast"), (60, 3, "measured")], ["late"]),
        ([(60, 3, "measured")], ["missed"]),
        ([(40, 2, "forecast"), (60, 3, "measured")], ["missed"]),
        ([], ["missed"]),
    ],
)
def test_a_crossing_is_warned_of_five_minutes_ahead_late_or_missed(warnings: list[tuple[int, int, str]], expected: list[str]) -> None:
    assert expected == words(FLOOD, warnings)


@pytest.mark.parametrize(
    ("warnings", "known", "expected"),
    [
        ([(40, 3, "forecast"), (60, 0, "measured")], KNOWN, ["false"]),
        ([(40, 3, "forecast"), (50, 3, "officer"), (90, 0, "measured")], KNOWN, ["by_officer"]),
        ([(40, 3, "forecast"), (60, 0, "measured"), (200, 3, "officer"), (210, 0, "measured")], KNOWN, ["false"]),
        ([(290, 3, "forecast"), (295, 0, "measured")], 320, ["open"]),
        ([(40, 2, "forecast"), (60, 0, "measured")], KNOWN, []),
        ([(310, 3, "forecast"), (320, 0, "measured")], KNOWN, []),
    ],
)
def test_an_alarm_without_water_is_false_unless_an_officer_spoke_or_it_is_too_young(
    warnings: list[tuple[int, int, str]], known: int, expected: list[str]
) -> None:
    assert expected == words({}, warnings, known)


def test_water_within_two_hours_makes_an_alarm_that_had_ended_no_false_one() -> None:
    assert ["missed"] == words({100: 0.45}, [(30, 3, "forecast"), (40, 0, "measured"), (100, 3, "measured")])
    assert ["false", "missed"] == words({170: 0.45}, [(30, 3, "forecast"), (40, 0, "measured"), (170, 3, "measured")])


def test_water_after_the_storm_answers_an_alarm_and_is_no_crossing_of_it() -> None:
    assert [] == words({350: 0.45}, [(290, 3, "forecast"), (295, 0, "measured"), (350, 3, "measured")])


@given(
    st.dictionaries(st.integers(0, KNOWN), st.sampled_from([0.0, 0.2, 0.41, 0.6]), max_size=10),
    st.dictionaries(st.integers(0, KNOWN), st.tuples(st.integers(0, 4), st.sampled_from(["forecast", "measured", "officer"])), max_size=10),
)
def test_every_crossing_is_one_case_and_the_shares_count_them(depths: dict[int, float], said: dict[int, tuple[int, str]]) -> None:
    found = scores(depths, [(minute, *one) for minute, one in sorted(said.items())])
    spells = [one for one in history(depths).record.spells(THRESHOLD_M) if one.crossed and one.start_us <= END * MINUTE_US]
    assert sorted(one.start_us for one in spells) == sorted(case.crossed_us for case in found.cases if case.crossed_us is not None)
    counts = Counter(case.word for case in found.cases)
    assert Share(counts["warned"], len(spells)) == found.pod
    assert Share(counts["false"], counts["warned"] + counts["late"] + counts["false"]) == found.far
    assert all(case.lead_min is not None and case.lead_min >= 5 for case in found.cases if case.word == "warned")


def test_the_lead_is_the_median_of_what_was_announced() -> None:
    found = scores({60: 0.45, 100: 0.0, 160: 0.45, 200: 0.0}, [(40, 3, "forecast"), (60, 3, "measured"), (130, 3, "forecast")])
    assert [20.0, 30.0] == [case.lead_min for case in found.cases]
    assert 25.0 == found.lead_min


def test_a_point_whose_sensors_were_silent_is_not_judged_and_is_told() -> None:
    places = [P, Place("Q", {}), Place("R", {}), Place("S", {})]
    found = {"P": history({}), "Q": history({}, silent=range(50, 80)), "R": history({}, silent=range(50, 60))}
    assert {"Q": 30, "S": END + 1} == not_judged(places, found, 0, END * MINUTE_US)


def test_a_point_without_the_level_is_not_counted() -> None:
    assert 0 == level_scores(4, [P], {}, {}, 1, 1).points


@given(st.lists(st.booleans(), max_size=30))
def test_the_longest_run_is_the_longest(flags: list[bool]) -> None:
    runs = "".join("x" if flag else " " for flag in flags).split()
    assert max(map(len, runs), default=0) == longest_run(np.array(flags, bool))


def test_a_case_without_both_moments_has_no_lead() -> None:
    assert [None, None] == [Case("P", "missed", None, 1).lead_min, Case("P", "false", 1, None).lead_min]
