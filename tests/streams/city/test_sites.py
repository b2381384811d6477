"""What a city knows of its low points: the hollow as the terrain has it, figures as written, nan where nothing is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.core.site import Sites
from streams import clock
from streams.city.hollow import measure_hollow
from streams.city.load import load_city
from streams.city.model import City, CityError
from streams.city.sites import sites_of, thresholds_of
from streams.city.terrain import Terrain, read_terrain
from streams.demo.folder import read_folder
from streams.demo.hollow import measure
from tests.streams.replay.storm import write_city

DEMO = Path(__file__).resolve().parents[3] / "config" / "cities" / "demo"


@pytest.fixture(scope="module")
def demo() -> City:
    return load_city(DEMO)


@pytest.fixture(scope="module")
def sites(demo: City) -> Sites:
    return sites_of(demo)


def town(folder: Path, **figures: Any) -> City:
    """The test town, its first point with some figures."""
    write_city(folder)
    file = folder / "low_points.geojson"
    data = json.loads(file.read_text("utf-8"))
    data["features"][0]["properties"].update(figures)
    file.write_text(json.dumps(data), "utf-8")
    return load_city(folder)


def test_the_hollows_of_the_demo_city_hold_what_its_simulation_counts_on_the_terrain(sites: Sites) -> None:
    folder = read_folder(DEMO)
    shares = []
    for at, point in enumerate(folder.points):
        storage = measure(folder.terrain, point.x_m, point.y_m)
        counted_m3 = np.concatenate([[0.0], np.cumsum(np.diff(storage.depth_m) * (storage.area_m2[1:] + storage.area_m2[:-1]) / 2)])
        depth_m = np.array([0.3, 0.6, 1.0, 1.5])
        ours_m3 = sites.hollow_m3[at] * depth_m ** (1 + sites.hollow_shape[at])
        shares.append(ours_m3 / np.interp(depth_m, storage.depth_m, counted_m3))
        assert abs(sites.spill_m[at] - min(storage.spill_m, 3.0)) < 0.4, point.low_point_id
    off = np.abs(np.array(shares) - 1)
    assert off.mean() < 0.02
    assert off.max() < 0.12


def test_fifty_one_points_take_less_than_two_seconds(demo: City) -> None:
    begun = clock.monotonic_s()
    sites_of(demo)
    assert clock.monotonic_s() - begun < 2.0


def test_figures_of_the_city_are_taken_as_written_and_points_keep_their_order(demo: City, sites: Sites) -> None:
    assert [point.low_point_id for point in demo.low_points] == list(sites.low_point)
    assert demo.low_points[3].catchment_ha == sites.catchment_ha[3]
    assert demo.low_points[3].impervious_share == sites.impervious_share[3]
    assert demo.low_points[3].drain_mm_h == sites.drain_mm_h[3]


def test_a_watched_pump_without_a_figure_is_not_known_and_elsewhere_there_is_none(demo: City, sites: Sites) -> None:
    watched = {station.low_point_id for station in demo.stations if station.kind == "pump"}
    assert 0 < len(watched) < 51
    assert [name in watched for name in sites.low_point] == np.isnan(sites.pump_mm_h).tolist()
    assert {0.0} == set(sites.pump_mm_h[np.isfinite(sites.pump_mm_h)].tolist())


def test_nothing_is_made_up_where_a_city_knows_nothing(tmp_path: Path) -> None:
    found = sites_of(town(tmp_path / "city"))
    for name in ("catchment_ha", "impervious_share", "drain_mm_h", "hollow_m3", "hollow_shape", "spill_m"):
        assert np.isnan(getattr(found, name)).all(), name


@pytest.mark.parametrize(
    ("figure", "value", "words"),
    [
        ("catchment_ha", 0, "hectares"),
        ("catchment_ha", 25_000, "hectares"),
        ("impervious_share", 85, "85 % is 0.85"),
        ("impervious_share", -0.1, "85 % is 0.85"),
        ("drain_mm_h", -5, "mm/h"),
        ("pump_mm_h", 5000, "mm/h"),
    ],
)
def test_a_figure_out_of_range_is_refused_with_what_to_write(tmp_path: Path, figure: str, value: float, words: str) -> None:
    with pytest.raises(CityError, match=words) as error:
        town(tmp_path / "city", **{figure: value})
    assert "low_points.geojson" in str(error.value) and figure in str(error.value) and "P0" in str(error.value)


def test_a_figure_that_is_a_text_is_refused_and_null_is_as_good_as_absent(tmp_path: Path) -> None:
    with pytest.raises(CityError, match="catchment_ha"):
        town(tmp_path / "a", catchment_ha="two")
    assert town(tmp_path / "b", catchment_ha=None).low_points[0].catchment_ha is None


def test_a_point_with_a_shorter_ladder_never_reaches_the_rest(demo: City) -> None:
    assert (51, 4) == thresholds_of(demo).shape
    assert [0.15, 0.27, 0.40, 0.60] == thresholds_of(demo)[0].tolist()


def plane(slope: float, pit_m: float = 0.0) -> Terrain:
    """Ground that falls to the east, with a pit in its middle."""
    height = np.tile(-slope * 5.0 * np.arange(101.0), (101, 1)).astype(np.float32)
    height[48:53, 48:53] -= pit_m
    ground = read_terrain(DEMO / "dem.tif")
    return Terrain(height, ground.affine, ground.crs, 5.0)


def middle(terrain: Terrain) -> tuple[float, float]:
    from pyproj import Transformer

    x, y = terrain.affine @ (50.5, 50.5)
    lon, lat = Transformer.from_crs(terrain.crs, "EPSG:4326", always_xy=True).transform(x, y)
    return float(lon), float(lat)


def test_a_point_on_a_slope_has_no_hollow() -> None:
    assert measure_hollow(plane(0.02), *middle(plane(0.02))) is None


def test_a_point_off_the_terrain_has_no_hollow() -> None:
    assert measure_hollow(plane(0.0, 1.0), 0.0, 0.0) is None


def test_a_pit_with_upright_walls_holds_its_area_times_its_depth() -> None:
    found = measure_hollow(plane(0.0, 1.0), *middle(plane(0.0, 1.0)))
    assert found is not None
    assert 0.99 == pytest.approx(found.spill_m, abs=0.011)
    assert 0.0 == pytest.approx(found.shape, abs=0.01)
    assert 625 * 0.5 == pytest.approx(found.volume_m3(0.5), rel=0.02)
