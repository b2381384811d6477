"""Imports FloodNet's measured street floods (New York): a city folder and a recording for each storm."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from streams.importers.city_folder import Release
from streams.importers.floodnet_city import station_id, write_storm_city
from streams.importers.floods import Flood, LeftOut, read_floods
from streams.importers.problem import ImportProblem
from streams.importers.recording import Reading, write_observations
from streams.importers.report import ImportReport, RecordingReport, ordered
from streams.importers.sensors import Sensor, read_sensors
from streams.importers.series import readings_of
from streams.importers.storms import Storm, choose, find_storms
from streams.importers.units import iso

Tidal = Literal["no", "yes", "all"]
TIDAL: dict[Tidal, bool | None] = {"no": False, "yes": True, "all": None}
ZERO_CADENCE_S = 60


def import_floodnet(
    events: Path,
    sensors: Path,
    out: Path,
    *,
    from_time: datetime | None = None,
    to_time: datetime | None = None,
    storm_dates: Collection[str] = (),
    tidal: Tidal = "no",
    zero_cadence_s: int = ZERO_CADENCE_S,
    release: Release | None = None,
) -> ImportReport:
    """Write `out`/NAME/city and `out`/NAME/observations.ndjson.gz for each storm, and `out`/import.json.

    Parameters
    ----------
    events, sensors
        FloodNet's flood events and sensor metadata (CSV, plain or gzipped).
    from_time, to_time
        Only storms whose first water lies in [from, to); aware times.
    storm_dates
        Only storms whose first water came on these UTC dates, as 2023-09-29.
    tidal
        Which sensors: away from the tide, under it, or all.
    zero_cadence_s
        Seconds between the zeros of a dry sensor.
    release
        CAP issuer, and whether orders are released without officers.

    Raises
    ------
    ImportProblem
        If a table cannot be read, or no storm fits.
    """
    if zero_cadence_s < 1:
        raise ImportProblem(f"a cadence of {zero_cadence_s} s makes no readings: give 1 or more")
    no_sensor: Counter[str] = Counter()
    standing = read_sensors(sensors, no_sensor)
    rows = list(read_floods(events, standing, TIDAL[tidal]))
    left_out = [row for row in rows if isinstance(row, LeftOut)]
    storms = find_storms(row for row in rows if isinstance(row, Flood))
    chosen = choose(storms, _epoch_s(from_time), _epoch_s(to_time), storm_dates)
    work = _Work(standing, left_out, TIDAL[tidal], zero_cadence_s, release or Release())
    recordings = tuple(work.write(storm, out / storm.name) for storm in chosen)
    report = _report(rows, chosen, work, no_sensor, recordings)
    report.write(out)
    return report


class _Work:
    """Writes storm after storm, and remembers which floods found no place in them."""

    def __init__(
        self, sensors: Mapping[str, Sensor], left_out: Sequence[LeftOut], tidal: bool | None, zero_cadence_s: int, release: Release
    ) -> None:
        self._sensors = [sensor for sensor in sensors.values() if tidal is None or sensor.tidal == tidal]
        self._left_out = left_out
        self._zero_cadence_s = zero_cadence_s
        self._release = release
        self.without_place: list[LeftOut] = []
        self.placed: list[Flood] = []

    def write(self, storm: Storm, folder: Path) -> RecordingReport:
        """Write one storm."""
        standing = sorted((s for s in self._sensors if s.stands(storm.start_s, storm.end_s)), key=lambda s: s.sensor_id)
        unsure = _unsure(storm, standing, self._left_out)
        points = [sensor for sensor in standing if sensor.sensor_id not in unsure]
        floods = self._place(storm, points, unsure)
        readings = [reading for sensor in points for reading in self._readings(sensor, floods[sensor.sensor_id], storm)]
        write_storm_city(folder / "city", storm, points, self._release)
        return RecordingReport(
            name=storm.name,
            folder=folder.name,
            window=(iso(storm.start_s), iso(storm.end_s)),
            low_points=len(points),
            readings=write_observations(folder, readings),
            water_readings=sum(reading.value > 0 for reading in readings),
            floods=sum(map(len, floods.values())),
            low_points_left_out=unsure,
        )

    def _place(self, storm: Storm, points: Iterable[Sensor], unsure: Mapping[str, str]) -> dict[str, list[Flood]]:
        """Floods by point; those without one are remembered with the reason."""
        floods: dict[str, list[Flood]] = {sensor.sensor_id: [] for sensor in points}
        for flood in storm.floods:
            if flood.sensor_id in floods:
                floods[flood.sensor_id].append(flood)
                self.placed.append(flood)
            else:
                reason = "beside_a_flood_left_out" if flood.sensor_id in unsure else "sensor_not_standing"
                self.without_place.append(LeftOut(reason, flood.sensor_id))
        return floods

    def _readings(self, sensor: Sensor, floods: Sequence[Flood], storm: Storm) -> Iterator[Reading]:
        station = station_id(sensor)
        for time_s, depth_m in readings_of(sensor.sensor_id, floods, storm, self._zero_cadence_s):
            yield Reading(time_s, station, "depth", depth_m)


def _unsure(storm: Storm, standing: Iterable[Sensor], left_out: Iterable[LeftOut]) -> dict[str, str]:
    """Sensors with a flood in the window that is left out: their zeros would be made up."""
    reasons = {
        row.sensor_id: row.reason
        for row in left_out
        if row.span_s is not None and row.span_s[0] <= storm.end_s and row.span_s[1] >= storm.start_s
    }
    return {sensor.sensor_id: reasons[sensor.sensor_id] for sensor in standing if sensor.sensor_id in reasons}


def _report(
    rows: Sequence[Flood | LeftOut],
    chosen: Sequence[Storm],
    work: _Work,
    no_sensor: Counter[str],
    recordings: tuple[RecordingReport, ...],
) -> ImportReport:
    asked = sum(len(storm.floods) for storm in chosen)
    reasons = Counter(row.reason for row in [*rows, *work.without_place] if isinstance(row, LeftOut))
    reasons["storm_not_asked_for"] = sum(isinstance(row, Flood) for row in rows) - asked
    dropped: Counter[str] = sum((flood.profile.dropped for flood in work.placed), Counter())
    return ImportReport(
        source="floodnet",
        rows_read=len(rows),
        kept=len(work.placed),
        left_out=ordered(+reasons),
        remarks=ordered(Counter(remark for flood in work.placed for remark in flood.remarks)),
        readings_dropped=ordered(dropped),
        sensors_left_out=ordered(no_sensor),
        recordings=recordings,
    )


def _epoch_s(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ImportProblem(f"the time {moment} has no zone: write it as 2023-09-29T00:00:00Z")
    return int(moment.timestamp())
