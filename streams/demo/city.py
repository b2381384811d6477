"""Makes the demo city: a city folder by the contract, a pure function of a seed."""

from pathlib import Path
from random import Random

from streams.demo import geojson
from streams.demo.city_toml import city_toml
from streams.demo.layers import write_layers
from streams.demo.layout import lonlat
from streams.demo.points import LowPoint, make_low_points
from streams.demo.stations import make_stations
from streams.demo.storm_toml import STORM_TOML
from streams.demo.terrain import Grid, cell, make_terrain, write_terrain
from streams.demo.zones import make_shelters, make_zones

SEED = 51
FOLDER = Path(__file__).resolve().parents[2] / "config" / "cities" / "demo"


def make_city(out: Path, seed: int = SEED) -> None:
    """Write the demo city into a folder: the same seed gives the same files.

    Parameters
    ----------
    out
        The folder; it is made if it is missing, and files of these names in it are replaced.
    seed
        Every draw hangs on it. `random.Random` is used and not numpy, whose streams may change between versions.

    Raises
    ------
    ValueError
        When a seed crowds the map so that something finds no room.
    """
    random = Random(seed)
    points = make_low_points(random)
    terrain = make_terrain(points)
    out.mkdir(parents=True, exist_ok=True)
    (out / "city.toml").write_text(city_toml(), encoding="utf-8", newline="\n")
    (out / "storm.toml").write_text(STORM_TOML, encoding="utf-8", newline="\n")
    geojson.write(out / "low_points.geojson", [_low_point(point, terrain) for point in points])
    geojson.write(out / "stations.geojson", make_stations(random, points))
    zones, shelters = make_zones(random, points), make_shelters(random, points)
    geojson.write(out / "zones.geojson", zones)
    geojson.write(out / "shelters.geojson", shelters)
    write_terrain(out / "dem.tif", terrain)
    write_layers(out, Random(f"layers {seed}"), points, [*zones, *shelters])


def _low_point(point: LowPoint, terrain: Grid) -> geojson.Feature:
    properties = {
        "low_point_id": point.low_point_id,
        "name": point.name.zh,
        "name_en": point.name.en,
        "class": point.kind,
        "district_id": point.district_id,
        "road_elevation_m": round(float(terrain[cell(point.x_m, point.y_m)]), 2),
        "catchment_ha": point.catchment_ha,
        "impervious_share": point.impervious_share,
        "drain_mm_h": point.drain_mm_h,
    }
    return geojson.point(lonlat(point.x_m, point.y_m), properties)
