"""The measurement of citizens: what it counts is what happened, in a small town whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from models.verify.share import Share
from streams.bench.citizens import Result, result_of, table
from streams.bench.citizens_trial import NoForecast, Played, Policy, Trial
from streams.demo.citizens import Said
from streams.demo.citizens_city import TrueWater
from streams.observation.moments import MINUTE_US, SECOND_US
from streams.observation.observation import Extra
from streams.replay.recording import Recording
from streams.rules.outputs import Warning
from tests.streams.desk.test_reports import owned
from tests.streams.reports.triage.made import likeness, report
from tests.streams.towns import START_US, town, us

CITY = owned(town(2))
LASTS_MIN = 20


def rainy() -> Recording:
    """Rain for twenty minutes; the sensor of P0 is silenced below, that of P1 says dry."""
    rows = [("R", 60.0 * n, 1.0) for n in range(1, LASTS_MIN)] + [("S1", 60.0 * n, 0.0) for n in range(1, LASTS_MIN)]
    rows += [("S0", 60.0 * n, 0.9) for n in range(1, LASTS_MIN)]
    rows.sort(key=lambda row: row[1])
    number = {station.station_id: at for at, station in enumerate(CITY.stations)}
    moments = np.array([us(second) for _, second, _ in rows], np.int64)
    extras = {at: Extra(period_s=60.0) for at, row in enumerate(rows) if row[0] == "R"}
    return Recording(np.array([number[name] for name, _, _ in rows]), moments, moments, np.array([row[2] for row in rows]), extras, [])


def crowd() -> list[Said]:
    """Three at P0 who are honest, and one telephone that lies of P1 ten times."""
    honest = [
        Said(
            report(n, group_id=f"r{n}", made_us=us(300 + n), observed_us=us(290), picture=f"{n:064x}", likeness=likeness(n)),
            True,
            "honest",
            "P0",
        )
        for n in range(3)
    ]
    lies = [
        Said(
            report(
                10 + n,
                group_id=f"r{10 + n}",
                made_us=us(310 + n),
                observed_us=us(300),
                device="liar",
                low_point="P1",
                lat=CITY.low_points[1].lat,
                likeness=likeness(10 + n),
                picture=f"{10 + n:064x}",
            ),
            False,
            "one device",
            "P1",
        )
        for n in range(10)
    ]
    return sorted([*honest, *lies], key=lambda said: said.report.made_us)


def played(policy: Policy, folder: Path) -> Played:
    return Trial(CITY, rainy(), frozenset({"P0"}), crowd(), NoForecast(), folder / "store.db").play(policy)


def levels(warnings: Sequence[Warning]) -> set[tuple[str, int | str, str]]:
    return {(one.low_point, one.level, one.basis) for one in warnings if isinstance(one.level, int) and one.level > 0}


@pytest.mark.parametrize("policy", ["rule", "operator"])
def test_a_point_without_a_sensor_is_found_by_three_people_and_not_by_one_who_lies_ten_times(policy: Policy, tmp_path: Path) -> None:
    found = played(policy, tmp_path)
    assert {("P0", 3, "report")} == levels(found.warnings)
    assert (("r0", "r1", "r2"),) == tuple(tuple(sorted(group)) for group in found.accepted)
    assert frozenset({"r0", "r1", "r2"}) == found.observed


def test_without_reports_nothing_is_found(tmp_path: Path) -> None:
    assert Played((), (), frozenset()) == Played(
        tuple(one for one in played("none", tmp_path).warnings if one.level not in (0, "unknown")), (), frozenset()
    )


@pytest.fixture
def water(tmp_path: Path) -> TrueWater:
    file = tmp_path / "truth.json"
    series = [0.0] * 3 + [0.5] * 17
    file.write_text(
        f'{{"start":"2026-07-14T08:00:00Z","end":"2026-07-14T08:20:00Z","step_s":60,'
        f'"low_points":{{"P0":{{"depth_m":{series}}},"P1":{{"depth_m":{[0.0] * 20}}}}}}}',
        "utf-8",
    )
    return TrueWater(file)


def warning(point: str, minute: float, level: int) -> Warning:
    moment = f"2026-07-14T08:{int(minute):02d}:00Z"
    return Warning(point, moment, level, "report", False, "", 0.5, [])


def test_lies_of_one_source_that_became_observations_are_counted_and_levels_above_the_truth_too(water: TrueWater) -> None:
    assert START_US == water.start_us
    lied = Played((warning("P1", 6, 3), warning("P0", 9, 3)), (("r10", "r11"), ("r0", "r1")), frozenset({"r10", "r0", "r1"}))
    found = result_of("rule", water, frozenset({"P0"}), crowd(), lied)
    assert (1, 1, 1, 2) == (found.lies_of_one, found.lies_alone, found.too_high, found.raised)
    assert (Share(2, 3), Share(2, 10)) == (found.honest, found.lies)
    assert (6.0,) == found.found_min
    assert 3 * MINUTE_US // SECOND_US == (water.onset_us("P0") - water.start_us) // SECOND_US


def test_the_table_says_how_many_were_found_and_how_soon() -> None:
    one = Result("rule", (5.0, None), 0, 0, 0, 1, Share(1, 2), Share(0, 1))
    none = Result("none", (None, None), 0, 0, 0, 0, Share(0, 2), Share(0, 1))
    lines = list(table([none, one]))
    assert "| none | 1 | 0% (0 of 2)" in lines[2]
    assert "| rule | 1 | 50% (1 of 2)" in lines[3]
    assert "| 5 (5 to 5) | 0 | 0 |" in lines[3]
