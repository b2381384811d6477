"""An evaluation: recordings through the live step, and everything that is scored of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.forecaster import Model
from models.verify.announced import AlarmScores, alarm_scores
from models.verify.bootstrap import Resampling
from models.verify.cases import join
from models.verify.chances import ChanceScores, chance_scores
from models.verify.depths import DepthScores, depth_scores
from streams.city.load import load_city
from streams.evaluate.compare import ALARM_RULES, LEVELS, Judged, judge
from streams.evaluate.offline import EvaluationError, run_offline
from streams.evaluate.storms import Fan, PointScores, StormScores, point_scores, storm_scores, worst_fans
from streams.evaluate.truth import Truth, read_truth
from streams.replay.recording import read_recording
from streams.rules.outputs import Forecast, Output, Warning


@dataclass(frozen=True)
class Source:
    """Where one storm is: its name, its city folder and its recorded observations."""

    storm: str
    city: Path
    inputs: tuple[Path, ...]


@dataclass(frozen=True)
class Evaluation:
    """All figures; written as evaluation.json. `resampled` says what the intervals were drawn from."""

    model: str
    storms: list[str]
    resampled: str
    low_points: int
    floods: int
    cases: int
    readings: int
    dead_letters: int
    readings_left_out: int
    depth: list[DepthScores]
    chance: list[ChanceScores]
    alarms: list[AlarmScores]
    by_storm: list[StormScores]
    by_point: list[PointScores]


@dataclass
class Count:
    """What was read."""

    readings: int = 0
    dead_letters: int = 0
    floods: int = 0


def find_sources(folder: Path) -> list[Source]:
    """Storms below a folder: NAME/city and NAME/observations.ndjson.gz (or .ndjson).

    Raises
    ------
    EvaluationError
        Where there is none.
    """
    found = []
    for city in sorted(folder.glob("*/city")):
        files = [path for name in ("observations.ndjson.gz", "observations.ndjson") if (path := city.with_name(name)).is_file()]
        if files:
            found.append(Source(city.parent.name, city, (files[0],)))
    if not found:
        raise EvaluationError(f"{folder} holds no storms: expected NAME/city and NAME/observations.ndjson.gz in it")
    return found


ModelOf = Callable[[Source], Model]
"""The model that a storm is judged with: the same for all, or for each one that has not seen it."""


def evaluate(sources: Sequence[Source], model_of: ModelOf, tell: Callable[[str], None] = lambda _: None) -> tuple[Evaluation, list[Fan]]:
    """Run every storm through the live step and score what came out.

    Raises
    ------
    EvaluationError
        Where no low point of any storm was under water: there is nothing to judge.
    """
    count, names, storms = Count(), set[str](), []
    for source in sources:
        truth, outputs = _run(source, model_of(source), count)
        names |= {output.model for output in outputs if isinstance(output, Forecast)}
        storms.append(judge(truth, outputs))
        floods = sum(map(len, truth.floods.values()))
        tell(f"{source.storm}: {floods} floods at {len(truth.records)} low points, {len(storms[-1].wet)} moments while wet")
    tell("scoring")
    return _score(storms, count, " + ".join(sorted(names)))


def _run(source: Source, model: Model, count: Count) -> tuple[Truth, list[Output]]:
    city = load_city(source.city)
    if not city.low_points:
        raise EvaluationError(f"{source.city} has no low points: there is nothing to forecast")
    recording = read_recording(city, source.inputs)
    truth = read_truth(source.storm, city, recording, count.floods)
    count.readings += len(recording)
    count.dead_letters += len(recording.dead_letters)
    count.floods += sum(map(len, truth.floods.values()))
    return truth, run_offline(city, recording, model, (Forecast, Warning))


def _score(storms: Sequence[Judged], count: Count, model: str) -> tuple[Evaluation, list[Fan]]:
    wet, grid = join([judged.wet for judged in storms]), join([judged.grid for judged in storms])
    if not len(wet):
        raise EvaluationError("no low point was ever under water in these recordings: there is nothing to judge")
    points = {point.low_point_id for judged in storms for point in judged.truth.city.low_points}
    resampling = Resampling([judged.truth.storm for judged in storms], sorted(points))
    by_storm = storm_scores(storms, wet)
    outcomes = {
        (level, rule): [one for judged in storms for one in judged.outcomes[level, rule]] for level in LEVELS for rule in ALARM_RULES
    }
    evaluation = Evaluation(
        model=model,
        storms=[judged.truth.storm for judged in storms],
        resampled=resampling.by,
        low_points=len(points),
        floods=count.floods,
        cases=len(wet),
        readings=count.readings,
        dead_letters=count.dead_letters,
        readings_left_out=sum(judged.truth.left_out for judged in storms),
        depth=depth_scores(wet, resampling),
        chance=[*chance_scores(wet, "wet", resampling), *chance_scores(grid, "all", resampling)],
        alarms=[alarm_scores(level, rule, own, resampling) for (level, rule), own in outcomes.items() if own],
        by_storm=by_storm,
        by_point=point_scores(storms, wet),
    )
    return evaluation, worst_fans(storms, by_storm, wet)
