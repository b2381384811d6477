"""FloodNet's table of floods: which of them can be used, and why the others cannot."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from streams.importers.profile import MAX_DIFFERS_M, Profile, read_profile
from streams.importers.sensors import Sensor
from streams.importers.table import read_rows
from streams.importers.units import M_PER_INCH, metres, number, utc_s

COLUMNS = (
    "sensor_id",
    "flood_start_time",
    "flood_end_time",
    "max_depth_inches",
    "onset_time_mins",
    "flood_profile_depth_inches",
    "flood_profile_time_secs",
)
LONGEST_S = 12 * 3600
"""A flood that stands longer is ice, a blocked inlet or a stuck sensor."""


@dataclass(frozen=True)
class Flood:
    """One measured flood; `remarks` name dirt in fields that are not used."""

    sensor_id: str
    profile: Profile
    remarks: tuple[str, ...] = ()

    @property
    def start_s(self) -> int:
        """The first reading (dry as a rule: the last one before the water)."""
        return self.profile.time_s[0]

    @property
    def end_s(self) -> int:
        """The last reading."""
        return self.profile.time_s[-1]


@dataclass(frozen=True)
class LeftOut:
    """A flood that is not used; where the span is known, nobody knows whether its sensor stood dry then."""

    reason: str
    sensor_id: str = ""
    span_s: tuple[int, int] | None = None


def read_floods(path: Path, sensors: Mapping[str, Sensor], tidal: bool | None) -> Iterator[Flood | LeftOut]:
    """Read every row as a flood or as the reason why it is left out; `tidal` None takes both kinds of sensor."""
    seen: set[tuple[str, int]] = set()
    for row in read_rows(path, COLUMNS):
        flood = _flood(row, sensors, tidal)
        if isinstance(flood, Flood):
            if (flood.sensor_id, flood.start_s) in seen:
                flood = LeftOut("repeats_another_flood")
            else:
                seen.add((flood.sensor_id, flood.start_s))
        yield flood


def _flood(row: Mapping[str, str], sensors: Mapping[str, Sensor], tidal: bool | None) -> Flood | LeftOut:
    sensor_id, start_s = row["sensor_id"], utc_s(row["flood_start_time"])
    sensor = sensors.get(sensor_id)
    if sensor is None:
        return LeftOut("sensor_unknown")
    if tidal is not None and sensor.tidal != tidal:
        return LeftOut("sensor_is_tidal" if sensor.tidal else "sensor_is_not_tidal")
    if start_s is None:
        return LeftOut("no_start_time")
    profile = read_profile(start_s, row["flood_profile_time_secs"], row["flood_profile_depth_inches"])
    if isinstance(profile, str):
        return LeftOut(profile, sensor_id, _stated_span_s(row, start_s))
    if not profile.wet:
        return LeftOut("no_water_in_profile", sensor_id, _stated_span_s(row, start_s))
    if profile.time_s[-1] - profile.time_s[0] > LONGEST_S:
        return LeftOut("over_12_h", sensor_id, (profile.time_s[0], profile.time_s[-1]))
    if not sensor.stands(profile.time_s[0], profile.time_s[-1]):
        return LeftOut("sensor_not_standing", sensor_id, (profile.time_s[0], profile.time_s[-1]))
    return Flood(sensor_id, profile, tuple(_remarks(row, profile)))


def _stated_span_s(row: Mapping[str, str], start_s: int) -> tuple[int, int]:
    end_s = utc_s(row["flood_end_time"])
    return start_s, end_s if end_s is not None and end_s >= start_s else start_s + LONGEST_S


def _remarks(row: Mapping[str, str], profile: Profile) -> Iterator[str]:
    """Dirt that does no harm, since of all columns only the start and the profile are used."""
    onset_min, deepest, end_s = number(row["onset_time_mins"]), number(row["max_depth_inches"]), utc_s(row["flood_end_time"])
    if onset_min is not None and float(onset_min) * 60 > profile.time_s[-1] - profile.time_s[0]:
        yield "onset_after_the_end"
    if deepest is None or abs(metres(deepest, M_PER_INCH) - max(profile.depth_m)) > MAX_DIFFERS_M:
        yield "maximum_is_not_the_profile's"
    if end_s is None or abs(end_s - profile.time_s[-1]) > 1:
        yield "end_is_not_the_profile's"
    if profile.depth_m[0] > 0:
        yield "starts_wet"
    if profile.depth_m[-1] > 0:
        yield "ends_wet"
    if profile.has_gap:
        yield "gap_over_10_min"
    if profile.dropped:
        yield "readings_dropped"
