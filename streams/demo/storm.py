"""Makes the demo storm: rain, the simulated truth, and what the sensors say of it, as files."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from streams.demo import city_feeds
from streams.demo.faults import CLOCK_AHEAD_S, Fault, by_station, make_faults
from streams.demo.folder import Folder, read_folder
from streams.demo.hydraulics import Flood, make_basins, make_flood
from streams.demo.moment import DURATION_S
from streams.demo.rain import Rain, Series, make_rain, mean_rain
from streams.demo.reading import Reading, deliver
from streams.demo.river import river_stage
from streams.demo.sensors import camera_readings, level_readings
from streams.demo.truth import NOTE, make_truth

SEED = 51
_README = f"""{NOTE}.

observations.ndjson.gz   what the sensors of the demo city said, in order of arrival (docs/demo-city.md)
truth.json               how deep the water really stood; nothing that forecasts may read it
"""


@dataclass(frozen=True)
class Storm:
    """One simulated storm over a city folder."""

    folder: Folder
    rain: Rain
    stage_m: Series
    flood: Flood
    faults: Sequence[Fault]


def make_storm(city: Path, out: Path, seed: int = SEED, duration_s: int = DURATION_S) -> None:
    """Write observations.ndjson.gz, truth.json and README.txt of the simulated storm.

    Parameters
    ----------
    city
        A folder that `make_city` wrote.
    out
        Where the files go; it is made if it is missing.
    seed
        Of gusts, catchments, noise, losses and faults. The same seed gives the same bytes.
    duration_s
        Of the record from its start, whole minutes. The storm and its truth always take all of the default; a test may record less.

    Raises
    ------
    ValueError
        When the city is not one of `make_city`.
    """
    storm = simulate(read_folder(city), seed)
    out.mkdir(parents=True, exist_ok=True)
    ahead_s = {fault.station_id: CLOCK_AHEAD_S for fault in storm.faults if fault.kind == "clock_ahead"}
    # a stable sort: readings that arrive together stay in the order they were made in
    lines = sorted(deliver(observe(storm, seed, duration_s), seed, ahead_s), key=lambda line: line[0])
    _write_gzip(out / "observations.ndjson.gz", "".join(f"{line}\n" for _, line in lines).encode())
    truth = make_truth(storm.flood, storm.rain, storm.stage_m, storm.faults, seed)
    (out / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8", newline="\n")
    (out / "README.txt").write_text(_README, encoding="utf-8", newline="\n")


def simulate(folder: Folder, seed: int = SEED) -> Storm:
    """Compute rain, river and flood over the whole storm, and hand out the faults."""
    places = {point.low_point_id: (point.x_m, point.y_m) for point in folder.points}
    places |= {station.station_id: (station.x_m, station.y_m) for station in folder.of_kind("rain")}
    rain = make_rain(places, seed)
    stage_m = river_stage(_city_rain(folder, rain))
    flood = make_flood(make_basins(folder, seed), rain, stage_m)
    return Storm(folder, rain, stage_m, flood, make_faults(folder, flood))


def observe(storm: Storm, seed: int, duration_s: int) -> Iterator[Reading]:
    """Yield every reading of every station, before anything is lost or late."""
    folder, flood, faults = storm.folder, storm.flood, by_station(storm.faults)
    for station in folder.of_kind("level"):
        yield from level_readings(station, flood, faults.get(station.station_id), seed, duration_s)
    for station in folder.of_kind("camera"):
        yield from camera_readings(station, flood, storm.rain.mm[station.low_point_id], seed, duration_s)
    for station in folder.of_kind("rain"):
        yield from city_feeds.rain_readings(station, storm.rain.mm[station.station_id], seed, duration_s)
    for station in folder.of_kind("bureau"):
        yield from city_feeds.forecast_readings(station, _city_rain(folder, storm.rain), seed, duration_s)
    for station in folder.of_kind("stage"):
        yield from city_feeds.stage_readings(station, storm.stage_m, seed, duration_s)
    for station in folder.of_kind("pump"):
        yield from city_feeds.pump_readings(station, flood, duration_s)
    yield from city_feeds.report_readings(folder, flood, seed, duration_s)


def _city_rain(folder: Folder, rain: Rain) -> Series:
    return mean_rain(rain, [point.low_point_id for point in folder.points])


def _write_gzip(path: Path, data: bytes) -> None:
    """Pack without name and date, so that the same content gives the same bytes."""
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
        packed.write(data)
