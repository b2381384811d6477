"""The city folder of one storm in New York: each sensor is a low point with a level station and a zone."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from streams.importers.city_folder import CityHead, Release, point, write_city, zone_around
from streams.importers.sensors import Sensor
from streams.importers.storms import Storm

SLOW_UNTIL_S = int(datetime(2021, 11, 1, tzinfo=UTC).timestamp())
SLOW_CADENCE_S, CADENCE_S = 300, 60
ERROR_SD_M = 0.01
ORIGIN = "Measured by FloodNet NYC / NYC DEP (NYC Open Data aq7i-eu5q and kb2e-tjy3); imported by lowpoint, see docs/importing.md."


def station_id(sensor: Sensor) -> str:
    """The level station of a sensor's low point."""
    return f"{sensor.sensor_id}-level"


def write_storm_city(folder: Path, storm: Storm, points: Sequence[Sensor], release: Release) -> None:
    """Write the folder; nothing in it comes from the floods but the storm's name."""
    districts = sorted({sensor.district_id for sensor in points})
    head = CityHead(f"New York street sensors, {storm.name}", "America/New_York", districts, ORIGIN, release)
    cadence_s = SLOW_CADENCE_S if storm.start_s < SLOW_UNTIL_S else CADENCE_S
    write_city(
        folder,
        head,
        [point(s.lon, s.lat, _low_point(s)) for s in points],
        [point(s.lon, s.lat, _station(s, cadence_s)) for s in points],
        [zone_around(s.lon, s.lat, s.sensor_id, s.name, s.district_id) for s in points],
    )


def _low_point(sensor: Sensor) -> dict[str, str]:
    return {
        "low_point_id": sensor.sensor_id,
        "name": sensor.name,
        "name_en": sensor.name,
        "class": "sag",
        "district_id": sensor.district_id,
    }


def _station(sensor: Sensor, cadence_s: int) -> dict[str, str | float]:
    return {
        "station_id": station_id(sensor),
        "kind": "level",
        "low_point_id": sensor.sensor_id,
        "owner": "FloodNet NYC",
        "cadence_s": cadence_s,
        "error_sd_m": ERROR_SD_M,
    }
