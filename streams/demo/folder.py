"""The parts of a demo city folder that the simulated storm needs, read back from its files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streams.demo import geojson
from streams.demo.layout import metres
from streams.demo.terrain import Grid, read_terrain


@dataclass(frozen=True)
class Point:
    """One low point; x_m and y_m from the city's origin."""

    low_point_id: str
    kind: str
    district_id: str
    x_m: float
    y_m: float
    road_elevation_m: float
    catchment_ha: float
    impervious_share: float
    drain_mm_h: float


@dataclass(frozen=True)
class Station:
    """One station; `low_point_id` is empty where it serves districts."""

    station_id: str
    kind: str
    x_m: float
    y_m: float
    cadence_s: int
    low_point_id: str = ""
    error_sd_m: float = 0.0
    mounting_height_m: float = 0.0


@dataclass(frozen=True)
class Folder:
    """What stands in a demo city folder."""

    points: list[Point]
    stations: list[Station]
    terrain: Grid

    def of_kind(self, kind: str) -> list[Station]:
        """Return the stations of one kind, in the order of the file."""
        return [station for station in self.stations if station.kind == kind]


def read_folder(city: Path) -> Folder:
    """Read a folder that `make_city` wrote.

    Raises
    ------
    ValueError
        When it is another city: the storm needs what only the generator writes (catchments, drains, the road's height).
    """
    points = [_point(feature, city) for feature in geojson.read(city / "low_points.geojson")]
    stations = [_station(feature) for feature in geojson.read(city / "stations.geojson")]
    return Folder(points, stations, read_terrain(city / "dem.tif"))


def _point(feature: geojson.Feature, city: Path) -> Point:
    row: dict[str, Any] = feature["properties"]
    x_m, y_m = metres(*feature["geometry"]["coordinates"])
    try:
        numbers = [float(row[key]) for key in ("road_elevation_m", "catchment_ha", "impervious_share", "drain_mm_h")]
    except KeyError as missing:
        raise ValueError(
            f"{city}: {row.get('low_point_id')} has no {missing}: only a city made by `lowpoint make-demo city` has a storm"
        ) from None
    return Point(row["low_point_id"], row["class"], row["district_id"], x_m, y_m, *numbers)


def _station(feature: geojson.Feature) -> Station:
    row: dict[str, Any] = feature["properties"]
    x_m, y_m = metres(*feature["geometry"]["coordinates"])
    return Station(
        row["station_id"],
        row["kind"],
        x_m,
        y_m,
        int(row["cadence_s"]),
        row.get("low_point_id", ""),
        float(row.get("error_sd_m", 0.0)),
        float(row.get("mounting_height_m", 0.0)),
    )
