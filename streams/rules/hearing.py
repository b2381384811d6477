"""Hears one reading: quality control with a verdict and a reason, then trust, hold or set aside (law 2)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from streams.observation.observation import Extra
from streams.rules import evidence, eyes, levels, limits, quality
from streams.rules.fusion import remember_late
from streams.rules.rain import add_rain, rain_unknown, raining
from streams.rules.reported import hear_report
from streams.rules.state import NEVER_US, Held, Watch
from streams.rules.surroundings import hear_surroundings
from streams.rules.trust import believe, count_in, hear_again, support, trust
from streams.rules.work import Work, reading_id

_NONE_US, _NONE_M = np.zeros(0, np.int64), np.zeros(0)


@dataclass(frozen=True)
class Heard:
    """One reading on its way through quality control; `earlier` are the readings of its station before it in this batch."""

    station: int
    observed_us: int
    value: float
    extra: Extra
    earlier_us: np.ndarray
    earlier_m: np.ndarray


def hear(work: Work, heard: Heard) -> None:
    """Take in one reading of any kind."""
    station, plan, state = heard.station, work.plan, work.state
    reading = reading_id(plan, station, heard.observed_us, heard.extra.id)
    flags = list(heard.extra.flags)
    if heard.observed_us > work.now_us:
        flags.append("clock")
    if work.now_us - heard.observed_us > limits.LATE_US:
        flags.append("late")
    repeat = _repeat(work, heard)
    if repeat:
        work.note(station, reading, [*flags, repeat], "the first one stands")
        return
    if flags:
        work.note(station, reading, flags, "kept")
    if station in state.aside:
        aside = state.aside[station]
        work.note(station, reading, ["set_aside"], f"the station is set aside by {aside.officer}: {aside.reason}")
        return
    # a clock that runs ahead must not make the honest readings after it look late
    heard = replace(heard, observed_us=min(heard.observed_us, work.now_us))
    kind = plan.stations[station].kind
    newest = heard.observed_us > state.newest_us[station]
    if newest and heard.value != state.raw_m[station]:
        state.run_us[station] = heard.observed_us
    if plan.gives_depth[station]:
        _hear_depth(work, heard, reading)
    elif kind == "rain":
        _hear_rain(work, heard, reading)
    elif kind == "reports" and plan.point_of[station] >= 0:
        hear_report(work, station, heard.observed_us, heard.value, heard.extra, reading)
    else:
        hear_surroundings(work, kind, station, heard.observed_us, heard.value, heard.extra)
    if newest:
        state.newest_us[station], state.raw_m[station] = heard.observed_us, heard.value


def _repeat(work: Work, heard: Heard) -> str | None:
    """Whether this reading was heard before: the same identity, with the same value or another one."""
    given = heard.extra.id
    if given is not None:
        known = work.state.ids.setdefault(heard.station, {})
        if given in known:
            return "repeat" if known[given] == heard.value else "conflict"
        known[given] = heard.value
        if len(known) > limits.MEMORY:
            del known[next(iter(known))]
        return None
    if work.now_us >= heard.observed_us > work.state.newest_us[heard.station]:
        return None
    times, values = _remembered(work, heard)
    found = np.flatnonzero(times == heard.observed_us)
    if not len(found):
        return None
    return "repeat" if values[found[0]] == heard.value else "conflict"


def _remembered(work: Work, heard: Heard) -> tuple[np.ndarray, np.ndarray]:
    """Times and values of the station's last readings, oldest first."""
    state, station = work.state, heard.station
    at = int(state.memory_at[station])
    order = (np.arange(limits.MEMORY) + at) % limits.MEMORY
    times = np.concatenate([state.memory_us[station, order], heard.earlier_us])[-limits.MEMORY :]
    values = np.concatenate([state.memory_m[station, order], heard.earlier_m])[-limits.MEMORY :]
    return times, values


def _hear_rain(work: Work, heard: Heard, reading: str) -> None:
    period_s = heard.extra.period_s or float(work.plan.stations[heard.station].cadence_s)
    if period_s > limits.RAIN_PERIOD_S or not 0 <= heard.value <= limits.RAIN_HIGH_MM_PER_MIN * max(period_s / 60, 1):
        work.note(heard.station, reading, ["range"], f"{heard.value} mm in {period_s:g} s cannot be")
        return
    rained = raining(work)
    add_rain(work, heard.station, heard.observed_us, heard.value, period_s)
    if not rained and raining(work):
        support(work, list(range(len(work.plan.points))), "it rains")


def _hear_depth(work: Work, heard: Heard, reading: str) -> None:
    state, plan, station = work.state, work.plan, heard.station
    if heard.extra.image and plan.stations[station].kind == "camera":
        work.show(station, heard.observed_us, heard.value, heard.extra, reading)
    if quality.out_of_range(heard.value, float(plan.range_high_m[station])):
        work.note(station, reading, ["range"], f"{heard.value:g} m is outside {limits.RANGE_LOW_M} to {plan.range_high_m[station]:g} m")
        return
    if heard.extra.confidence is not None and heard.extra.confidence < limits.CONFIDENT:
        work.note(station, reading, ["low_confidence"], f"confidence {heard.extra.confidence:.2f}")
        return
    if heard.observed_us <= state.newest_us[station]:
        _hear_late(work, heard, reading)
        return
    denied = eyes.against(work, station, heard.value, _before(work, heard))
    counts = eyes.counts_though_denied(work, station, heard.value) if denied else ""
    if denied and not counts:
        eyes.doubt(work, station, reading, heard.value, denied)
        return
    if denied:
        state.against[station] = denied
        work.note(station, reading, ["against_cameras"], f"two cameras deny it, and it counts, for {counts}: {denied}")
    else:
        state.against.pop(station, None)
    _settle(work, station, heard.value)
    doubt = _stuck(work, heard) or _boxed(work, heard)
    if doubt:
        work.note(station, reading, [doubt], "a value that does not move is no water")
    elif _suspect(work, heard, reading):
        hold(work, heard, reading)
    else:
        trust(work, station, heard.value, heard.observed_us, reading)
    if plan.attended[station]:
        eyes.look_again(work, int(plan.point_of[station]))


