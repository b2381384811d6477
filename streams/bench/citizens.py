"""What citizens' reports add in the demo storm, and what lies among them do: with reports against without, for several seeds."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from models.verify.share import Share
from streams.bench.citizens_trial import NoForecast, Played, Policy, Trial
from streams.city.load import load_city
from streams.demo.citizens import Citizens, Said
from streams.demo.citizens_city import TrueWater, moment_us, streets_of
from streams.evaluate.offline import chosen_model
from streams.observation.moments import MINUTE_US
from streams.replay.recording import read_recording
from streams.reports.triage.sources import sources_of

LEVEL = 2
"""What counts as found: a point that truly stands under 27 cm or more stands at this level or above."""
AHEAD_US = 30 * MINUTE_US
HIGH_M = 0.05
"""A level by report is too high where the true water never came within this of it, in the half hour before."""


@dataclass(frozen=True)
class Task:
    """One run: which storm, whose reports, who decides, and how many points have no sensors."""

    city: Path
    observations: Path
    truth: Path
    seed: int
    policy: Policy
    points: int
    forecasts: bool


@dataclass(frozen=True)
class Result:
    """What came of a run.

    Attributes
    ----------
    found_min
        Of each silenced point that was truly flooded the minutes from onset to the level, None where it was never found.
    lies_of_one
        Observations made of lies alone that came from one device or one address.
    lies_alone
        Observations made of groups of nothing but lies, whosever they are.
    too_high
        Levels by report above the true water.
    """

    policy: Policy
    found_min: tuple[float | None, ...]
    lies_of_one: int
    lies_alone: int
    too_high: int
    raised: int
    honest: Share
    lies: Share


def run(task: Task) -> Result:
    """Play one storm."""
    city, truth = load_city(task.city), TrueWater(task.truth)
    rng = np.random.default_rng([task.seed, 9])
    silenced = frozenset(rng.choice(truth.flooded, min(task.points, len(truth.flooded)), replace=False).tolist())
    said = Citizens(streets_of(city, truth, rng), truth.start_us, truth.duration_s, task.seed).reports()
    if task.policy == "none" and not task.forecasts:
        # without sensor, report and forecast nothing can raise a point: there is nothing to play
        return result_of(task.policy, truth, silenced, said, Played((), (), frozenset()))
    model = chosen_model(None) if task.forecasts else NoForecast()
    with tempfile.TemporaryDirectory(prefix="lowpoint-citizens-") as folder:
        trial = Trial(city, read_recording(city, [task.observations]), silenced, said, model, Path(folder) / "store.db")
        played = trial.play(task.policy)
    return result_of(task.policy, truth, silenced, said, played)


def result_of(policy: Policy, truth: TrueWater, silenced: frozenset[str], said: Sequence[Said], played: Played) -> Result:
    """Hold what a storm came to against the truth of it."""
    by_name = {one.report.report: one for one in said}
    accepted = [[by_name[name] for name in group] for group in played.accepted]
    taken = {one.report.report for group in accepted for one in group}
    lies_of_one = lies_alone = 0
    for group in accepted:
        made = sum(one.report.report in played.observed for one in group)
        if made and not any(one.honest for one in group):
            lies_alone += made
            if len(set(sources_of([one.report for one in group]))) == 1:
                lies_of_one += made
    raised = [one for one in played.warnings if one.basis == "report" and isinstance(one.level, int) and one.level >= 1]
    return Result(
        policy,
        tuple(_found_min(point, truth, played) for point in sorted(silenced)),
        lies_of_one,
        lies_alone,
        sum(_is_too_high(one.low_point, int(one.level), moment_us(one.issued_at), truth) for one in raised),
        len(raised),
        Share(sum(one.honest for name, one in by_name.items() if name in taken), sum(one.honest for one in said)),
        Share(sum(not one.honest for name, one in by_name.items() if name in taken), sum(not one.honest for one in said)),
    )


def _found_min(point: str, truth: TrueWater, played: Played) -> float | None:
    onset_us = truth.onset_us(point)
    own = [
        moment_us(one.issued_at) for one in played.warnings if one.low_point == point and isinstance(one.level, int) and one.level >= LEVEL
    ]
    since = [us for us in own if us >= onset_us - AHEAD_US]
    return (min(since) - onset_us) / MINUTE_US if since else None


def _is_too_high(point: str, level: int, at_us: int, truth: TrueWater) -> bool:
    threshold_m = {1: 0.15, 2: 0.27, 3: 0.40, 4: 0.60}[level]
    return truth.highest_m(point, at_us - AHEAD_US, at_us) < threshold_m - HIGH_M


def measure(tasks: Sequence[Task], processes: int) -> Iterator[Result]:
    """All runs, some at a time; each in a process of its own kind, for the step keeps a core busy."""
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(run, tasks)


def table(results: Sequence[Result]) -> Iterator[str]:
    """A table of Markdown, one line for each way of deciding."""
    yield "| decided by | runs | found without a sensor | minutes after onset, median (range) | by lies of one source | by lies alone |"
    yield "|---|---|---|---|---|---|"
    for policy in dict.fromkeys(result.policy for result in results):
        own = [result for result in results if result.policy == policy]
        minutes = [one for result in own for one in result.found_min]
        known = [one for one in minutes if one is not None]
        spread = f"{median(known):.0f} ({min(known):.0f} to {max(known):.0f})" if known else "none"
        sums = f"{sum(one.lies_of_one for one in own)} | {sum(one.lies_alone for one in own)}"
        yield f"| {policy} | {len(own)} | {Share(len(known), len(minutes))} | {spread} | {sums} |"
    yield ""
    yield "| reports decided by | honest accepted | lies accepted | levels by report | of them too high |"
    yield "|---|---|---|---|---|"
    for policy in dict.fromkeys(result.policy for result in results):
        own = [result for result in results if result.policy == policy and result.policy != "none"]
        if own:
            raised = sum(one.raised for one in own)
            high = Share(sum(one.too_high for one in own), raised)
            yield f"| {policy} | {_sum(one.honest for one in own)} | {_sum(one.lies for one in own)} | {raised} | {high} |"


def _sum(shares: Iterable[Share]) -> Share:
    some = list(shares)
    return Share(sum(one.of for one in some), sum(one.among for one in some))
