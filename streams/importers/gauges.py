"""Files of USGS gauges: which site each comes from, what it measures, and its readings in SI units."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal, get_args

from streams.importers.problem import ImportProblem
from streams.importers.table import read_rows
from streams.importers.units import M_PER_FOOT, MM_PER_INCH, metres, number, utc_s

Measures = Literal["rain", "stage", "discharge"]
SITES: dict[str, Measures] = {
    # the files carry no units: this is what the sites of Walnut Creek, Raleigh, publish
    "354546078422045": "rain",
    "0208735460": "stage",
    "02087337": "discharge",
    "0208734210": "discharge",
    "0208734795": "discharge",
}
NO_VALUE_BELOW = Decimal(-9000)  # USGS writes -999999 and the like where the gauge was out
_FILE_NAME = re.compile(r"(?P<name>.+)_(?P<site>\d{8,15})\.csv(\.gz)?")


@dataclass(frozen=True)
class Gauge:
    """One file: a site, and what it measures."""

    path: Path
    site: str
    name: str
    measures: Measures


def gauge(path: Path, kinds: Mapping[str, str]) -> Gauge:
    """Tell a gauge by its file name, NAME_SITE.csv.gz; `kinds` says what sites measure that are not known here."""
    match = _FILE_NAME.fullmatch(path.name)
    if match is None:
        raise ImportProblem(f"{path} is not named NAME_SITENUMBER.csv or .csv.gz: rename it so, the site number tells what it measures")
    measures = {**SITES, **kinds}.get(match["site"])
    if measures not in get_args(Measures):
        raise ImportProblem(f"{path}: what site {match['site']} measures is not known: say --kind {match['site']}=rain, stage or discharge")
    return Gauge(path, match["site"], match["name"].replace("_", " "), measures)  # type: ignore[arg-type]  # checked above


def read_gauge(source: Gauge, left_out: Counter[str]) -> list[tuple[int, float]]:
    """Read (seconds since 1970, mm of rain or m of stage), strictly rising in time; what is left out is counted by reason."""
    readings: list[tuple[int, float]] = []
    for row in read_rows(source.path, ("datetime", "value")):
        time_s, value = utc_s(row["datetime"]), number(row["value"])
        if time_s is None:
            left_out["no_time"] += 1
        elif value is None or value < NO_VALUE_BELOW:
            left_out["no_value"] += 1
        elif source.measures == "rain" and value < 0:
            left_out["rain_below_zero"] += 1
        elif readings and time_s <= readings[-1][0]:
            left_out["time_goes_back_or_stands"] += 1
        else:
            readings.append((time_s, _in_si(source.measures, value)))
    return readings


def count_rows(source: Gauge) -> int:
    """How many rows a file holds that nothing is read from."""
    return sum(1 for _ in read_rows(source.path, ("datetime", "value")))


def _in_si(measures: Measures, value: Decimal) -> float:
    return float(value * MM_PER_INCH) if measures == "rain" else metres(value, M_PER_FOOT)
