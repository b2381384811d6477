"""Imports USGS gauges of one creek: a riverside low point, its stage, the rain, and the depth over a road beside it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from streams.importers.city_folder import CityHead, Feature, Release, point, write_city, zone_around
from streams.importers.gauges import Gauge, count_rows, gauge, read_gauge
from streams.importers.problem import ImportProblem
from streams.importers.recording import Reading, write_observations
from streams.importers.report import ImportReport, RecordingReport, ordered
from streams.importers.units import iso

CADENCE_S = 300
ROAD_QUANTILE = 0.95
DISTRICT = "creek"
PLACE = (-78.6236, 35.7573)
"""South State Street over Walnut Creek, Raleigh (lon, lat), by eye and good to some hundred metres: the files carry no place."""
ORIGIN = "Measured by the US Geological Survey (NWIS, public domain); imported by lowpoint, see docs/importing.md."

Series = list[tuple[int, float]]


@dataclass(frozen=True)
class Riverside:
    """The low point: its gauge, its place (lon, lat), and the stage at which the road beside it begins to flood."""

    gauge: Gauge
    place: tuple[float, float]
    road_stage_m: float

    @property
    def low_point_id(self) -> str:
        """Its id, made of the site number."""
        return f"usgs-{self.gauge.site}"


def import_usgs(
    files: Sequence[Path],
    out: Path,
    *,
    low_point_file: str | None = None,
    road_stage_m: float | None = None,
    place: tuple[float, float] = PLACE,
    kinds: Mapping[str, str] | None = None,
    release: Release | None = None,
    time_zone: str = "America/New_York",
) -> ImportReport:
    """Write `out`/city, `out`/observations.ndjson.gz and `out`/import.json.

    Parameters
    ----------
    files
        CSV files (plain or gzipped) with the columns datetime (UTC) and value; rain in inches, stage in feet, discharge in cfs.
    low_point_file
        Name of the stage file whose site becomes the low point; needed where there are several.
    road_stage_m
        Stage in m above the gauge's datum at which water reaches the road; left out, the 0.95 quantile of the record.
    place
        Longitude and latitude of the low point in degrees.
    kinds
        What sites measure that are not known: site number to rain, stage or discharge.

    Notes
    -----
    depth_m = max(0, stage_m - road_stage_m). A quantile of the whole record knows how often the water will come: for a test of
    forecasts give `road_stage_m`.
    """
    gauges = [gauge(path, kinds or {}) for path in files]
    _check_sites(gauges)
    chosen = _low_point_gauge(gauges, low_point_file)
    left_out: Counter[str] = Counter()
    series = {source: read_gauge(source, left_out) for source in gauges if source.measures != "discharge"}
    rows_read = sum(map(len, series.values())) + left_out.total()
    no_kind = sum(count_rows(source) for source in gauges if source.measures == "discharge")
    left_out["discharge_has_no_kind"] = no_kind
    if not series[chosen]:
        raise ImportProblem(f"{chosen.path} holds no stage that can be used: see what it holds, or give another file")
    road = _road_stage_m(series[chosen]) if road_stage_m is None else road_stage_m
    riverside = Riverside(chosen, place, road)
    _write_city(out / "city", riverside, list(series), release or Release(), time_zone)
    readings = [reading for source, values in series.items() for reading in _readings(source, values, riverside)]
    report = ImportReport(
        source="usgs",
        rows_read=rows_read + no_kind,
        kept=sum(map(len, series.values())),
        left_out=ordered(+left_out),
        remarks={},
        readings_dropped={},
        sensors_left_out={},
        recordings=(_recording(out, riverside, readings),),
    )
    report.write(out)
    return report


def _check_sites(gauges: Sequence[Gauge]) -> None:
    sites = Counter(source.site for source in gauges)
    twice = [source.path.name for source in gauges if sites[source.site] > 1]
    if twice:
        raise ImportProblem(f"a site is given twice ({', '.join(twice)}): join its files into one, or leave one out")


def _low_point_gauge(gauges: Sequence[Gauge], file_name: str | None) -> Gauge:
    stages = [source for source in gauges if source.measures == "stage" and file_name in (None, source.path.name)]
    if len(stages) != 1:
        names = ", ".join(source.path.name for source in gauges if source.measures == "stage") or "none"
        raise ImportProblem(f"one stage file must be the low point: name it by --low-point-file (stage files given: {names})")
    return stages[0]


def _road_stage_m(stage: Series) -> float:
    return round(float(np.quantile([stage_m for _, stage_m in stage], ROAD_QUANTILE)), 2)


def _readings(source: Gauge, series: Series, riverside: Riverside) -> Iterator[Reading]:
    for time_s, value in series:
        if source.measures == "rain":
            yield Reading(time_s, _station_id(source, "rain"), "rain", round(value, 3), CADENCE_S)
            continue
        yield Reading(time_s, _station_id(source, "stage"), "stage", value)
        if source == riverside.gauge:
            depth_m = max(0.0, round(value - riverside.road_stage_m, 4))
            yield Reading(time_s, _station_id(source, "level"), "depth", depth_m)


def _station_id(source: Gauge, kind: str) -> str:
    return f"usgs-{source.site}-{kind}"


def _write_city(folder: Path, riverside: Riverside, gauges: Sequence[Gauge], release: Release, time_zone: str) -> None:
    name, low_point_id, (lon, lat) = riverside.gauge.name, riverside.low_point_id, riverside.place
    low_point = {"low_point_id": low_point_id, "name": name, "name_en": name, "class": "riverside", "district_id": DISTRICT}
    head = CityHead(f"{name} (USGS)", time_zone, [DISTRICT], ORIGIN, release)
    low_points = [point(lon, lat, {**low_point, "road_stage_m": riverside.road_stage_m})]
    stations = [feature for source in gauges for feature in _stations(source, riverside)]
    write_city(folder, head, low_points, stations, [zone_around(lon, lat, low_point_id, name, DISTRICT)])


def _stations(source: Gauge, riverside: Riverside) -> Iterator[Feature]:
    lon, lat = _site_place(source.site) or riverside.place
    common = {"owner": "USGS", "cadence_s": CADENCE_S}
    own = {"low_point_id": riverside.low_point_id}
    whole = {"district_ids": [DISTRICT]}
    belongs = own if source == riverside.gauge else whole
    yield point(lon, lat, {"station_id": _station_id(source, source.measures), "kind": source.measures, **belongs, **common})
    if source == riverside.gauge:
        yield point(lon, lat, {"station_id": _station_id(source, "level"), "kind": "level", **own, **common, "error_sd_m": 0.01})


def _site_place(site: str) -> tuple[float, float] | None:
    """Longitude and latitude in a number of 15 digits (DDMMSS, DDDMMSS, two more); shorter ones count along the river."""
    if len(site) != 15:
        return None
    lat = int(site[:2]) + int(site[2:4]) / 60 + int(site[4:6]) / 3600
    lon = int(site[6:9]) + int(site[9:11]) / 60 + int(site[11:13]) / 3600
    return round(-lon, 6), round(lat, 6)


def _recording(out: Path, riverside: Riverside, readings: Sequence[Reading]) -> RecordingReport:
    first_s, last_s = min(r.time_s for r in readings), max(r.time_s for r in readings)
    return RecordingReport(
        name=riverside.gauge.name,
        folder=".",
        window=(iso(first_s), iso(last_s)),
        low_points=1,
        readings=write_observations(out, readings),
        water_readings=sum(r.kind == "depth" and r.value > 0 for r in readings),
    )
