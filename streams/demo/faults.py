"""What goes wrong with the demo city's sensors: which station, what, and from when to when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from streams.demo.folder import Folder, Station
from streams.demo.hydraulics import Flood

FaultKind = Literal["stuck", "spikes", "silent", "parked_car", "clock_ahead"]
CAR_M = 0.52
CLOCK_AHEAD_S = 120
_HOUR_S = 3600


@dataclass(frozen=True)
class Fault:
    """One fault of one station, over [from_s, until_s)."""

    station_id: str
    kind: FaultKind
    from_s: int
    until_s: int

    def holds(self, time_s: float) -> bool:
        """Tell whether the fault is there at a time."""
        return self.from_s <= time_s < self.until_s


def make_faults(folder: Folder, flood: Flood) -> list[Fault]:
    """Hand the faults out by what each point does in this storm, so that every one of them matters; no station has two.

    Two stick: one in rising water while a camera sees more, one at its peak. Three spike. Two fall silent for an hour: a deep point
    that has a camera, from when its water rises, and a shallow one in the worst hour. A car parks over one dry sensor, and one clock
    runs ahead.
    """
    levels = {station.low_point_id: station for station in folder.of_kind("level")}
    seen = {station.low_point_id for station in folder.of_kind("camera")}
    peaks_m = {point: float(depth_m.max()) for point, depth_m in flood.depth_m.items()}
    order = sorted(levels, key=lambda point: (-peaks_m[point], point))
    watched = [point for point in order if point in seen]
    end_s = int(flood.time_s[-1]) + 1
    taken: list[str] = []

    def take(points: Sequence[str]) -> Station:
        taken.append(next(point for point in points if point not in taken))
        return levels[taken[-1]]

    rising, silent_deep, peaking = take(watched), take(watched), take(order[4:])
    shallow, car = take(order[28:]), take(order[40:])
    spiking = [take(order[20:]), take(order[30:]), take(order[45:])]
    clock = take(order[10:])
    peak_s = int(flood.time_s[flood.depth_m[peaking.low_point_id].argmax()])
    stuck_s = _first_at(flood, rising.low_point_id, 0.2)
    worst_s = _first_at(flood, silent_deep.low_point_id, 0.1)
    return [
        Fault(rising.station_id, "stuck", stuck_s, min(stuck_s + 5400, end_s)),
        Fault(peaking.station_id, "stuck", peak_s, min(peak_s + 4800, end_s)),
        *(Fault(station.station_id, "spikes", 0, end_s) for station in spiking),
        Fault(silent_deep.station_id, "silent", worst_s, worst_s + _HOUR_S),
        Fault(shallow.station_id, "silent", 8400, 8400 + _HOUR_S),
        Fault(car.station_id, "parked_car", 480, 1440),
        Fault(clock.station_id, "clock_ahead", 0, end_s),
    ]


def by_station(faults: Sequence[Fault]) -> Mapping[str, Fault]:
    """Index the faults by station."""
    return {fault.station_id: fault for fault in faults}


def _first_at(flood: Flood, point: str, depth_m: float) -> int:
    """Return when the water first stands so deep, the end of the storm if never."""
    above = flood.depth_m[point] >= depth_m
    return int(flood.time_s[above.argmax()]) if above.any() else int(flood.time_s[-1])
