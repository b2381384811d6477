"""How long before the water the forecast came, on one recording, with the rain and without it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.forecaster import Model
from models.verify.alarms import match
from models.verify.record import Spell
from models.verify.share import Share
from streams.bench.by_point import forecasts_of, warnings_of
from streams.bench.foretold import Foretold, foretold
from streams.bench.part import without_rain
from streams.city.model import City
from streams.evaluate.compare import alarms_of, ladder, told
from streams.evaluate.offline import run_offline
from streams.evaluate.truth import Truth, read_truth
from streams.replay.recording import Recording
from streams.rules.outputs import Forecast, Output, Warning

LEVELS = (3, 4)
AHEAD_MIN = (20.0, 30.0, 45.0)


@dataclass(frozen=True)
class LevelLead:
    """One level, one way of counting. `lead_min` is that of each point's first crossing, None where it was not forecast."""

    level: int
    lead_min: list[float | None]
    far: Share

    def ahead(self, minutes: float) -> Share:
        """Points whose crossing was forecast at least so many minutes before."""
        return Share(sum(lead is not None and lead >= minutes for lead in self.lead_min), len(self.lead_min))

    def row(self) -> list[str]:
        """Cells: shares by lead, median lead, false alarms."""
        known = [lead for lead in self.lead_min if lead is not None]
        middle = f"{np.median(known):.0f} min (n {len(known)}; {min(known):.0f} to {max(known):.0f})" if known else "none"
        return [*(str(self.ahead(minutes)) for minutes in AHEAD_MIN), middle, str(self.far)]


def lead_times(city: City, recording: Recording, model: Model, tell: Callable[[str], None]) -> Iterator[str]:
    """Take the recording through the live step as it is, and with the rain switched off; yield a table of Markdown."""
    truth = read_truth("recording", city, recording)
    yield f"| level | counted by | rain | {' | '.join(f'{m:g} min ahead' for m in AHEAD_MIN)} | lead, median | false alarms |"
    yield "|---|---|---|---|---|---|---|---|"
    rows: list[tuple[int, str, str, LevelLead]] = []
    for rain, own in (("on", recording), ("off", without_rain(city, recording))):
        tell(f"rain {rain}: {len(own)} readings")
        outputs = run_offline(city, own, model, (Forecast, Warning))
        for level in LEVELS:
            rows.append((level, "forecast lines", rain, by_lines(truth, outputs, level)))
            rows.append((level, "states raised", rain, by_states(truth, outputs, level)))
    for level, counted, rain, found in sorted(rows, key=lambda row: row[:2]):  # a stable sort: rain on stays before rain off
        yield f"| {level} | {counted} | {rain} | {' | '.join(found.row())} |"


def by_lines(truth: Truth, outputs: Iterable[Output], level: int) -> LevelLead:
    """What the chances of the forecast lines said."""
    said = forecasts_of(outputs)
    found: list[Foretold] = []
    for name, spells in _spells(truth, level):
        point = next(point for point in truth.city.low_points if point.low_point_id == name)
        lines = told(point, said.get(name, []))
        found.append(foretold(lines.issued_us, lines.p_exceed[:, level - 1, -1], spells))
    alarms, false = sum(one.alarms for one in found), sum(one.false_alarms for one in found)
    return LevelLead(level, [one.lead_min[0] for one in found if one.lead_min], Share(false, alarms))


def by_states(truth: Truth, outputs: Iterable[Output], level: int) -> LevelLead:
    """What was raised on the basis of the forecast, counted as `lowpoint evaluate` counts it."""
    warned = warnings_of(outputs)
    leads, alarms, false = [], 0, 0
    for name, spells in _spells(truth, level):
        outcomes = match(truth.storm, name, spells, alarms_of(warned.get(name, []), level, truth.end_us))
        crossed = [one for one in outcomes if one.crossed_us is not None]
        leads += [one.lead_min for one in crossed[:1]]
        alarms += sum(one.alarm_us is not None for one in outcomes)
        false += len(outcomes) - len(crossed)
    return LevelLead(level, leads, Share(false, alarms))


def _spells(truth: Truth, level: int) -> Iterator[tuple[str, Sequence[Spell]]]:
    """Every point that was measured and has the level, with when it stood."""
    for point in truth.city.low_points:
        threshold_m = float(ladder(point)[level - 1])
        record = truth.records.get(point.low_point_id)
        if record is not None and np.isfinite(threshold_m):
            yield point.low_point_id, record.spells(threshold_m)
