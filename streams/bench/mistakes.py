"""What was raised though no water was there: by spikes, by cars, and by sensors that stick."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.verify.record import WET_M, Record
from streams.bench.by_point import warnings_of
from streams.bench.company import Company
from streams.bench.part import name_of
from streams.bench.soil import Blocked, Soiled
from streams.city.model import City
from streams.evaluate.compare import moment
from streams.observation.moments import MINUTE_US
from streams.replay.recording import Recording
from streams.rules import limits, quality
from streams.rules.outputs import Output, Standing, Warning

DRY_US = 20 * MINUTE_US
"""Where no water was read for so long a level may no longer stand."""


@dataclass(frozen=True)
class Mistake:
    """One thing that was no water: whether it rained or a neighbour was wet, whether it was raised, and told as confirmed."""

    what: str
    company: bool
    raised: bool
    confirmed: bool


def spikes(city: City, soiled: Soiled, outputs: Sequence[Output], company: Company) -> Iterator[Mistake]:
    """Spikes: those that the station's next reading denies within 60 s of their arrival, and the others, which nobody can know for one."""
    raised = {name: one for warnings in warnings_of(outputs).values() for one in _raises(warnings) for name in one.readings}
    for row in soiled.spikes.tolist():
        denied_us = _denied_us(soiled.recording, row)
        station = city.stations[int(soiled.recording.station_no[row])]
        if station.low_point_id is None:
            continue
        warning = raised.get(name_of(city, soiled.recording, row))
        arrived_us = int(soiled.recording.received_us[row])
        around = company.at(station.low_point_id, arrived_us, denied_us or arrived_us + limits.HOLD_US)
        what = "spike, not denied within 60 s" if denied_us is None else "spike, denied within 60 s"
        yield Mistake(what, around, warning is not None, warning is not None and not warning.unconfirmed)


def blocked(
    city: City, what: str, sensors: Iterable[Blocked], outputs: Sequence[Output], truth: dict[str, Record], company: Company
) -> Iterator[Mistake]:
    """Cars or stuck sensors, held against what the clean recording says of the water."""
    warned, standing = warnings_of(outputs), [one for one in outputs if isinstance(one, Standing)]
    for sensor in sensors:
        point = city.stations[sensor.station_no].low_point_id
        record = truth.get(point or "")
        if point is None or record is None:
            continue
        during = [one for one in _raises(warned.get(point, [])) if sensor.from_us <= moment(one.issued_at) <= sensor.until_us]
        raised = any(one.basis == "measured" and _dry(record, moment(one.issued_at)) for one in during)
        told = _told_as_confirmed(standing, point, sensor, record)
        yield Mistake(what, company.at(point, sensor.from_us, sensor.until_us), raised, told)


def _raises(warnings: Sequence[Warning]) -> Iterator[Warning]:
    """Changes to a higher level than before; `unknown` ends none."""
    level = 0
    for one in warnings:
        if isinstance(one.level, int):
            if one.level > level:
                yield one
            level = one.level


def _denied_us(heard: Recording, row: int) -> int | None:
    """When the station's next reading arrives, if that is within a minute and keeps less than half of the jump."""
    arrived_us, observed_us = int(heard.received_us[row]), int(heard.observed_us[row])
    own = np.flatnonzero(heard.station_no == heard.station_no[row])
    before = own[(own < row) & (heard.observed_us[own] < observed_us)]
    after = own[(own > row) & (heard.observed_us[own] > observed_us) & (heard.received_us[own] <= arrived_us + limits.HOLD_US)]
    if not len(before) or not len(after):
        return None
    stood_m = float(heard.value[before[np.argmax(heard.observed_us[before])]])
    stays = quality.stays(stood_m, float(heard.value[row]), float(heard.value[after[0]]))
    return None if stays else int(heard.received_us[after[0]])


def _told_as_confirmed(standing: Iterable[Standing], point: str, sensor: Blocked, record: Record) -> bool:
    for minute in standing:
        for state in minute.points:
            if state.low_point != point or state.basis != "measured" or state.unconfirmed or not isinstance(state.level, int):
                continue
            now_us = moment(minute.issued_at)
            if state.level > 0 and sensor.from_us <= now_us <= sensor.until_us and _dry(record, now_us):
                return True
    return False


def _dry(record: Record, now_us: int) -> bool:
    """Whether the clean recording says that no water stood there for a while."""
    lately = (record.time_us > now_us - DRY_US) & (record.time_us <= now_us)
    return bool(lately.any() and (record.depth_m[lately] < WET_M).all())
