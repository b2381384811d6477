"""A tour of a drill in a real browser, as its people take it: each task in clicks, keys typed and seconds, with a picture of its end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import TimeoutError, sync_playwright

from streams import clock
from streams.bench.drilling import Drilling, token_of, wait_for_red
from streams.bench.pixels import CHROMIUM, FLAGS
from streams.demo.accounts import code_now, read_accounts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, ViewportSize

PATIENCE_MS = 60_000
WIDE, PHONE = (1440, 900), (390, 844)
MORE_MM = "50"
TRIES, TURN_MS = 5, 5_000


@dataclass(frozen=True)
class Task:
    """What somebody came to do, and what it took; `found` is what they read in the end."""

    who: str
    task: str
    clicks: int
    typed: int
    seconds: float
    found: str


@dataclass
class TourReport:
    """All tasks, in the order they were done."""

    tasks: list[Task] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """As text."""
        head = f"{'who':12} {'task':44} {'clicks':>6} {'keys':>5} {'s':>6}  what was found"
        rows = [f"{t.who:12} {t.task:44} {t.clicks:6} {t.typed:5} {t.seconds:6.1f}  {t.found[:110]}" for t in self.tasks]
        return [head, *rows, *(f"refused: {line}" for line in self.refused)]


class Hand:
    """A person at a page: what they press and type is counted."""

    def __init__(self, page: Page, who: str):
        self.page, self.who = page, who
        self.clicks = self.typed = 0

    def press(self, what: Locator) -> None:
        """One click."""
        self.clicks += 1
        what.first.click(timeout=PATIENCE_MS)

    def write(self, what: Locator, text: str) -> None:
        """Put a text into a field."""
        self.typed += len(text)
        what.first.fill(text, timeout=PATIENCE_MS)

    def read(self, what: Locator) -> str:
        """A text as it stands there, in one line."""
        what.first.wait_for(timeout=PATIENCE_MS)
        return re.sub(r"\s+", " ", what.first.inner_text(timeout=PATIENCE_MS)).strip()


class Tour:
    """The people of one drill, each in a browser context of their own.

    Parameters
    ----------
    address
        Of the pages, with a slash at its end.
    accounts
        File of the made-up accounts.
    pictures
        Folder for the pictures.
    """

    def __init__(self, browser: Browser, address: str, accounts: Path, pictures: Path):
        self._browser, self._address, self._accounts, self._pictures = browser, address, accounts, pictures
        self.report = TourReport()
        pictures.mkdir(parents=True, exist_ok=True)

    def take(self) -> TourReport:
        """Do everything, one after the other."""
        with self._person("forecaster") as forecaster, self._person("officer1") as first, self._person("officer2") as second:
            self._do(forecaster, "find the worst point", _worst_point)
            self._do(forecaster, f"what if {MORE_MM} mm more fell", _what_if)
            self._do(first, "sign a red evacuation", _sign)
            self._do(second, "sign it as the second officer", _sign_second)
            self._do(first, "find who was not reached", _not_reached)
            self._do(forecaster, "take over, if nobody has duty", _take_over)
            self._do(forecaster, "hand over the shift", _hand_over)
            self._do(first, "take over the shift", _take_over)
        with self._resident() as resident:
            self._do(resident, "find out whether one's road is under water", _own_road)
        return self.report

    def _do(self, hand: Hand, task: str, work: Callable[[Hand], str]) -> None:
        hand.clicks = hand.typed = 0
        begun_s = clock.monotonic_s()
        found = work(hand)
        self.report.tasks.append(Task(hand.who, task, hand.clicks, hand.typed, clock.monotonic_s() - begun_s, found))
        name = re.sub(r"[^a-z0-9]+", "-", f"{len(self.report.tasks):02} {task}".lower())
        hand.page.screenshot(path=self._pictures / f"{name}.png")

    @contextmanager
    def _person(self, name: str) -> Iterator[Hand]:
        """Somebody who has signed in, which is a task too."""
        context = self._browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, locale="en-GB")
        page = context.new_page()
        self._listen(page)
        page.goto(f"{self._address}console/")
        hand = Hand(page, name)
        self._do(hand, "sign in", lambda at: self._sign_in(at, name))
        yield hand
        context.close()

    @contextmanager
    def _resident(self) -> Iterator[Hand]:
        size: ViewportSize = {"width": PHONE[0], "height": PHONE[1]}
        context = self._browser.new_context(viewport=size, locale="en-GB", java_script_enabled=False, has_touch=True, is_mobile=True)
        page = context.new_page()
        self._listen(page)
        page.goto(f"{self._address}?lang=en")
        yield Hand(page, "resident")
        context.close()

    def _listen(self, page: Page) -> None:
        page.on("console", lambda message: self.report.refused.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: self._leaves(request.url))

    def _leaves(self, url: str) -> None:
        if not url.startswith((self._address, "data:", "blob:")):
            self.report.refused.append(f"asked for {url}")

    def _sign_in(self, hand: Hand, name: str) -> str:
        hand.write(hand.page.locator("#name"), name)
        hand.write(hand.page.locator("#password"), read_accounts(self._accounts)[name].password)
        hand.write(hand.page.locator("#code"), code_now(self._accounts, name, clock.now_us())[0])
        hand.press(hand.page.locator("button.main"))
        return hand.read(hand.page.locator("#sentence"))


def _worst_point(hand: Hand) -> str:
    hand.press(hand.page.locator("#needs a[href^='/console/point/']"))
    return hand.read(hand.page.locator("main h1"))


def _what_if(hand: Hand) -> str:
    hand.press(hand.page.locator("nav a[href='/console/what-if']"))
    hand.write(hand.page.locator("#amount-number"), MORE_MM)
    hand.page.locator("#counts-title").get_by_text(f"{MORE_MM} mm").wait_for(timeout=PATIENCE_MS)
    return f"{hand.read(hand.page.locator('#counts-title'))}: {hand.read(hand.page.locator('#counts'))}"


def _sign(hand: Hand) -> str:
    hand.press(hand.page.locator("#waits"))
    return _signed(hand)


def _sign_second(hand: Hand) -> str:
    hand.press(hand.page.locator("#waits"))
    return _signed(hand)


def _signed(hand: Hand) -> str:
    """The first draft of the list is the most dangerous one; it is chosen when the page comes up.

    A draft that changes under one's eyes closes the dialog: then one reads the new one.
    """
    check = hand.page.locator("dialog #dialog-check")
    for _ in range(TRIES):
        hand.press(hand.page.locator("#chosen button[data-act='sign']"))
        try:
            check.wait_for(timeout=TURN_MS)
            break
        except TimeoutError:
            continue
    hand.press(check)
    title = hand.read(hand.page.locator("dialog h2"))
    hand.press(hand.page.locator("dialog [data-confirm]"))
    outcome = hand.page.locator("#outcome").get_by_text(re.compile("counted|done|refused|no answer"))
    return f"{title} -> {hand.read(outcome)}"


def _not_reached(hand: Hand) -> str:
    hand.press(hand.page.locator("nav a[href='/console/delivery']"))
    hand.press(hand.page.get_by_role("button", name="Who was not reached, in all zones"))
    return hand.read(hand.page.locator("#unreached h2").get_by_text(re.compile(r"\d+ people")))


def _hand_over(hand: Hand) -> str:
    hand.press(hand.page.locator("button[data-act='hand-over']"))
    hand.write(hand.page.locator("#handing textarea"), "River rising. Two zones evacuated. Watch the pumps.")
    hand.press(hand.page.locator("#handing [data-confirm]"))
    return hand.read(hand.page.locator("#holder blockquote"))


def _take_over(hand: Hand) -> str:
    hand.press(hand.page.locator("nav a[href='/console/duty']"))
    hand.press(hand.page.locator("button[data-act='take-over']"))
    hand.press(hand.page.locator("#handing [data-confirm]"))
    return hand.read(hand.page.locator("#told").get_by_text("You have duty now."))


def _own_road(hand: Hand) -> str:
    hand.press(hand.page.locator("main a[href^='/road/']"))
    return hand.read(hand.page.locator(".sentence"))


def take_tour(drill: Drilling, pictures: Path) -> TourReport:
    """Take the tour of a drill, as soon as a red draft waits.

    Raises
    ------
    playwright.sync_api.TimeoutError
        Where something cannot be found on a page.
    """
    wait_for_red(drill, token_of(drill, "viewer"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            return Tour(browser, drill.address, drill.accounts, pictures).take()
        finally:
            browser.close()
