"""What soiled recordings cost: the error of the forecast and of the simplest rules, clean and soiled, and what was raised for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.verify import rules
from models.verify.bootstrap import Figure, Resampling
from models.verify.cases import LEAD_MIN, Cases, Watched, cases_while_wet, join
from models.verify.depths import median_m
from models.verify.record import GAP_US, WET_M, Record
from models.verify.share import Share
from streams.bench.by_point import forecasts_of
from streams.bench.company import Company
from streams.bench.mistakes import Mistake, blocked, spikes
from streams.bench.soil import Blocked, soil
from streams.city.load import load_city
from streams.city.reach import Reach
from streams.evaluate.compare import ladder, told
from streams.evaluate.evaluation import ModelOf, Source
from streams.evaluate.offline import run_offline
from streams.evaluate.truth import Truth, read_truth
from streams.replay.recording import Recording, read_recording
from streams.rules.outputs import Forecast, Output, Standing, Verdict, Warning
from streams.rules.plan import plan_districts

Floats = npt.NDArray[np.float64]

LEADS_MIN = (15, 30)
MOST_LOSS = 0.15
"""What soiling may cost the model."""
SAYS: dict[str, Callable[[Cases], Floats]] = {"model": median_m, "persistence": rules.persistence, "recession": rules.recession}
_KINDS = (Forecast, Warning, Standing, Verdict)


@dataclass(frozen=True)
class Soiling:
    """All storms: the same moments by clean and by soiled forecasts and readings, and what was no water."""

    clean: Cases
    soiled: Cases
    mistakes: list[Mistake]

    def lines(self) -> Iterator[str]:
        """Two tables of Markdown: errors by lead, and things that were no water."""
        resampling = Resampling(self.clean.storm.tolist(), self.clean.low_point.tolist())
        yield "| lead | | n | clean, MAE cm | soiled, MAE cm | loss |"
        yield "|---|---|---|---|---|---|"
        for lead_min in LEADS_MIN:
            for name, says in SAYS.items():
                clean, soiled, loss = self.errors(lead_min, says, resampling)
                verdict = "" if name != "model" or loss.value is None else f" {'met' if loss.value <= MOST_LOSS else 'MISSED'}"
                yield f"| {lead_min} min | {name} | {clean.n} | {_cm(clean)} | {_cm(soiled)} | {_percent(loss)}{verdict} |"
        yield ""
        yield "| what was no water | around it | raised | told as confirmed |"
        yield "|---|---|---|---|"
        for what in dict.fromkeys(one.what for one in self.mistakes):
            for company, around in ((False, "nothing wet"), (True, "rain or a wet neighbour")):
                own = [one for one in self.mistakes if (one.what, one.company) == (what, company)]
                raised, confirmed = (Share(sum(getattr(one, name) for one in own), len(own)) for name in ("raised", "confirmed"))
                yield f"| {what} | {around} | {raised} | {confirmed} |"

    def errors(self, lead_min: int, says: Callable[[Cases], Floats], resampling: Resampling) -> tuple[Figure, Figure, Figure]:
        """Mean absolute error clean and soiled, every flood counting the same, and by what share it grew; all in the same draws."""
        at = int(np.flatnonzero(lead_min == LEAD_MIN)[0])
        known = ~np.isnan(self.clean.observed_m[:, at])
        weight = rules.event_weights(self.clean, known)
        block = resampling.blocks(self.clean.storm, self.clean.low_point)
        observed_m = np.nan_to_num(self.clean.observed_m[:, at])
        columns = [weight * np.abs(says(cases)[:, at] - observed_m) * 100 for cases in (self.clean, self.soiled)] + [weight]
        count = int(known.sum())
        return (
            resampling.figure(block, columns, lambda sums: sums[..., 0] / sums[..., 2], count),
            resampling.figure(block, columns, lambda sums: sums[..., 1] / sums[..., 2], count),
            resampling.figure(block, columns, lambda sums: sums[..., 1] / sums[..., 0] - 1, count),
        )


def soil_storms(sources: Sequence[Source], model_of: ModelOf, tell: Callable[[str], None], seed: int) -> Soiling:
    """Take every storm through the live step three times: clean, soiled, and soiled with cars over dry sensors."""
    clean: list[Cases] = []
    soiled: list[Cases] = []
    mistakes: list[Mistake] = []
    number = 0
    for source in sources:
        tell(source.storm)
        model = model_of(source)
        city = load_city(source.city)
        recording = read_recording(city, source.inputs)
        truth = read_truth(source.storm, city, recording, number)
        number += sum(map(len, truth.floods.values()))
        plans = plan_districts(city, Reach(city)).values()
        dirty = soil(city, recording, seed, source.storm)
        outputs = run_offline(city, dirty.recording, model, _KINDS)
        company = Company(city, dirty.recording, plans, outputs)
        mistakes += spikes(city, dirty, outputs, company)
        mistakes += blocked(city, "stuck sensor", dirty.stuck, outputs, truth.records, company)
        scored = _scored(truth, dirty.stuck)
        clean.append(_cases(truth, run_offline(city, recording, model, (Forecast,)), scored))
        soiled.append(_as_heard(truth, dirty.recording, _cases(truth, outputs, scored)))
        parked = soil(city, recording, seed, source.storm, _dry_points(truth))
        outputs = run_offline(city, parked.recording, model, _KINDS)
        company = Company(city, parked.recording, plans, outputs)
        mistakes += blocked(city, "parked car", parked.cars, outputs, truth.records, company)
    return Soiling(join(clean), join(soiled), sorted(mistakes, key=lambda one: one.what))


def _scored(truth: Truth, stuck: Sequence[Blocked]) -> dict[str, int]:
    """Until when each point is scored: not from when a sensor of it sticks."""
    until_us: dict[str, int] = {}
    for one in stuck:
        point = truth.city.stations[one.station_no].low_point_id or ""
        until_us[point] = min(one.from_us, until_us.get(point, one.from_us))
    return until_us


def _cases(truth: Truth, outputs: Sequence[Output], scored: dict[str, int]) -> Cases:
    """Moments while wet, by the clean recording, with the newest of these forecasts."""
    said, pieces = forecasts_of(outputs), []
    for point in truth.city.low_points:
        name = point.low_point_id
        record = truth.records.get(name, Record(np.zeros(0, np.int64), np.zeros(0)))
        watched = Watched(truth.storm, name, ladder(point), record, told(point, said.get(name, [])))
        cases = cases_while_wet(watched, truth.floods.get(name, []))
        pieces.append(cases.pick(cases.issued_us < scored.get(name, 2**62)))
    return join(pieces)


def _as_heard(truth: Truth, heard: Recording, cases: Cases) -> Cases:
    """The newest reading that a simple rule has at each moment: of those that arrived by then, wrong or not; 0 where it is too old."""
    known_m = np.zeros(len(cases))
    for name in np.unique(cases.low_point).tolist():
        stations = [no for no, station in enumerate(truth.city.stations) if station.kind == "level" and station.low_point_id == name]
        rows = np.flatnonzero(np.isin(heard.station_no, stations))
        for at in np.flatnonzero(cases.low_point == name).tolist():
            now_us = cases.issued_us[at]
            there = rows[(heard.received_us[rows] <= now_us) & (heard.observed_us[rows] >= now_us - GAP_US)]
            if len(there):
                known_m[at] = max(float(heard.value[there[np.argmax(heard.observed_us[there])]]), 0.0)
    return replace(cases, known_m=known_m)


def _dry_points(truth: Truth) -> list[str]:
    return [name for name, record in truth.records.items() if record.depth_m.max(initial=0.0) < WET_M]


def _cm(figure: Figure) -> str:
    return "none" if figure.value is None else f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def _percent(figure: Figure) -> str:
    return "none" if figure.value is None else f"{figure.value:+.0%} [{figure.low:+.0%}, {figure.high:+.0%}]"
