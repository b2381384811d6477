"""How many citizens' reports can be taken in, and that none is lost: a real web process, and citizens who send pictures over loopback."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sqlalchemy import select

from streams.bench.reports_client import Citizens, Told, make_pictures
from streams.bench.serving import END_S, end_serving, start_serving
from streams.city.load import load_city
from streams.pictures.shelf import Shelf
from streams.reports.card import card_digest, read_card
from streams.reports.codes import code_digest, typed
from streams.reports.key import open_reports_key
from streams.store.engine import open_store, reading
from streams.store.reports_schema import REPORTS

TARGET_S = 0.5
BURST_RATE, BURST_S = 50.0, 10.0
MOST_PICTURES = 400
SEED = 7


@dataclass
class IntakeReport:
    """What was found.

    Attributes
    ----------
    phases
        By name, the rate (a second) and how each report went.
    lost
        Reports that were answered and are not in the store with their picture on the shelf, or not under their code.
    doubled
        Rows beyond one for each card.
    """

    phases: dict[str, tuple[float, list[Told]]] = field(default_factory=dict)
    kills: int = 0
    rows: int = 0
    lost: int = 0
    doubled: int = 0
    picture_kb: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled or never answered."""
        return not self.lost and not self.doubled and all(one.took_s is not None for _, told in self.phases.values() for one in told)

    def lines(self) -> list[str]:
        """As text."""
        found = [_line(name, rate, told) for name, (rate, told) in self.phases.items()]
        sent = sum(len(told) for _, told in self.phases.values())
        verdict = f"{sent:,} reports sent, {self.rows:,} in the store; answered and lost {self.lost}, doubled {self.doubled}"
        return [*found, f"{verdict}; kill -9 {self.kills} times; pictures of {self.picture_kb} kB"]


def _line(name: str, rate: float, told: Sequence[Told]) -> str:
    took = [one.took_s for one in told if one.took_s is not None]
    p50, p95, p99, most = np.percentile(took, [50, 95, 99, 100]) if took else (0.0,) * 4
    again = sum(one.tries > 1 for one in told)
    figures = f"n {len(told):,} at {rate:.1f}/s  p50 {p50:.3f}  p95 {p95:.3f}  p99 {p99:.3f}  most {most:.3f} s"
    verdict = f"  target p95 {TARGET_S} s: {'met' if p95 <= TARGET_S else 'MISSED'}" if name == "steady" else ""
    return f"{name:8} {figures}  sent again {again}, never answered {len(told) - len(took)}{verdict}"


class Page:
    """The web process: it can be killed and started again at its port."""

    def __init__(self, folder: Path, city: Path):
        self._folder, self._city, self.port = folder, city, 0
        self.store, self.pictures = f"sqlite:///{folder / 'store.db'}", folder / "pictures"
        self._process = self._started()

    def kill_and_start(self) -> None:
        """As a power cut would end it, but for the disk."""
        self._process.kill()
        self._process.wait(END_S)
        self._process = self._started()

    def stop(self) -> None:
        """End it."""
        end_serving(self._process)

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "streams.cli.main", "web", "--city", str(self._city), "--store", self.store]
        command += ["--pictures", str(self.pictures), "--port", str(self.port), "--log-level", "ERROR"]
        process, self.port = start_serving("lowpoint web", command, self._folder)
        return process


def measure(folder: Path, city: Path, per_hour: float = 10_000, seconds: float = 300.0, burst: bool = True, kills: int = 0) -> IntakeReport:
    """Send reports at a steady rate, then in a burst; with `kills` the web process is killed so often while the steady ones come.

    Raises
    ------
    RuntimeError
        Where the page did not start.
    """
    rate = per_hour / 3600
    pictures = make_pictures(min(MOST_PICTURES, int(rate * seconds + BURST_RATE * BURST_S * burst) + 1), SEED)
    report = IntakeReport(kills=kills, picture_kb=round(sum(map(len, pictures)) / len(pictures) / 1000))
    page = Page(folder, city)
    try:
        citizens = Citizens(page.port, [point.low_point_id for point in load_city(city).low_points], pictures, SEED)
        asyncio.run(_arrive(citizens, page, report, rate, seconds, burst))
    finally:
        page.stop()
    _account(page, citizens.sent, report)
    return report


async def _arrive(citizens: Citizens, page: Page, report: IntakeReport, rate: float, seconds: float, burst: bool) -> None:
    # the first reports wait for children that decode; what is measured is an office that stands
    await citizens.arrive(2.0, 4.0)
    steady = asyncio.create_task(citizens.arrive(rate, seconds))
    with ThreadPoolExecutor(1) as killer:
        for turn in range(report.kills):
            await asyncio.sleep(seconds / (report.kills + 1) * (0.75 + 0.5 * (turn % 2)))
            await asyncio.get_running_loop().run_in_executor(killer, page.kill_and_start)
    report.phases["steady"] = (rate, await steady)
    if burst:
        report.phases["burst"] = (BURST_RATE, await citizens.arrive(BURST_RATE, BURST_S))


def _account(page: Page, sent: Sequence[Told], report: IntakeReport) -> None:
    """Hold what was answered against what is in the store and on the shelf."""
    key, shelf, engine = open_reports_key(page.pictures), Shelf(page.pictures), open_store(page.store)
    with reading(engine) as connection:
        rows = connection.execute(select(REPORTS.c.card, REPORTS.c.code, REPORTS.c.picture)).all()
    engine.dispose()
    kept = {row.card: row for row in rows}
    cards = {one.card: card_digest(key, card) for one in sent if (card := read_card(key, one.card))}
    report.rows, report.doubled = len(rows), len(rows) - len({cards[one.card] for one in sent if one.card in cards} & kept.keys())
    for one in sent:
        if one.code:
            row = kept.get(cards.get(one.card, ""))
            right = row is not None and row.code == code_digest(key, typed(one.code) or "") and shelf.has(row.picture or "")
            report.lost += not right
