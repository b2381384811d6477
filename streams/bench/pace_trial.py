"""The pace of a line against the ledger of the fake: no second has more than it may, and red waits for no yellow."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from streams import clock
from streams.bench.sending_town import number, order, settle, store_at
from streams.bench.trial import Stand, fork_server, stand
from streams.fake_twilio.behaviour import Behaviour
from streams.fake_twilio.ledger import Entry
from streams.fake_twilio.process import FakeTwilio
from streams.observation.moments import SECOND_US
from streams.store.outbox import write_order
from streams.store.senders import sharing

LONG = {"zh": "水" * 150}
"""A text of three segments."""
SECONDS = 60


@dataclass(frozen=True)
class PaceReport:
    """What the ledger says of a line, and how long the reds took."""

    figures: list[tuple[str, float, int, float]]
    red_s: list[float]
    share_s: float
    yellow: int
    red: int

    def lines(self) -> list[str]:
        """As text."""
        found = [
            f"{name:42} asked {rate:g} segments/s: most in any second {most}, average {average:.2f}"
            for name, rate, most, average in self.figures
        ]
        times = ", ".join(f"{each:.2f}" for each in self.red_s)
        reds = f"{self.red:,} red after {self.yellow:,} yellow: the last accepted after {times} s"
        return [*found, f"{reds}; their share of the pace {self.share_s:.1f} s"]


def most_in_a_second(entries: Sequence[Entry]) -> int:
    """The most segments that came within any second."""
    window: deque[Entry] = deque()
    within = most = 0
    for entry in sorted(entries, key=lambda one: one.created_us):
        window.append(entry)
        within += entry.segments
        while entry.created_us - window[0].created_us >= SECOND_US:
            within -= window.popleft().segments
        most = max(most, within)
    return most


def average(entries: Sequence[Entry]) -> float:
    """Segments a second, from the first to the last, the last one's own second included."""
    times = [entry.created_us for entry in entries]
    return sum(entry.segments for entry in entries) / ((max(times) - min(times)) / SECOND_US + 1)


def pace_trial(folder: Path, seconds: int = SECONDS, yellow: int = 100_000, red: int = 500, times: int = 3) -> PaceReport:
    """Send at a pace by one sender and by two, and let reds come while yellows wait."""
    context = fork_server()
    figures = []
    with FakeTwilio(Behaviour(step_s=(0.0, 0.0))) as fake:
        ways = (("one sender, texts of one segment", 1, None, 10.0), ("two senders, texts of one segment", 2, None, 10.0))
        for run, (name, senders, texts, rate) in enumerate((*ways, ("one sender, texts of three segments", 1, LONG, 10.0))):
            with stand(store_at(folder, f"pace-{run}.db"), fake, context) as here:
                entries = _paced(here, run, senders, texts, rate, seconds)
            figures.append((name, rate, most_in_a_second(entries), average(entries)))
        with stand(store_at(folder, "red.db"), fake, context) as here:
            share_s, red_s = _red_after_yellow(here, yellow, red, times)
    return PaceReport(figures, red_s, share_s, yellow, red)


def _paced(here: Stand, run: int, senders: int, texts: dict[str, str] | None, rate: float, seconds: int) -> list[Entry]:
    people = int(rate * seconds)
    settle(here.engine, here.vault, run, ((person, "Z1") for person in range(people)))
    before = here.fake.stats().created
    for name in range(senders):
        here.start(segments_per_s=rate, owner=f"sender-{name}")
    # all have shown their pulse before anything is due: who joins later takes its share with its first one
    here.wait(lambda: sharing(here.engine, "fake", clock.now_us()) == senders, 20)
    write_order(here.engine, order("Z1", texts=texts))
    size = 3 if texts else 1
    here.wait(lambda: (here.fake.stats().created - before) * size >= people // senders, people / rate * 3 + 30)
    return here.fake.ledger(before)


def _red_after_yellow(here: Stand, yellow: int, red: int, times: int, rate: float = 100.0) -> tuple[float, list[float]]:
    """How long the last of the reds took, each time."""
    zones = [("Y", range(yellow))] + [(f"R{turn}", range(yellow + turn * red, yellow + (turn + 1) * red)) for turn in range(times)]
    settle(here.engine, here.vault, 90, ((person, zone) for zone, people in zones for person in people))
    before = here.fake.stats().created
    write_order(here.engine, order("Y", level=2))
    here.start(segments_per_s=rate)
    here.wait(lambda: here.fake.stats().created - before > 2 * rate, 60)
    took = []
    for turn in range(times):
        place = here.fake.stats().created
        begun_us = clock.now_us()
        write_order(here.engine, order(f"R{turn}", level=4))
        wanted = {number(90, person) for person in zones[turn + 1][1]}
        here.wait(lambda place=place, wanted=wanted: wanted <= {entry.to for entry in here.fake.ledger(place)}, 60)  # type: ignore[misc]
        took.append(max(entry.created_us for entry in here.fake.ledger(place) if entry.to in wanted) / SECOND_US - begun_us / SECOND_US)
    return red / rate, took
