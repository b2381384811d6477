"""The truth of the simulated storm: depths, crossings of each level, rain and faults. Nothing that forecasts may read it."""

from collections.abc import Mapping, Sequence
from typing import Any

from streams.demo.faults import Fault
from streams.demo.hydraulics import STEP_S, Flood
from streams.demo.moment import rfc3339
from streams.demo.rain import STEP_S as RAIN_STEP_S
from streams.demo.rain import Rain, Series

LEVELS_M = {1: 0.15, 2: 0.27, 3: 0.40, 4: 0.60}
FALL_BELOW_M, FALL_FOR_S = 0.03, 600  # a spell above a level is over after 10 min at 3 cm below it (DESIGN 8)
NOTE = (
    "SIMULATED: a made-up city with EPA SWMM 5 as the truth, under rain that was scaled to "
    "the record hour of Zhengzhou (201.9 mm, 2021-07-20, 16 to 17 h local time)"
)


def make_truth(flood: Flood, rain: Rain, stage_m: Series, faults: Sequence[Fault], seed: int) -> dict[str, Any]:
    """Return what truth.json holds; rain and stage are per minute and their first value belongs to the minute after the start."""
    place, end_s, mm = rain.worst_hour()
    return {
        "simulated": True,
        "note": NOTE,
        "seed": seed,
        "start": rfc3339(0),
        "end": rfc3339(float(flood.time_s[-1])),
        "step_s": STEP_S,
        "low_points": {point: _point_truth(flood, depth_m) for point, depth_m in flood.depth_m.items()},
        "rain": {
            "period_s": RAIN_STEP_S,
            "worst_hour": {"place": place, "from": rfc3339(end_s - 3600), "to": rfc3339(end_s), "mm": round(mm, 1)},
            "mm": {name: [round(float(value), 3) for value in minutes] for name, minutes in rain.mm.items()},
        },
        "stage_m": [round(float(value), 3) for value in stage_m],
        "faults": [
            {"station": fault.station_id, "fault": fault.kind, "from": rfc3339(fault.from_s), "until": rfc3339(fault.until_s)}
            for fault in faults
        ],
    }


def _point_truth(flood: Flood, depth_m: Series) -> dict[str, Any]:
    peak = int(depth_m.argmax())
    return {
        "peak_m": round(float(depth_m[peak]), 3),
        "peak_at": rfc3339(float(flood.time_s[peak])),
        "crossings": [crossing for level, threshold_m in LEVELS_M.items() for crossing in crossings(flood, depth_m, level, threshold_m)],
        "depth_m": [round(float(value), 3) for value in depth_m],
    }


def crossings(flood: Flood, depth_m: Series, level: int, threshold_m: float) -> list[Mapping[str, Any]]:
    """Return every spell at or above a threshold: when it began, and when the water was last there (`until`)."""
    spells: list[tuple[int, int]] = []
    for k in (depth_m >= threshold_m - FALL_BELOW_M).nonzero()[0].tolist():
        at_s = int(flood.time_s[k])
        open_spell = bool(spells) and at_s - spells[-1][1] <= FALL_FOR_S
        if open_spell:
            spells[-1] = (spells[-1][0], at_s)
        elif depth_m[k] >= threshold_m:
            spells.append((at_s, at_s))
    return [{"level": level, "threshold_m": threshold_m, "time": rfc3339(first), "until": rfc3339(last)} for first, last in spells]
