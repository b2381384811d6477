"""Small tables in the publishers' formats, written by hand, and readers of what the importers wrote."""

import csv
import gzip
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from streams.importers.floodnet import import_floodnet
from streams.importers.report import ImportReport

SENSOR = {
    "sensor_name": "BK - Ann St/Bob St",
    "sensor_id": "BK-ann",
    "date_installed": "2020-10-05T00:00:00.000",
    "tidally_influenced": "No",
    "date_removed": "",
    "nta": "BK0503",
    "latitude": "40.66",
    "longitude": "-73.9",
}
FLOOD = {
    "sensor_id": "BK-ann",
    "flood_start_time": "2023-09-29T12:00:00.000",
    "flood_end_time": "2023-09-29T12:04:00.000",
    "max_depth_inches": "10.00",
    "onset_time_mins": "2",
    "flood_profile_depth_inches": "[0.00, 5.00, 10.00, 4.25, 0.00]",
    "flood_profile_time_secs": "[0, 60, 120, 180, 240]",
}


def flood(start: str, seconds: Sequence[Any], inches: Sequence[Any], **other: str) -> dict[str, str]:
    """A flood whose other columns are as in FLOOD."""
    profile = {"flood_profile_time_secs": json.dumps(list(seconds)), "flood_profile_depth_inches": json.dumps(list(inches))}
    return {**FLOOD, "flood_start_time": start, **profile, **other}


def write_table(path: Path, rows: Iterable[dict[str, str]]) -> Path:
    """Write rows (all with the keys of the first) as CSV."""
    listed = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(listed[0]))
        writer.writeheader()
        writer.writerows(listed)
    return path


def run(folder: Path, floods: Iterable[dict[str, str]], sensors: Iterable[dict[str, str]] = (SENSOR,), **options: Any) -> ImportReport:
    """Import small tables into folder/out."""
    folder.mkdir(parents=True, exist_ok=True)
    events, metadata = write_table(folder / "events.csv", floods), write_table(folder / "sensors.csv", sensors)
    return import_floodnet(events, metadata, folder / "out", **options)


def observations(folder: Path) -> list[dict[str, Any]]:
    """Every line of a recording, in order."""
    with gzip.open(folder / "observations.ndjson.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def values(folder: Path) -> dict[tuple[str, str], float]:
    """The value of each (station, time)."""
    return {(row["station"], row["time"]): row["value"] for row in observations(folder)}
