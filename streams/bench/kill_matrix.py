"""Kills the sender, or what takes its receipts, at named points, and holds what the provider saw against what was ordered (law 6).

A text is lost when the fake provider's ledger has none to a number that was targeted; it is doubled when it has two.
"""

from __future__ import annotations

import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import Engine, func, select

from streams.bench.kill_child import BATCH, Trial, send
from streams.bench.receipts_child import listening
from streams.bench.sending_town import new_key, number, order, settle, store_at
from streams.bench.trial import fork_server
from streams.fake_twilio.behaviour import Behaviour
from streams.fake_twilio.process import FakeTwilio
from streams.people.vault import PeopleVault
from streams.store.engine import open_store, reading
from streams.store.outbox import account, write_order
from streams.store.outbox_schema import ATTEMPTS, OUTBOX

CALLBACK = "handling_callback"
POINTS = ("before_claim", "after_claim", "before_post", "after_post", "before_storing", CALLBACK)
PATIENCE_S = 180.0
TRIES = 5  # runs for one kill, as how often a point is passed is known only about


@dataclass
class Point:
    """What came of killing at one point.

    Attributes
    ----------
    killed
        Runs in which the process was killed there; in the others it was through before.
    in_flight
        Posts that were under way at a kill, in all.
    reposted
        Attempts that were made anew because the provider did not know the one before: each is counted in the store.
    """

    runs: int = 0
    killed: int = 0
    targeted: int = 0
    lost: int = 0
    doubled: int = 0
    in_flight: int = 0
    reposted: int = 0
    unended: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass
