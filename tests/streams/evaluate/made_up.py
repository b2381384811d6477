"""A made-up afternoon of floods in the small town of the replay's tests, four hours by the minute, clean."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from models.verify.cases import LEAD_MIN
from models.verify.record import MINUTE_US
from streams.city.load import load_city
from streams.evaluate.compare import LEVELS, ladder
from streams.evaluate.evaluation import Source
from streams.evaluate.truth import Truth, read_truth
from streams.observation.moments import to_text
from streams.replay.recording import read_recording
from streams.rules.outputs import QUANTILES as NAMES
from streams.rules.outputs import Exceedance, Forecast, Output, Warning
from tests.streams.replay.storm import PEAK_M, write_city
from tests.streams.towns import START_US

MINUTES = 240


def write_storm(folder: Path, name: str, scale: float = 1.0) -> Source:
    """Write NAME/city and NAME/observations.ndjson: six points, five of them flooded, by `scale` times their peaks."""
    city = write_city(folder / name / "city")
    lines = []
    for minute in range(MINUTES):
        for number, peak_m in enumerate(PEAK_M):
            since = max((minute - 40 - 3 * number) / 15, 0.0)
            depth_m = scale * peak_m * since * float(np.exp(1 - since))
            value = round(depth_m, 3) if depth_m >= 0.01 else 0.0
            lines.append({"station": f"S{number}", "kind": "depth", "time": to_text(START_US + minute * MINUTE_US), "value": value})
        rain_mm = 1.0 if 30 <= minute < 70 else 0.0
        lines.append({"station": "R", "kind": "rain", "time": to_text(START_US + minute * MINUTE_US), "value": rain_mm, "period_s": 60})
    file = folder / name / "observations.ndjson"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return Source(name, city, (file,))


def truth_of(source: Source) -> Truth:
    """What the water did."""
    city = load_city(source.city)
    return read_truth(source.storm, city, read_recording(city, source.inputs))


def told_by_a_seer(truth: Truth) -> list[Output]:
    """Forecasts that say what will come, every minute, and alarms twenty minutes ahead of each level."""
    outputs: list[Output] = []
    for point in truth.city.low_points:
        record, ladder_m = truth.records[point.low_point_id], ladder(point)
        for minute in range(MINUTES):
            now_us = np.full(len(LEAD_MIN), START_US + minute * MINUTE_US)
            depth_m = np.nan_to_num(record.at(now_us + LEAD_MIN * MINUTE_US))
            peak_m = np.nan_to_num(record.peak(now_us, now_us + LEAD_MIN * MINUTE_US))
            outputs.append(
                Forecast(
                    low_point=point.low_point_id,
                    issued_at=to_text(int(now_us[0])),
                    method="seer",
                    model="seer",
                    lead_min=LEAD_MIN.tolist(),
                    depth_m={name: depth_m.tolist() for name in NAMES},
                    p_exceed=[_reached(float(ladder_m[level - 1]), peak_m) for level in LEVELS],
                    peak_m={},
                    minutes_to=[],
                )
            )
        for level in LEVELS:
            for spell in record.spells(float(ladder_m[level - 1])):
                early, there = (to_text(moment_us) for moment_us in (spell.start_us - 20 * MINUTE_US, spell.start_us))
                outputs.append(Warning(point.low_point_id, early, level, "forecast", False, "", 0.0, []))
                outputs.append(Warning(point.low_point_id, there, level, "measured", False, "", 0.0, [], number=1))
    return outputs


def _reached(threshold_m: float, peak_m: np.ndarray) -> Exceedance:
    return Exceedance(threshold_m, (peak_m >= threshold_m).astype(float).tolist())