def _before(work: Work, heard: Heard) -> tuple[np.ndarray, np.ndarray]:
    """The readings of the station before this one, where cameras may deny it."""
    return _remembered(work, heard) if work.plan.attended[heard.station] else (_NONE_US, _NONE_M)


def _settle(work: Work, station: int, value_m: float) -> None:
    """The next reading of a station decides what was held of it."""
    held = work.state.held.get(station)
    if held is None:
        return
    if quality.stays(float(work.state.trusted_m[station]), held.value, value_m):
        believe(work, station, "the next reading stays")
        return
    del work.state.held[station]
    work.note(station, held.reading, ["spike"], f"the next reading, {value_m:.3f} m, denies it")


def _suspect(work: Work, heard: Heard, reading: str) -> bool:
    """Whether a reading is a jump that nothing speaks for; who speaks for it is written down."""
    state, station = work.state, heard.station
    first = state.trusted_us[station] == NEVER_US
    before_m = 0.0 if first else float(state.trusted_m[station])
    elapsed_us = 0 if first else heard.observed_us - int(state.trusted_us[station])
    if not quality.jump(before_m, heard.value, elapsed_us) or evidence.supported(work, int(work.plan.point_of[station])):
        return False
    seen = evidence.seen_by(work, station, heard.value)
    if seen:
        work.note(station, reading, ["confirmed_at_once"], f"confirmed by: {seen}")
    return not seen


def hold(work: Work, heard: Heard, reading: str) -> None:
    """Hold a suspect reading until the next one of its station, or for 60 s."""
    work.state.held[heard.station] = Held(heard.value, heard.observed_us, work.now_us + limits.HOLD_US, reading)
    work.note(heard.station, reading, ["suspect"], "a sudden rise while it is dry all around: held for the next reading or 60 s")


def _stuck(work: Work, heard: Heard) -> str | None:
    """A wet value that has not moved for an hour."""
    if heard.value != work.state.raw_m[heard.station] and heard.observed_us <= work.state.newest_us[heard.station]:
        return None  # a late reading of another value is no part of the run
    flat_us = heard.observed_us - int(work.state.run_us[heard.station])
    flat = heard.value >= limits.WET_M and flat_us >= quality.flat_after_us(work.plan.stations[heard.station].cadence_s)
    return "flat_line" if flat else None


def _boxed(work: Work, heard: Heard) -> str | None:
    """A jump that nothing confirmed and that stands flat for 20 min is a thing, not water, unless all gauges have fallen silent.

    Once found out it stays one until it moves or something speaks for it: a gauge that falls silent later tells nothing of it.
    """
    watch = work.state.watched.get(heard.station)
    if watch is None:
        return None
    if abs(heard.value - watch.value) > limits.BOX_M:
        del work.state.watched[heard.station]
        return None
    if not watch.boxed and (heard.observed_us - watch.since_us < limits.BOX_US or rain_unknown(work)):
        return None
    work.state.watched[heard.station] = Watch(watch.value, watch.since_us, boxed=True)
    return "box"


def _hear_late(work: Work, heard: Heard, reading: str) -> None:
    """A reading older than the newest of its station: it tells of its own time, and its neighbours in time judge it."""
    times, values = _remembered(work, heard)
    before, after = times < heard.observed_us, times > heard.observed_us
    before_m = float(values[before][np.argmax(times[before])]) if (times[before] > NEVER_US).any() else 0.0
    after_m = float(values[after][np.argmin(times[after])]) if after.any() else 0.0
    elapsed_us = heard.observed_us - int(times[before].max()) if (times[before] > NEVER_US).any() else 0
    odd = quality.jump(before_m, heard.value, elapsed_us) and after.any() and not quality.stays(before_m, heard.value, after_m)
    if heard.station in work.state.against and not eyes.counts_though_denied(work, heard.station, heard.value):
        work.note(heard.station, reading, ["against_cameras"], f"two cameras deny the newest: {work.state.against[heard.station]}")
        return
    doubt = _stuck(work, heard) or _boxed(work, heard)
    if doubt:
        work.note(heard.station, reading, [doubt], "a value that does not move is no water")
        return
    if odd and not evidence.supported(work, int(work.plan.point_of[heard.station])):
        work.note(heard.station, reading, ["spike"], "the readings before and after it deny it")
        return
    if work.now_us - heard.observed_us <= limits.DOWN_US:
        hear_again(work, heard.station)
        count_in(work, heard.station, heard.value, heard.observed_us, reading)
        remember_late(work.state, int(work.plan.point_of[heard.station]), heard.observed_us, heard.value)
        levels.tell(work, int(work.plan.point_of[heard.station]), "measured again")
