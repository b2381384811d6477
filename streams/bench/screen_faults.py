"""What a console shows when a part of the system fails, how soon it says so, and whether it has caught up by itself afterwards."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from streams import clock
from streams.bench.cable import Cable
from streams.bench.drilling import Drilling, token_of
from streams.bench.pixels import CHROMIUM, FLAGS
from streams.officers.session import COOKIE

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE_S = 120.0
STEP_S = 0.25
HELD_S = 5.0
"""How long a fault lasts on after the page has told of it."""

_STATE = """async () => {
  const module = document.querySelector('script[src*="shell.js"]').src.replace('shell.js', 'live.js');
  const { live } = await import(module);
  return Object.fromEntries([...live.state].map(([kind, all]) => [kind, Object.fromEntries(all)]));
}"""


@dataclass(frozen=True)
class Fault:
    """One fault: seconds until the header said so and until it was live again after the end, and what it said.

    Attributes
    ----------
    lacking
        Entities that the page did not have, or had otherwise, when it was live again: held against a client that came new.
    loads
        How often the page was loaded anew meanwhile.
    """

    name: str
    told_s: float
    said: str
    back_s: float
    lacking: int
    loads: int

    def __str__(self) -> str:
        after = f"told {self.told_s:5.1f} s, back {self.back_s:5.1f} s, lacking {self.lacking}, loads {self.loads}"
        return f"{self.name:22} {after}: {self.said}"


def try_faults(drill: Drilling, names: Iterable[str]) -> Iterator[Fault]:
    """Bring faults of `FAULTS` about, one after the other, before the eyes of a page.

    Raises
    ------
    TimeoutError
        Where a page does not tell, or does not come back.
    """
    from playwright.sync_api import sync_playwright

    with Cable(drill.address).laid() as cable, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
            context.add_cookies([{"name": COOKIE, "value": token_of(drill, "viewer"), "url": cable.address}])
            page = context.new_page()
            page.goto(f"{cable.address}console/")
            for name in names:
                yield _under(page, context.new_page, name, FAULTS[name](drill, cable))
        finally:
            browser.close()


def _under(page: Page, new_page: Callable[[], Page], name: str, fault: AbstractContextManager[None]) -> Fault:
    loads: list[str] = []
    page.on("load", lambda _: loads.append("load"))
    _until(page, lambda state: state in ("live", "part"))
    begun_s = clock.monotonic_s()
    with fault:
        said = _until(page, lambda state: state not in ("live", "part"))
        told_s = clock.monotonic_s() - begun_s
        clock.sleep_s(HELD_S)
    ended_s = clock.monotonic_s()
    _until(page, lambda state: state in ("live", "part"))
    back_s = clock.monotonic_s() - ended_s
    fresh = new_page()
    try:
        fresh.goto(page.url)
        _until(fresh, lambda state: state in ("live", "part"))
        lacking = _lacking(page, fresh)
    finally:
        fresh.close()
    return Fault(name, told_s, said, back_s, lacking, len(loads))


def _lacking(page: Page, fresh: Page) -> int:
    """What two pages do not agree on, as soon as they agree most: the storm goes on while they are asked one after the other."""
    least = 10**9
    for _ in range(10):
        first, second = page.evaluate(_STATE), fresh.evaluate(_STATE)
        third = page.evaluate(_STATE)
        kinds = first.keys() | second.keys()
        differ = 0
        for kind in kinds:
            ones, others, thirds = first.get(kind, {}), second.get(kind, {}), third.get(kind, {})
            differ += sum(others.get(key) not in (ones.get(key), thirds.get(key)) for key in ones.keys() | others.keys())
        least = min(least, differ)
        if least == 0:
            break
    return least


def _until(page: Page, right: Callable[[str], bool]) -> str:
    """Wait for a state of the header; what it says then."""
    deadline_s = clock.monotonic_s() + PATIENCE_S
    age = page.locator("#age")
    while not right(age.get_attribute("data-state") or ""):
        if clock.monotonic_s() > deadline_s:
            raise TimeoutError(f"after {PATIENCE_S:.0f} s the header says {age.inner_text()!r}")
        page.wait_for_timeout(STEP_S * 1000)
    return age.inner_text()


@contextmanager
def stopped(drill: Drilling, *words: str) -> Iterator[None]:
    """Processes of a drill that stand still, as if their machine were gone: all whose command line holds some words."""
    pids = below(drill.pid, *words)
    if not pids:
        raise LookupError(f"no process of the drill is called {' '.join(words)}")
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def below(pid: int, *names: str) -> list[int]:
    """Processes that descend from another and whose command line holds all of some words."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                parents[int(folder.name)] = int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[1])
                commands[int(folder.name)] = folder.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except (OSError, IndexError, ValueError):
                continue  # it has just ended
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(one for one in found - {pid} if all(name in commands[one] for name in names))


FAULTS: dict[str, Callable[[Drilling, Cable], AbstractContextManager[None]]] = {
    "workers": lambda drill, _: stopped(drill, "streams.cli.main", " worker "),
    "broker": lambda drill, _: stopped(drill, "kafka.Kafka"),
    "projector": lambda drill, _: stopped(drill, "streams.cli.main", " project "),
    "web": lambda drill, _: stopped(drill, "streams.cli.main", " web "),
    "network": lambda _, cable: cable.cut(),
}
"""How each fault is brought about; it ends with its context."""
