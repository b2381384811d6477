"""From a reading in Kafka to every console: to the clients of the live stream, and to the screen of one that is a real browser.

A real Kafka, a worker, the projector and the web process, each a process of its own, as in an installation. The clock runs from the moment
before the reading is written to Kafka until a client has the point with that depth, or the page has painted it.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from streams import clock
from streams.bench.latency_city import write_latency_city, write_readings
from streams.bench.live_followers import Followers
from streams.bench.pixels import Pixels, has_browser, watched
from streams.city.load import load_city
from streams.city.model import City
from streams.gateway.producer import KafkaLog
from streams.observation.moments import SECOND_US
from streams.officers.account import Officer
from streams.officers.passwords import Cost, Passwords
from streams.officers.roles import Role
from streams.officers.second_factor import new_secret
from streams.officers.session import COOKIE, new_token
from streams.officers.vault import open_vault, write_key
from streams.replay.child import running
from streams.replay.recording import Recording
from streams.replay.run import ReplayOptions, Stage, staged
from streams.replay.workers import worker_environment
from streams.settings import Settings
from streams.store.engine import writing
from streams.store.officers import add_officer
from streams.store.sessions import begin_session

DEEP_M = 0.7
TARGET_S = 1.0
PATIENCE_S, STEP_S = 30.0, 0.005
LONGEST_PAUSE_S = 0.7
"""Floods come at any moment of the rhythm in which the store is looked at."""
TICK_EVERY_S = 5.0
OFFICER = "bench"
CHEAP = Cost(rounds=1, memory_kib=8, lanes=1)
"""Nobody signs in with this password: the session is begun in the store."""


class PageAsked(msgspec.Struct, frozen=True):
    """What to look at: the page, and what on it a point and its depth are to be found by.

    Attributes
    ----------
    path
        Of the web process.
    selector
        Finds the point; "{point}" stands for its id.
    text
        Stands there when the depth is told.
    ready
        Finds something as soon as the page is live.
    """

    path: str = "/console/"
    selector: str = '#needs > [data-key="point:{point}"]'
    text: str = "0.70 m"
    ready: str = '#age[data-state="live"], #age[data-state="part"]'


@dataclass(frozen=True)
class LiveReport:
    """Seconds to every client, to the last client, and to the screen (empty without a browser); and what clients missed."""

    clients: int
    each_s: list[float]
    last_s: list[float]
    pixel_s: list[float]
    gaps: int
    snapshots: int

    def lines(self) -> list[str]:
        """As text."""
        found = [_line("Kafka to a client of the stream", self.each_s), _line(f"to the last of {self.clients}", self.last_s)]
        found.append(_line("Kafka to the screen", self.pixel_s) if self.pixel_s else "no browser: nothing of the screen is known")
        return [*found, f"deltas that did not follow: {self.gaps}; whole states beyond the first: {self.snapshots - self.clients}"]


def _line(name: str, values: list[float]) -> str:
    p50, p95, p99 = np.percentile(values, [50, 95, 99])
    verdict = "met" if p95 <= TARGET_S else "missed"
    figures = f"n {len(values):4}  p50 {p50:.3f}  p95 {p95:.3f}  p99 {p99:.3f}  most {max(values):.3f} s"
    return f"{name:32} {figures}  target p95 {TARGET_S:.0f} s: {verdict}"


def measure(out: Path, times: int = 60, clients: int = 19, seed: int = 7, asked: PageAsked | None = None, points: int = 0) -> LiveReport:
    """Flood one point after the other, each in a district of its own, and wait until everybody has it.

    Parameters
    ----------
    asked
        The page to watch; None for none.
    points
        How many points the city has, at least as many as floods.
    """
    folder = write_latency_city(out / "city", max(times, points), approval='4 = "automatic"')
    options = ReplayOptions(city=folder, inputs=(), out=out / "out", workers=1, outbox=True)
    city, nothing, settings = load_city(folder), np.zeros(0, np.int64), Settings()
    recording = Recording(nothing, nothing, nothing, np.zeros(0), {}, [])
    report = LiveReport(clients, [], [], [], 0, 0)
    with staged(options, settings, city, recording) as (stage, _), ExitStack() as stack:
        key, token = out / "officers.key", new_token()
        write_key(key)
        _sign_in(stage, key, token)
        address = stack.enter_context(_web(stage, folder, key, settings))
        source = stack.enter_context(_Source(stage, city).ticking())
        followers = stack.enter_context(Followers(f"{address}/api/live", token, clients))
        _wait(stage, lambda: followers.there == clients and all(held.beat.get("data_at") for held in followers.held))
        page = watched(address + asked.path, {COOKIE: token}, asked.ready) if asked is not None and has_browser() else nullcontext()
        pixels = stack.enter_context(page)
        chance = random.Random(seed)
        for turn in range(times):
            clock.sleep_s(chance.uniform(0.0, LONGEST_PAUSE_S))
            _flood(stage, source, followers, (pixels, asked) if pixels is not None and asked is not None else None, turn, report)
        gaps, snapshots = sum(held.gaps for held in followers.held), sum(held.snapshots for held in followers.held)
    return LiveReport(clients, report.each_s, report.last_s, report.pixel_s, gaps, snapshots)


def _flood(
    stage: Stage, source: _Source, followers: Followers, watching: tuple[Pixels, PageAsked] | None, turn: int, report: LiveReport
) -> None:
    """One deep reading, in rain."""
    point = f"P{turn:04d}"
    source.write(turn, [("rain", 1.0), ("level", 0.0)])
    selector = ""
    if watching is not None:
        selector = watching[1].selector.format(point=point)
        watching[0].want(selector, watching[1].text)
    begun_us = source.write(turn, [("level", DEEP_M)])
    _wait(stage, lambda: len(followers.seen_us.get((point, DEEP_M), ())) == len(followers.held))
    seconds = [(seen_us - begun_us) / SECOND_US for seen_us in followers.seen_us[point, DEEP_M].values()]
    report.each_s.extend(seconds)
    report.last_s.append(max(seconds))
    if watching is not None:
        _wait(stage, lambda: watching[0].seen_us(selector) is not None)
        report.pixel_s.append(((watching[0].seen_us(selector) or 0) - begun_us) / SECOND_US)


class _Source:
    """Writes readings, and the ticks that a gateway writes to every district; log time never goes back."""

    def __init__(self, stage: Stage, city: City):
        self._city = city
        self._log = KafkaLog(stage.bootstrap, stage.names, city.districts, PATIENCE_S)
        self._one = threading.Lock()
        self._stop = threading.Event()

    @contextmanager
    def ticking(self) -> Iterator[_Source]:
        """Ticks while the block lasts."""
        ticker = threading.Thread(target=self._tick, daemon=True)
        ticker.start()
        try:
            yield self
        finally:
            self._stop.set()
            ticker.join()
            self._log.close()

    def write(self, number: int, rows: list[tuple[str, float]]) -> int:
        """Readings of one point; the moment before they are written, by the wall clock."""
        with self._one:
            now_us = clock.now_us()
            write_readings(self._log, self._city, number, now_us, rows)
            return now_us

    def _tick(self) -> None:
        while not self._stop.is_set():
            for number in range(len(self._city.districts)):
                self.write(number, [])
            self._stop.wait(TICK_EVERY_S)


@contextmanager
def _web(stage: Stage, folder: Path, key: Path, settings: Settings) -> Iterator[str]:
    """The projector and the whole web process; its address."""
    environment = worker_environment(settings.inherited)
    common = ["--broker", stage.bootstrap, "--store", stage.store, "--prefix", stage.names.prefix]
    port = stage.folder / "port"
    served = ["web", "--city", str(folder.resolve()), *common, "--key", str(key.resolve()), "--port", "0", "--port-file", str(port)]
    with running(["project", *common], stage.folder, "projector", environment), running(served, stage.folder, "web", environment) as web:
        _wait(stage, lambda: port.exists() or web.poll() is not None)
        if web.poll() is not None:
            raise RuntimeError(f"the web process ended: {(stage.folder / 'web.log').read_text(encoding='utf-8')[-2000:]}")
        yield f"http://127.0.0.1:{int(port.read_text(encoding='ascii'))}"


def _sign_in(stage: Stage, key: Path, token: str) -> None:
    now_us = clock.now_us()
    secret = open_vault(key).seal(OFFICER, new_secret())
    add_officer(stage.engine, Officer(OFFICER, OFFICER, Role.OFFICER), Passwords(CHEAP).hash(new_token()), secret, now_us, OFFICER)
    with writing(stage.engine) as connection:
        begin_session(connection, OFFICER, token, now_us)


def _wait(stage: Stage, come: Callable[[], bool]) -> None:
    deadline_s = clock.monotonic_s() + PATIENCE_S
    while not come():
        if clock.monotonic_s() > deadline_s:
            raise TimeoutError(f"nothing came within {PATIENCE_S:.0f} s")
        stage.workers.keep_alive()
        clock.sleep_s(STEP_S)
