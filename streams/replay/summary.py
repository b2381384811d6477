"""The figures of a replay: how much, how fast, how late, and how long before the water."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from streams.city.model import City
from streams.messages.message import Message
from streams.observation.moments import parse_us
from streams.replay.collect import Collected
from streams.replay.recording import Recording
from streams.replay.send import Sent
from streams.replay.workers import Workers
from streams.rules.outputs import Forecast, Order, Warning


def summarise(
    city: City,
    recording: Recording,
    got: Collected,
    sent: Sent,
    texts: Sequence[Message],
    workers: Workers,
    took: Mapping[str, float],
) -> dict[str, Any]:
    """The content of summary.json (DESIGN 6); `readings_per_s` runs from the first message produced to the last output."""
    seconds = max((got.last_us - sent.first_us) / 1e6, 1e-9) if sent.first_us else 0.0
    outputs = list(got.outputs.values())
    reasons = Counter(str(letter.reason) for letter in got.dead_letters.values())
    flags = Counter(flag for verdict in got.verdicts.values() for flag in verdict)
    return {
        "city": city.name,
        "simulated": city.simulated,
        "readings": len(recording),
        "readings_per_s": round(len(recording) / seconds, 1) if seconds else 0.0,
        "seconds": round(seconds, 3),
        **{name: round(value, 3) for name, value in took.items()},
        "dead_letters": len(got.dead_letters),
        "dead_letters_by_reason": dict(sorted(reasons.items())),
        "flags": dict(sorted(flags.items())),
        "workers": _shares(got, workers),
        "worker_restarts": workers.restarts,
        "messages_in": sent.messages,
        "forecasts": sum(isinstance(output, Forecast) for output in outputs),
        "warnings": sum(isinstance(output, Warning) for output in outputs),
        "orders": sum(isinstance(output, Order) for output in outputs),
        "messages": len(texts),
        "outputs_doubled": got.doubled,
        "outputs_differing": got.differing,
        "latency_ms": percentiles(got.latency_ms),
        "lead_min": lead_times([output for output in outputs if isinstance(output, Warning)]),
    }


def _shares(got: Collected, workers: Workers) -> list[dict[str, Any]]:
    """Readings by worker; a gauge that serves several districts counts in each of them."""
    count: Counter[str] = Counter(dict.fromkeys(workers.names, 0))
    for worker, readings in got.readings_of.values():
        count[worker] += readings
    return [{"id": worker, "readings": readings} for worker, readings in sorted(count.items())]


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99; empty where there is nothing."""
    return {f"p{share}": round(float(np.percentile(values, share)), 1) for share in (50, 95, 99)} if values else {}


def lead_times(warnings: Sequence[Warning]) -> dict[str, Any]:
    """For each level: measured raises, how many of them had been forecast, and the minutes between (median)."""
    by_level: dict[int, list[float | None]] = {level: [] for level in (1, 2, 3, 4)}
    by_point: dict[str, list[Warning]] = {}
    for warning in warnings:
        by_point.setdefault(warning.low_point, []).append(warning)
    for own in by_point.values():
        _lead_times_of(sorted(own, key=lambda w: (parse_us(w.issued_at) or 0, w.number)), by_level)
    return {
        str(level): {
            "measured": len(leads),
            "forecast_before": len(known := [lead for lead in leads if lead is not None]),
            "lead_min_p50": round(float(np.median(known)), 1) if known else None,
        }
        for level, leads in by_level.items()
    }


def _lead_times_of(own: Sequence[Warning], by_level: dict[int, list[float | None]]) -> None:
    forecast_at: dict[int, int] = {}
    measured = 0
    for warning in own:
        if warning.level == "unknown":
            continue
        at_us = parse_us(warning.issued_at) or 0
        forecast_at = {level: first for level, first in forecast_at.items() if level <= warning.level}
        if warning.basis == "forecast":
            for level in range(1, warning.level + 1):
                forecast_at.setdefault(level, at_us)
        if warning.basis == "measured":
            for level in range(measured + 1, warning.level + 1):
                by_level[level].append((at_us - forecast_at[level]) / 60e6 if level in forecast_at else None)
            measured = warning.level