class KillReport:
    """What came of it, by point."""

    residents: int
    points: dict[str, Point]

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, and nothing doubled that was not in flight and counted."""
        return all(not (point.lost or point.unended or point.faults) for point in self.points.values())

    def lines(self) -> list[str]:
        """As text."""
        columns = f"{'runs':>5} {'killed':>6} {'targeted':>9} {'lost':>5} {'doubled':>7} {'in flight':>9} {'posted anew':>11} open"
        head = f"{'killed at':18} {columns}"
        rows = [
            f"{name:18} {p.runs:5} {p.killed:6} {p.targeted:9,} {p.lost:5} {p.doubled:7} {p.in_flight:9} {p.reposted:11} {p.unended}"
            for name, p in self.points.items()
        ]
        return [head, *rows, *(fault for point in self.points.values() for fault in point.faults[:5])]


def kill_matrix(
    folder: Path,
    runs: int,
    residents: int,
    seed: int = 1,
    points: tuple[str, ...] = POINTS,
    tell: Callable[[str], None] = lambda _: None,
) -> KillReport:
    """Kill so many times at each point, each time with fresh people and a fresh store.

    A sender that was through before it could be killed shows nothing: such a run counts among the runs, and is made again.
    """
    chance = random.Random(seed)
    report = KillReport(residents, {point: Point() for point in points})
    context = fork_server()
    behaviour = Behaviour(seed=seed, step_s=(0.0, 0.05))
    with FakeTwilio(behaviour) as fake:
        number_of_run = count()
        for turn in range(runs):
            for point in points:
                _kill_once(partial(_run, context, fake, folder), number_of_run, point, residents, chance, report.points[point])
            points_so_far = report.points.values()
            lost, doubled = sum(point.lost for point in points_so_far), sum(point.doubled for point in points_so_far)
            for fault in [fault for point in report.points.values() for fault in point.faults][-3:]:
                tell(fault)
            tell(f"{turn + 1} of {runs} rounds: lost {lost}, doubled {doubled}")
    return report


def _kill_once(run: Callable[..., bool], numbers: Iterator[int], point: str, residents: int, chance: random.Random, result: Point) -> None:
    for _ in range(TRIES):
        if run(next(numbers), point, residents, chance, result):
            return


def _run(
    context: ForkServerContext, fake: FakeTwilio, folder: Path, run: int, point: str, residents: int, chance: random.Random, result: Point
) -> bool:
    url, key = store_at(folder, f"kill-{run}.db"), new_key()
    vault = PeopleVault(key)
    engine = open_store(url)
    settle(engine, vault, run, ((person, "Z1") for person in range(residents)))
    write_order(engine, order("Z1"))
    before = fake.stats().created
    trial = Trial(url, fake.url, fake.account, fake.token, key)
    nth = chance.randint(1, _passes(point, residents))
    if point == CALLBACK:
        killed, in_flight = _kill_receipts(context, fake, trial, nth), 0
    else:
        killed, in_flight = _kill_sender(context, engine, Trial(url, fake.url, fake.account, fake.token, key, "", point, nth))
        _live(context.Process(target=send, args=(trial,)))
    _count(engine, fake, before, run, residents, killed, in_flight, result)
    engine.dispose()
    for file in folder.glob(f"kill-{run}.db*"):
        file.unlink()
    return killed


def _passes(point: str, residents: int) -> int:
    """About how often a point is passed in a run."""
    if point in ("before_claim", "after_claim"):
        return max(1, residents // BATCH)
    if point in ("before_storing", CALLBACK):
        return max(1, min(20, residents // 100))
    return residents


def _kill_sender(context: ForkServerContext, engine: Engine, trial: Trial) -> tuple[bool, int]:
    process = context.Process(target=send, args=(trial,))
    process.start()
    process.join(PATIENCE_S)
    with reading(engine) as connection:
        posting = connection.execute(select(func.count()).select_from(ATTEMPTS).where(ATTEMPTS.c.state == "posting")).scalar_one()
    return process.exitcode == -signal.SIGKILL, posting


def _kill_receipts(context: ForkServerContext, fake: FakeTwilio, trial: Trial, nth: int) -> bool:
    """Kill what takes the receipts while it takes one, and start it again, while the sender goes on."""
    with listening(context, trial, CALLBACK, nth) as first:
        told = Trial(trial.store, fake.url, fake.account, fake.token, trial.key, first.url)
        sender = context.Process(target=send, args=(told,))
        sender.start()
        while sender.is_alive() and first.alive:
            first.wait(0.05)
        killed = not first.alive
        with listening(context, trial, port=first.port) if killed else nullcontext():
            _join(sender)
    return killed


def _live(process: BaseProcess) -> None:
    process.start()
    _join(process)


def _join(process: BaseProcess) -> None:
    process.join(PATIENCE_S)
    if process.is_alive():
        process.kill()
        process.join()


def told(engine: Engine, residents: list[str]) -> str:
    """What the store says of some residents: states of rows and of their last attempts, with codes."""
    rows = select(OUTBOX.c.state, OUTBOX.c.reason, ATTEMPTS.c.number, ATTEMPTS.c.state, ATTEMPTS.c.code, func.count())
    grouped = rows.outerjoin(ATTEMPTS, ATTEMPTS.c.row_id == OUTBOX.c.id).where(OUTBOX.c.resident.in_(residents[:1000]))
    keys = (OUTBOX.c.state, OUTBOX.c.reason, ATTEMPTS.c.number, ATTEMPTS.c.state, ATTEMPTS.c.code)
    with reading(engine) as connection:
        return "; ".join(str(tuple(row)) for row in connection.execute(grouped.group_by(*keys)))


def _count(engine: Engine, fake: FakeTwilio, before: int, run: int, residents: int, killed: bool, in_flight: int, result: Point) -> None:
    came = Counter(entry.to for entry in fake.ledger(before))
    states = account(engine)
    lost = sum(1 for person in range(residents) if not came[number(run, person)])
    doubled = sum(count - 1 for count in came.values())
    with reading(engine) as connection:
        anew = select(func.count()).select_from(ATTEMPTS).where(ATTEMPTS.c.code == "not_there")
        reposted = connection.execute(anew).scalar_one()
    result.runs += 1
    result.killed += killed
    result.targeted += residents
    result.lost += lost
    result.doubled += doubled
    result.in_flight += in_flight
    result.reposted += reposted
    result.unended += states["pending"] + states["claimed"] + states["unknown"]
    if lost:
        result.faults.append(f"run {run}: {lost} lost; {told(engine, [f'R{n:07d}' for n in range(residents) if not came[number(run, n)]])}")
    if sum(states.values()) != residents:
        result.faults.append(f"run {run}: {sum(states.values())} rows for {residents} residents")
    if doubled > min(in_flight, reposted):
        result.faults.append(f"run {run}: {doubled} doubled, {in_flight} in flight, {reposted} posted anew")
