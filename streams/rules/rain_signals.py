"""The rainfall signals of a district: the highest whose amount fell within its sliding window (DESIGN 8)."""

from __future__ import annotations

import numpy as np

from streams.city.model import RainSignal
from streams.observation.moments import MINUTE_US
from streams.rules.outputs import RainSignalChange
from streams.rules.rain import LONGEST_MIN, is_silent
from streams.rules.work import Work

RANKS = ("blue", "yellow", "orange", "red")
"""From the least to the gravest; a signal of another name ranks below them, in the order of the city file."""

Found = tuple[RainSignal, float] | None
"""A signal that stands, and the rain in its window, mm."""


def review_signal(work: Work) -> None:
    """Raise, change or end the district's signal; the most that any of its gauges gave counts, for rain falls in patches.

    No signal sinks because a gauge is silent: it stands as that gauge last told of it, for a day at most (law 3).
    """
    found = highest_signal(work)
    if _grade(work, found) < _grade_of(work, work.state.signal):
        found = max(found, highest_signal(work, as_last_told=True), key=lambda one: _grade(work, one))
        if _grade(work, found) > _grade_of(work, work.state.signal):
            return  # what had sunk before its gauge was known to be silent is not raised by that
    name = found[0].signal if found else ""
    if name == work.state.signal:
        return
    before, work.state.signal = work.state.signal, name
    signal, rain_mm = found or (None, 0.0)
    reason = (
        f"{rain_mm:.1f} mm in {signal.hours:g} h, {signal.rain_mm:g} asked for"
        if signal
        else f"no window holds what {before} asks for any more"
    )
    hours = signal.hours if signal else 0.0
    work.outputs.append(RainSignalChange(work.plan.district_id, work.issued_at, name, round(rain_mm, 1), hours, reason))


def highest_signal(work: Work, *, as_last_told: bool = False) -> Found:
    """The gravest signal that stands, and the rain in its window, mm.

    Parameters
    ----------
    as_last_told
        The windows of silent gauges end with the last that they told of, not now.
    """
    signals = sorted(enumerate(work.plan.city.rain_signals), key=lambda pair: (_rank(pair[1]), pair[0]), reverse=True)
    least_mm = min((signal.rain_mm for _, signal in signals), default=np.inf)
    # few gauges of few districts ever hold so much
    heavy = [(gauge, minutes) for gauge, minutes in work.state.rain.items() if sum(minutes.values()) >= least_mm - 1e-9]
    if not heavy:
        return None
    columns = [
        (_until(work, gauge, as_last_told), np.fromiter(told, np.int64, len(told)), np.fromiter(told.values(), float, len(told)))
        for gauge, told in heavy
    ]
    for _, signal in signals:
        span = round(signal.hours * 60)
        most_mm = max(float(amount[(minute > until - span) & (minute <= until)].sum()) for until, minute, amount in columns)
        if most_mm >= signal.rain_mm - 1e-9:
            return signal, most_mm
    return None


def _until(work: Work, gauge: int, as_last_told: bool) -> int:
    """The last minute of a gauge's windows."""
    now, told = work.now_us // MINUTE_US, max(work.state.rain[gauge])
    return told if as_last_told and is_silent(work, gauge) and told > now - LONGEST_MIN else now


def _grade(work: Work, found: Found) -> tuple[int, int]:
    return _grade_of(work, found[0].signal if found else "")


def _grade_of(work: Work, name: str) -> tuple[int, int]:
    """How grave a signal is; none is the least, and so is one that the city has no more."""
    graded = [(_rank(signal), place) for place, signal in enumerate(work.plan.city.rain_signals) if signal.signal == name]
    return max(graded, default=(-2, 0))


def _rank(signal: RainSignal) -> int:
    return RANKS.index(signal.signal) if signal.signal in RANKS else -1
