"""How long somebody waits for the console's first view, of a city of so many points with water at some of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from streams import clock
from streams.bench.pixels import CHROMIUM, FLAGS
from streams.city.load import load_city
from streams.city.model import City, LowPoint
from streams.observation.moments import SECOND_US, to_text
from streams.officers.account import Officer
from streams.officers.passwords import Cost, Passwords
from streams.officers.roles import Role
from streams.officers.second_factor import new_secret
from streams.officers.session import COOKIE, new_token
from streams.officers.vault import open_vault, write_key
from streams.replay.child import running
from streams.replay.workers import worker_environment
from streams.rules.outputs import LEAD_MIN, QUANTILES, Exceedance, Forecast, Output, OutputMessage, PointState, Standing, TimeTo
from streams.settings import Settings
from streams.store.engine import open_store, writing
from streams.store.officers import add_officer
from streams.store.projection import rows_of, save
from streams.store.sessions import begin_session

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PER_DISTRICT = 100
DEPTHS_M = (0.0, 0.0, 0.0, 0.05, 0.2, 0.31, 0.47, 0.72)

NOBODY = "127.0.0.1:9"
PATIENCE_S = 60.0
LOOK_S = 0.5
"""Seldom: whoever asks takes of the time that is measured."""
SETTLE_S = 3.0
"""All districts speak in one instant here, which they do not in a city: that is over when the page is asked for."""
LISTED = ['#age:is([data-state="live"], [data-state="part"])', "#needs > li"]
MAPPED = [*LISTED, '#map[data-state="ready"]']
_NOTES = """(wanted) => {
  // what stands when a frame begins is on the screen when the third after it does: so many may be under way there
  const frames = (left, then) => (left ? requestAnimationFrame(() => frames(left - 1, then)) : then());
  const noted = (window.lowpointNoted = {});
  const look = () => {
    for (const [name, selectors] of Object.entries(wanted)) {
      if (name in noted || !selectors.every((selector) => document.querySelector(selector))) continue;
      noted[name] = null;
      frames(4, () => (noted[name] = performance.timeOrigin + performance.now()));
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}"""
"""Notes in the page itself when it first has all of some: who asks from outside looks every half second only, and comes too late."""


@dataclass
class FirstViewReport:
    """Seconds from asking for the page until the live list stands, and until the map has its points."""

    points: int
    name: str = ""
    list_s: list[float] = field(default_factory=list)
    map_s: list[float] = field(default_factory=list)

    def lines(self) -> list[str]:
        """As text."""
        return [self._line("list", self.list_s), self._line("map too", self.map_s)]

    def _line(self, name: str, values: list[float]) -> str:
        p50, most = float(np.median(values)), max(values)
        return f"{self.name}{self.points:6,} points, {name:8} n {len(values):3}  median {p50:.2f} s  from {min(values):.2f} to {most:.2f} s"


def time_first_view(folder: Path, points: int, times: int, own: Path | None = None) -> FirstViewReport:
    """Open the console so many times, each time as somebody whose browser has kept nothing; `own` is a city's folder, None to make one."""
    place = own.absolute() if own else _city(folder / "city", points)
    city = load_city(place)
    store, key, token = f"sqlite:///{folder / 'store.db'}", folder / "officers.key", new_token()
    write_key(key)
    _fill(store, city, key, token)
    report = FirstViewReport(len(city.low_points), f"{city.name}, " if own else "")
    with _web(folder, place, store, key) as address, _browser() as browser:
        for _ in range(times):
            _fill(store, city)
            clock.sleep_s(SETTLE_S)
            _look(browser, address, token, report)
    return report


def _look(browser: Browser, address: str, token: str, report: FirstViewReport) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    try:
        context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        page = context.new_page()
        page.add_init_script(f"({_NOTES})({json.dumps({'list': LISTED, 'map': MAPPED})})")
        begun_s = clock.now_us() / SECOND_US
        page.goto(f"{address}/console/", wait_until="commit")
        found = _noted(page)
        report.list_s.append(found["list"] / 1000 - begun_s)
        report.map_s.append(found["map"] / 1000 - begun_s)
    finally:
        context.close()


def _noted(page: Page) -> dict[str, float]:
    """When the list was painted, and when the map was too, in milliseconds since 1970."""
    deadline_s = clock.monotonic_s() + PATIENCE_S
    while True:
        found: dict[str, float | None] = page.evaluate("window.lowpointNoted ?? {}")
        done = {name: moment_ms for name, moment_ms in found.items() if moment_ms is not None}
        if done.keys() >= {"list", "map"}:
            return done
        if clock.monotonic_s() > deadline_s:
            raise RuntimeError(f"after {PATIENCE_S:.0f} s the console has no more than {sorted(done)}: no WebGL, or no files of others?")
        clock.sleep_s(LOOK_S)


@contextmanager
def _browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def _web(folder: Path, city: Path, store: str, key: Path) -> Iterator[str]:
    port = folder / "port"
    told = ["web", "--city", str(city), "--store", store, "--broker", NOBODY, "--key", str(key), "--port", "0"]
    with running([*told, "--port-file", str(port)], folder, "web", worker_environment(Settings().inherited)) as web:
        deadline_s = clock.monotonic_s() + PATIENCE_S
        while not port.exists():
            if web.poll() is not None or clock.monotonic_s() > deadline_s:
                raise RuntimeError(f"the web process did not come up: {(folder / 'web.log').read_text('utf-8')[-1500:]}")
            clock.sleep_s(0.05)
        yield f"http://127.0.0.1:{port.read_text('ascii').strip()}"


def _fill(store: str, city: City, key: Path | None = None, token: str = "") -> None:
    """Every district says where its water stands, as of now; with a key, somebody is signed in too."""
    engine, now_us = open_store(store), clock.now_us()
    try:
        rows = []
        for district in city.districts:
            own = [point for point in city.low_points if point.district_id == district]
            outputs: list[Output] = [*(_forecast(point, at, now_us) for at, point in enumerate(own))]
            outputs.append(Standing(district, to_text(now_us), 8.0, [_state(point, at, now_us) for at, point in enumerate(own)], []))
            rows.append(rows_of(OutputMessage(district, now_us, [], outputs)))
        for first in range(0, len(rows), 20):
            save(engine, rows[first : first + 20], now_us)
        if key is not None:
            secret = open_vault(key).seal("bench", new_secret())
            cheap = Passwords(Cost(rounds=1, memory_kib=8, lanes=1))
            add_officer(engine, Officer("bench", "bench", Role.OFFICER), cheap.hash(new_token()), secret, now_us, "bench")
            with writing(engine) as connection:
                begin_session(connection, "bench", token, now_us)
    finally:
        engine.dispose()


def _depth_m(point: LowPoint, at: int) -> float:
    return DEPTHS_M[(at * 7) % len(DEPTHS_M)]


def _state(point: LowPoint, at: int, now_us: int) -> PointState:
    depth_m = _depth_m(point, at)
    level = sum(depth_m >= rung.depth_m for rung in point.levels)
    return PointState(point.low_point_id, level, level, "measured", False, depth_m, to_text(now_us - 5_000_000))


def _forecast(point: LowPoint, at: int, now_us: int) -> Forecast:
    depth_m = _depth_m(point, at)
    depths = {name: [depth_m] * len(LEAD_MIN) for name in QUANTILES}
    chances = [Exceedance(rung.depth_m, [0.5 if depth_m else 0.0] * len(LEAD_MIN)) for rung in point.levels]
    peaks = {"0.1": depth_m, "0.5": depth_m, "0.9": depth_m}
    times = [TimeTo(rung.depth_m, None) for rung in point.levels]
    return Forecast(point.low_point_id, to_text(now_us), "reservoir", "1", list(LEAD_MIN), depths, chances, peaks, times)


def _city(folder: Path, points: int) -> Path:
    """A made-up city: a hundred points a district at most, each with a sensor, ten of them to a zone."""
    folder.mkdir(parents=True)
    names = [f"D{number:03}" for number in range(-(-points // PER_DISTRICT))]
    listed = ", ".join(f'"{name}"' for name in names)
    (folder / "city.toml").write_text(f'name = "Bench city"\ntime_zone = "Asia/Shanghai"\ndistricts = [{listed}]\n', "utf-8")
    found: dict[str, list[dict[str, Any]]] = {"low_points": [], "stations": [], "zones": [], "shelters": []}
    for number in range(points):
        district, across = names[number // PER_DISTRICT], max(1, round(points**0.5))
        lon, lat = round(113.0 + 0.003 * (number % across), 5), round(34.0 + 0.003 * (number // across), 5)
        at = {"type": "Point", "coordinates": [lon, lat]}
        name = f"P{number:05}"
        point = {"low_point_id": name, "district_id": district, "name": f"路口 {number}", "name_en": f"Crossing {number}", "class": "sag"}
        found["low_points"].append(_feature(at, point))
        found["stations"].append(_feature(at, {"station_id": f"S{name}", "kind": "level", "low_point_id": name, "cadence_s": 60}))
        if number % 10 == 0:
            ring = [[lon, lat], [lon + 0.002, lat], [lon + 0.002, lat + 0.002], [lon, lat + 0.002], [lon, lat]]
            zone = {"zone_id": f"Z{number:05}", "district_id": district, "name_en": f"Quarter {number}"}
            found["zones"].append(_feature({"type": "Polygon", "coordinates": [ring]}, zone))
    for name, features in found.items():
        (folder / f"{name}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return folder


def _feature(geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
