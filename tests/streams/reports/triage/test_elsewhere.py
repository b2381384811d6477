"""Who is in two places at once, and a picture that is of two places, are seen; what is near, or later, is not held against anybody."""

from __future__ import annotations

import pytest

from streams.observation.moments import MINUTE_US
from streams.reports.triage.apart import apart
from streams.reports.triage.elsewhere import Elsewhere
from streams.reports.triage.weigh import weigh
from tests.streams.reports.triage.made import NOW_US, around, likeness, report
from tests.streams.towns import METRES

MINE = report(0, likeness=likeness(0))
FAR = 34.7 + 3000 * METRES


def test_a_device_that_reports_from_far_away_at_the_same_time_is_seen() -> None:
    other = report(1, device="device0", lat=FAR, low_point="P3", group_id="r1")
    assert frozenset({"r0"}) == Elsewhere([MINE, other]).far([MINE])


@pytest.mark.parametrize(
    "changes",
    [{"device": "device9"}, {"lat": 34.7 + 1500 * METRES}, {"observed_us": NOW_US - 60 * MINUTE_US}, {"lon": None}, {"device": ""}],
    ids=["another device", "not far", "later", "no place", "no device"],
)
def test_what_proves_nothing_is_held_against_nobody(changes: dict[str, object]) -> None:
    other = report(1, **{"device": "device0", "lat": FAR, "low_point": None, "group_id": "r1", **changes})
    assert frozenset() == Elsewhere([MINE, other]).far([MINE])


def test_a_picture_of_another_place_is_a_copy_and_of_the_same_place_is_none() -> None:
    copied = report(1, likeness=f"{int(likeness(0), 16) ^ 0b111:016x}", lat=FAR, low_point="P3", group_id="r1")
    assert frozenset({copied.likeness}) == Elsewhere([MINE, copied]).copies([copied])
    here = report(1, likeness=likeness(0), lat=34.7 + 100 * METRES, low_point="P0", group_id="r1")
    assert frozenset() == Elsewhere([MINE, here]).copies([here])
    assert frozenset() == Elsewhere([MINE, report(1, likeness="not hex")]).copies([MINE, report(2, likeness="x")])


def test_the_first_who_sends_a_picture_keeps_its_worth_whatever_is_sent_later() -> None:
    copied = report(1, likeness=likeness(0), lat=FAR, low_point="P3", group_id="r1", observed_us=NOW_US - 60 * MINUTE_US)
    again = report(2, likeness=likeness(0), device="device1")
    nowhere = report(3, likeness=likeness(0), low_point=None, lat=None, lon=None, group_id="r3", made_us=MINE.made_us - 1)
    every = Elsewhere([MINE, copied, again, nowhere])
    assert frozenset() == every.copies([MINE])
    assert frozenset() == every.copies([MINE, again]), "sent here again after it was sent elsewhere"
    assert frozenset({likeness(0)}) == every.copies([copied]), "by when we had it, not by when its writer says"


def test_what_became_of_earlier_reports_of_a_device_is_counted_of_other_groups_alone() -> None:
    own = report(1, device="device0", state="accepted")
    earlier = [report(n, device="device0", group_id=f"g{n}", state=state) for n, state in ((2, "hidden"), (3, "accepted"), (4, "hidden"))]
    assert (2, 1) == Elsewhere([MINE, own, *earlier]).before([MINE])


def test_copies_and_devices_from_elsewhere_are_no_sources() -> None:
    group = [report(n, likeness=likeness(n)) for n in range(4)]
    known = around(copies=frozenset({likeness(1)}), far=frozenset({"r2"}))
    assert {"r1": "copied", "r2": "elsewhere"} == apart(group, known)
    assert (2, 2) == (weigh(group, known).sources, weigh(group, known).photo_sources)


def test_a_depth_that_nobody_else_saw_stands_apart_from_three_and_not_from_one() -> None:
    assert {"r3": "depth"} == apart([*[report(n) for n in range(3)], report(3, depth="dry")], around())
    assert {} == apart([report(0), report(1, depth="dry")], around())
