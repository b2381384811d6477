"""The publishers' own files beside the repository: our import of three storms against the practice recordings of the same storms."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.city.load import load_city
from streams.importers.floodnet import import_floodnet
from streams.importers.report import ImportReport
from streams.importers.usgs import import_usgs
from tests.streams.importers.tables import observations, values

SHARED = Path(__file__).resolve().parents[3] / ".." / "shared"
FLOODNET, CREEK, PRACTICE = SHARED / "data/floodnet", SHARED / "data/walnut_creek", SHARED / "practice"
pytestmark = pytest.mark.skipif(not (FLOODNET.is_dir() and PRACTICE.is_dir()), reason="measured data (../shared) is not on this machine")

STORMS = ("2021-08-22", "2021-09-02", "2023-09-29")
# storm: (readings of water, readings in both, only theirs, only ours), as docs/importing.md explains them
COUNTS = {"2021-08-22": (109, 645, 1275, 1584), "2021-09-02": (82, 417, 1144, 2269), "2023-09-29": (1085, 2054, 16520, 24107)}
SAME_M = 1e-4


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ImportReport]:
    out = tmp_path_factory.mktemp("floodnet")
    return out, import_floodnet(FLOODNET / "events.csv.gz", FLOODNET / "sensor_metadata.csv", out, storm_dates=STORMS)


@pytest.mark.parametrize("storm", STORMS)
def test_every_reading_of_water_is_theirs_to_the_second_and_to_a_tenth_of_a_millimetre(
    imported: tuple[Path, ImportReport], storm: str
) -> None:
    ours, theirs = ({key: value for key, value in both.items() if value > 0} for both in _both(imported[0], storm))
    assert COUNTS[storm][0] == len(theirs)
    assert theirs.keys() == ours.keys()
    assert [] == [key for key in theirs if abs(theirs[key] - ours[key]) > SAME_M]


@pytest.mark.parametrize("storm", STORMS)
def test_readings_in_one_recording_alone_are_zeros_and_as_many_as_the_documentation_says(
    imported: tuple[Path, ImportReport], storm: str
) -> None:
    ours, theirs = _both(imported[0], storm)
    common, only_theirs, only_ours = theirs.keys() & ours.keys(), theirs.keys() - ours.keys(), ours.keys() - theirs.keys()
    assert COUNTS[storm][1:] == (len(common), len(only_theirs), len(only_ours))
    assert [] == [key for key in common if theirs[key] != ours[key]]
    assert {0} == {theirs[key] for key in only_theirs} | {ours[key] for key in only_ours}


@pytest.mark.parametrize("storm", STORMS)
def test_until_a_point_is_flooded_and_between_its_floods_the_zeros_are_theirs_too(imported: tuple[Path, ImportReport], storm: str) -> None:
    ours, theirs = _both(imported[0], storm)
    last_water = {station: time for (station, time), value in sorted(theirs.items(), key=lambda row: row[0][1]) if value > 0}
    theirs_before, ours_before = (
        {key: value for key, value in both.items() if key[1] <= last_water.get(key[0], "")} for both in (theirs, ours)
    )
    assert theirs_before == ours_before


@pytest.mark.parametrize("storm", STORMS)
def test_the_city_has_the_same_points_stations_zones_and_districts(imported: tuple[Path, ImportReport], storm: str) -> None:
    ours, theirs = load_city(imported[0] / storm / "city"), load_city(PRACTICE / storm / "city")
    assert [(p.low_point_id, p.name, p.district_id, p.lon, p.lat) for p in theirs.low_points] == [
        (p.low_point_id, p.name, p.district_id, p.lon, p.lat) for p in ours.low_points
    ]
    assert [(s.station_id, s.cadence_s) for s in theirs.stations] == [(s.station_id, s.cadence_s) for s in ours.stations]
    assert [zone.zone_id for zone in theirs.zones] == [zone.zone_id for zone in ours.zones]
    assert (theirs.districts, theirs.levels) == (ours.districts, ours.levels)


def test_the_point_that_theirs_leaves_out_is_left_out_here_for_a_flood_of_over_12_h(imported: tuple[Path, ImportReport]) -> None:
    assert {"BK-hoyt-st-5th-st-007sk0": "over_12_h"} == imported[1].recordings[2].low_points_left_out


def test_the_dirt_of_the_whole_table_is_survived_and_counted(tmp_path: Path) -> None:
    until_2022 = datetime(2022, 1, 1, tzinfo=UTC)
    report = import_floodnet(
        FLOODNET / "events.csv.gz", FLOODNET / "sensor_metadata.csv", tmp_path, to_time=until_2022, tidal="all", zero_cadence_s=300
    )
    assert 1417 == report.rows_read == report.kept + sum(report.left_out.values())
    assert {"over_12_h": 38, "sensor_not_standing": 2}.items() <= report.left_out.items()
    assert {"time_goes_back_or_stands": 1} == report.readings_dropped


def test_walnut_creek_is_a_riverside_point_with_debby_in_it(tmp_path: Path) -> None:
    report = import_usgs(sorted(CREEK.glob("*.csv.gz")), tmp_path)
    assert (60055, 23981, {"discharge_has_no_kind": 36074}) == (report.rows_read, report.kept, report.left_out)
    debby_mm = sum(row["value"] for row in observations(tmp_path) if row["kind"] == "rain" and row["time"][:10] == "2024-08-08")
    assert 99 == pytest.approx(debby_mm, abs=1)


def _both(out: Path, storm: str) -> tuple[dict[tuple[str, str], float], dict[tuple[str, str], float]]:
    return values(out / storm), values(PRACTICE / storm)
