"""The rainfall signals of a district: the highest whose amount fell within its sliding window (DESIGN 8)."""

from __future__ import annotations

import numpy as np

from streams.city.model import RainSignal
from streams.observation.moments import MINUTE_US
from streams.rules.outputs import RainSignalChange
from streams.rules.rain import LONGEST_MIN, gauge_speaks
from streams.rules.state import NEVER_US
from streams.rules.work import Work

RANKS = ("blue", "yellow", "orange", "red")
"""From the least to the gravest; a signal of another name ranks below them, in the order of the city file."""


def review_signal(work: Work) -> None:
    """Raise, change or end the district's signal; the most that any of its gauges gave counts, for rain falls in patches."""
    found = highest_signal(work)
    name = found[0].signal if found else ""
    if name == work.state.signal or _stands_unheard(work, found):
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


def highest_signal(work: Work) -> tuple[RainSignal, float] | None:
    """The gravest signal that stands, and the rain in its window, mm."""
    signals = sorted(enumerate(work.plan.city.rain_signals), key=lambda pair: (_rank(pair[1]), pair[0]), reverse=True)
    least_mm = min((signal.rain_mm for _, signal in signals), default=np.inf)
    # few gauges of few districts ever hold so much
    heavy = [minutes for minutes in work.state.rain.values() if sum(minutes.values()) >= least_mm - 1e-9]
    if not heavy:
        return None
    columns = [(np.fromiter(minutes, np.int64, len(minutes)), np.fromiter(minutes.values(), float, len(minutes))) for minutes in heavy]
    last = work.now_us // MINUTE_US
    for _, signal in signals:
        since = last - round(signal.hours * 60)
        most_mm = max(float(amount[(minute > since) & (minute <= last)].sum()) for minute, amount in columns)
        if most_mm >= signal.rain_mm - 1e-9:
            return signal, most_mm
    return None


def _stands_unheard(work: Work, found: tuple[RainSignal, float] | None) -> bool:
    """Whether a lower signal would rest on the silence of all gauges alone: nobody knows that it is over (law 3), for a day at most."""
    standing = next((signal for signal in work.plan.city.rain_signals if signal.signal == work.state.signal), None)
    if standing is None or gauge_speaks(work) or (found and _rank(found[0]) > _rank(standing)):
        return False
    newest = max((max(minutes) for minutes in work.state.rain.values()), default=NEVER_US)
    return newest > work.now_us // MINUTE_US - LONGEST_MIN


def _rank(signal: RainSignal) -> int:
    return RANKS.index(signal.signal) if signal.signal in RANKS else -1
