"""What the other stations of the demo city say: rain gauges, the weather bureau, the river, pumps and citizens' reports."""

from collections.abc import Iterator, Sequence

import numpy as np

from streams.demo.folder import Folder, Station
from streams.demo.hydraulics import STEP_S as FLOOD_STEP_S
from streams.demo.hydraulics import Flood
from streams.demo.moment import rfc3339
from streams.demo.rain import STEP_S, Series
from streams.demo.reading import Reading, station_random

_TIP_MM = 0.1
_FORECAST_STEP_S, _FORECAST_AHEAD_S = 600, 7200
_REPORTED_POINTS = 16
_REPORT_SD_M = 0.1


def rain_readings(station: Station, rain_mm: Series, seed: int, duration_s: int) -> Iterator[Reading]:
    """Yield mm per minute in whole tips of the bucket; it catches a few per cent too little."""
    catch = float(station_random(seed, station.station_id).uniform(0.93, 1.0))
    tips = np.floor(np.cumsum(rain_mm[: duration_s // STEP_S]) * catch / _TIP_MM + 1e-9)
    for k, count in enumerate(np.diff(tips, prepend=0.0)):
        yield Reading(station.station_id, "rain", (k + 1) * STEP_S, round(float(count) * _TIP_MM, 1), {"period_s": STEP_S})


def forecast_readings(station: Station, city_mm: Series, seed: int, duration_s: int) -> Iterator[Reading]:
    """Yield the bureau's forecast every 10 min: what the city will get on average in the next 10, 20 ... 120 min.

    All periods start when the forecast is issued, because a `time` over 10 min ahead of its arrival is refused; so each carries an `id` of
    its own (station, kind and time alone would make it a repeat). The forecast is smoother than the rain, wrong in its timing by some
    minutes and in its amount by a factor; both grow with the lead.
    """
    rng = station_random(seed, station.station_id)
    amount_log, shift_s = 0.0, 0.0
    for issued_s in range(0, duration_s, _FORECAST_STEP_S):
        # the bureau's error has a memory: a forecast that is too low stays so for a while
        amount_log = 0.7 * amount_log + float(rng.normal(-0.05, 0.15))
        shift_s = 0.7 * shift_s + float(rng.normal(0, 240))
        total_mm = 0.0
        for ahead_s in range(_FORECAST_STEP_S, _FORECAST_AHEAD_S + 1, _FORECAST_STEP_S):
            lead = ahead_s / _FORECAST_AHEAD_S
            middle_s = issued_s + ahead_s - _FORECAST_STEP_S / 2 + shift_s * lead
            total_mm += _blurred(city_mm, middle_s, 300 + 1500 * lead) * float(np.exp(amount_log * lead)) * _FORECAST_STEP_S / STEP_S
            issued_at = rfc3339(issued_s)
            extra = {"period_s": ahead_s, "issued_at": issued_at, "id": f"{station.station_id}/rain_forecast/{issued_at}/{ahead_s}"}
            yield Reading(station.station_id, "rain_forecast", issued_s, round(total_mm, 1), extra)


def _blurred(mm: Series, middle_s: float, blur_s: float) -> float:
    """Return mm per minute around a time, weighted by a bell that is `blur_s` wide; it never rains before or after the record."""
    weight = np.exp(-0.5 * (((np.arange(len(mm)) + 0.5) * STEP_S - middle_s) / blur_s) ** 2)
    return float(weight @ mm) * STEP_S / (blur_s * float(np.sqrt(2 * np.pi)))


def stage_readings(station: Station, stage_m: Series, seed: int, duration_s: int) -> Iterator[Reading]:
    """Yield the river's stage; what is read is the mean of a minute, so the noise is small."""
    rng = station_random(seed, station.station_id)
    fall_m = 0.1 * int(station.station_id[-1])  # the river falls to the east
    for at_s in range(station.cadence_s, duration_s, station.cadence_s):
        value = float(stage_m[at_s // STEP_S - 1]) - fall_m + float(rng.normal(0, 0.01))
        yield Reading(station.station_id, "stage", at_s, round(value, 2))


def pump_readings(station: Station, flood: Flood, duration_s: int) -> Iterator[Reading]:
    """Yield whether the pump runs."""
    states = flood.pump_on[station.low_point_id]
    for at_s in range(station.cadence_s, duration_s, station.cadence_s):
        yield Reading(station.station_id, "pump", at_s, int(states[min(at_s // FLOOD_STEP_S, len(states) - 1)]))


def report_readings(folder: Folder, flood: Flood, seed: int, duration_s: int) -> Iterator[Reading]:
    """Yield a few citizens' reports that were accepted: some time after the water came, rounded to 5 cm, about knee, ankle or bumper."""
    rng = np.random.default_rng([seed, 3])
    stations = [station for station in folder.of_kind("reports") if station.low_point_id]
    wet = [station for station in stations if float(flood.depth_m[station.low_point_id].max()) >= 0.2]
    chosen: Sequence[int] = sorted(rng.choice(len(wet), min(_REPORTED_POINTS, len(wet)), replace=False).tolist())
    for index in chosen:
        yield from _reports_at(wet[index], flood, rng, duration_s)


def _reports_at(station: Station, flood: Flood, rng: np.random.Generator, duration_s: int) -> Iterator[Reading]:
    onset_s = int(flood.time_s[(flood.depth_m[station.low_point_id] >= 0.15).argmax()])
    for number in range(int(rng.integers(1, 3))):
        at_s = onset_s + int(rng.uniform(300, 4500))
        seen_m = float(flood.depth_at(station.low_point_id, np.array([float(at_s)]))[0]) + float(rng.normal(0, _REPORT_SD_M))
        value = round(round(max(0.05, seen_m) / 0.05) * 0.05, 2)
        image = f"simulated:{station.station_id}-{number}"
        if at_s < duration_s:
            yield Reading(station.station_id, "report_depth", at_s, value, {"error_sd_m": _REPORT_SD_M, "image": image})
