"""FloodNet's table of sensors: where each stands, and since when."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from streams.importers.table import read_rows
from streams.importers.units import number, utc_s

COLUMNS = ("sensor_name", "sensor_id", "date_installed", "tidally_influenced", "date_removed", "nta", "latitude", "longitude")
TIDAL = {"Yes": True, "No": False}


@dataclass(frozen=True)
class Sensor:
    """One street sensor; it stands from `installed_s` until `removed_s` (None: it still does)."""

    sensor_id: str
    name: str
    lon: float
    lat: float
    district_id: str
    tidal: bool
    installed_s: int
    removed_s: int | None

    def stands(self, from_s: int, to_s: int) -> bool:
        """Whether it stands all the time between two moments."""
        return self.installed_s <= from_s and (self.removed_s is None or self.removed_s > to_s)


def read_sensors(path: Path, left_out: Counter[str]) -> dict[str, Sensor]:
    """Read the sensors by id; rows that cannot be used are counted in `left_out`."""
    sensors: dict[str, Sensor] = {}
    for row in read_rows(path, COLUMNS):
        sensor = _sensor(row)
        if isinstance(sensor, str):
            left_out[sensor] += 1
        elif sensor.sensor_id in sensors:
            left_out["repeats_another_sensor"] += 1
        else:
            sensors[sensor.sensor_id] = sensor
    return sensors


def _sensor(row: dict[str, str]) -> Sensor | str:
    lon, lat = number(row["longitude"]), number(row["latitude"])
    installed_s, removed_s = utc_s(row["date_installed"]), utc_s(row["date_removed"])
    if not row["sensor_id"] or len(row["nta"]) < 3:
        return "no_id_or_district"
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return "no_place"
    if installed_s is None or (row["date_removed"] and removed_s is None):
        return "no_dates"
    if row["tidally_influenced"] not in TIDAL:
        return "tidal_or_not_is_unknown"
    tidal = TIDAL[row["tidally_influenced"]]
    name = row["sensor_name"] or row["sensor_id"]
    return Sensor(row["sensor_id"], name, float(lon), float(lat), row["nta"][:3], tidal, installed_s, removed_s)
