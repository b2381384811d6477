"""What the live step would have seen at each moment of a recording, and what then came: the rows that a model learns from.

The step itself lays out the situations, so a model learns from what it will be given, in order of arrival, and from nothing else (law 11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.forecaster import CoreOnly, run_core
from models.learn.features import WET_M, features
from models.learn.rows import Rows
from models.situation import LEAD_MIN, Outlook, Situation
from models.verify.record import MINUTE_US
from streams.city.load import load_city
from streams.evaluate.offline import run_offline
from streams.evaluate.truth import Truth, read_truth
from streams.observation.moments import HOUR_US
from streams.replay.recording import read_recording
from streams.rules.outputs import Warning
from streams.train.alarm import STORMS_A_RECORDING

Floats = npt.NDArray[np.float64]

FRESH_MIN = 15.0
APART_US = 6 * HOUR_US
SPARSE_MIN = 5
"""Dry points near wet ones are looked at this often."""


@dataclass
class Recorder:
    """A model that forecasts by the core and writes down what it was asked."""

    name: str = "recorder"
    low_point: list[str] = field(default_factory=list)
    issued_us: list[int] = field(default_factory=list)
    columns: list[Floats] = field(default_factory=list)
    core_m: list[Floats] = field(default_factory=list)
    core_peak_m: list[Floats] = field(default_factory=list)
    core: CoreOnly = field(default_factory=CoreOnly)

    def __call__(self, now: Situation) -> Outlook:
        """Forecast all points of a district from one moment."""
        run = run_core(now)
        rows = np.flatnonzero(self._of_use(now))
        if len(rows):
            said = run.outlook
            self.columns.append(features(now, said)[rows])
            self.core_m.append(np.concatenate([said.depth_m[rows, 3], said.peak_m[rows, 1:2]], axis=1))
            self.core_peak_m.append(said.peak_by_lead_m[rows][:, [3, 5]])
            self.low_point += [now.sites.low_point[row] for row in rows.tolist()]
            issued_us = round((now.minute - now.until_minute_min) * MINUTE_US)
            self.issued_us += [issued_us] * len(rows)
        return self.core.outlook_of(now, run)

    def _of_use(self, now: Situation) -> npt.NDArray[np.bool_]:
        wet = (now.depth_m >= WET_M) & (now.age_min <= FRESH_MIN) & ~now.doubtful
        if not wet.any() or now.until_minute_min > 0 or now.minute % SPARSE_MIN:
            return wet
        return wet | ((now.age_min <= FRESH_MIN) & ~now.doubtful)


def collect(storm: str, number: int, city_folder: Path, inputs: Sequence[Path]) -> tuple[Rows, Truth]:
    """Take one recording through the live step."""
    city = load_city(city_folder)
    recording = read_recording(city, tuple(inputs))
    truth = read_truth(storm, city, recording)
    recorder = Recorder()
    run_offline(city, recording, recorder, (Warning,))
    return _rows(recorder, truth, number), truth


def _rows(recorder: Recorder, truth: Truth, number: int) -> Rows:
    low_point, issued_us = np.array(recorder.low_point, object), np.array(recorder.issued_us, np.int64)
    count = len(low_point)
    measured, peak = np.full((count, len(LEAD_MIN)), np.nan), np.full((count, len(LEAD_MIN)), np.nan)
    flood = np.full(count, -1, np.int64)
    lead_us = (LEAD_MIN * MINUTE_US).astype(np.int64)
    for name in np.unique(low_point.astype(str)):
        record = truth.records.get(str(name))
        if record is None:
            continue
        own = np.flatnonzero(low_point == name)
        at_us = issued_us[own, None] + lead_us
        measured[own] = record.at(at_us)
        for lead in range(len(lead_us)):
            peak[own, lead] = record.peak(issued_us[own], at_us[:, lead])
        for one in truth.floods[str(name)]:
            flood[own[(issued_us[own] >= one.start_us) & (issued_us[own] <= one.end_us)]] = one.number
    if not count:
        return Rows.empty()
    return Rows(
        storm=number * STORMS_A_RECORDING + _storms(issued_us, np.vstack(recorder.columns)[:, 0]),
        flood=flood,
        low_point=low_point.astype(str),
        issued_us=issued_us,
        columns=np.vstack(recorder.columns),
        core_m=np.vstack(recorder.core_m),
        core_peak_m=np.concatenate(recorder.core_peak_m),
        measured_m=measured,
        peak_m=peak,
    )


def _storms(issued_us: npt.NDArray[np.int64], depth_m: Floats) -> npt.NDArray[np.int64]:
    """Number of the storm of each moment: another one begins when no point was under water for `APART_US`. Shape (R,)."""
    wet_us = np.unique(issued_us[depth_m >= WET_M])
    breaks = wet_us[1:][np.diff(wet_us) > APART_US]
    return np.asarray(np.searchsorted(breaks, issued_us, side="right"), np.int64)


def joined(parts: Sequence[Rows]) -> Rows:
    """Rows of several storms; floods are numbered on."""
    offset, renumbered = 0, []
    for part in parts:
        flood = np.where(part.flood >= 0, part.flood + offset, -1)
        renumbered.append(part.with_flood(flood))
        offset = max(offset, int(flood.max(initial=-1)) + 1)
    return Rows(**{column.name: np.concatenate([getattr(part, column.name) for part in renumbered]) for column in fields(Rows)})
