"""Outputs of one kind, by low point."""

from __future__ import annotations

from collections.abc import Iterable

from streams.rules.outputs import Forecast, Output, Warning


def forecasts_of(outputs: Iterable[Output]) -> dict[str, list[Forecast]]:
    """Forecast lines of each point, in the order in which they were given out."""
    found: dict[str, list[Forecast]] = {}
    for one in outputs:
        if isinstance(one, Forecast):
            found.setdefault(one.low_point, []).append(one)
    return found


def warnings_of(outputs: Iterable[Output]) -> dict[str, list[Warning]]:
    """Changes of each point's state, in the order in which they were given out."""
    found: dict[str, list[Warning]] = {}
    for one in outputs:
        if isinstance(one, Warning):
            found.setdefault(one.low_point, []).append(one)
    return found
