"""The pace of a line: no second lets more go than it may, what arrives is held against that, and red waits for no yellow."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path

from sqlalchemy import select

from streams import clock
from streams.bench.sending_town import number, order, settle, store_at
from streams.bench.trial import Stand, fork_server, stand
from streams.fake_twilio.behaviour import Behaviour
from streams.fake_twilio.process import FakeTwilio
from streams.observation.moments import SECOND_US
from streams.store.engine import reading
from streams.store.outbox import write_order
from streams.store.outbox_schema import SENDERS
from streams.store.senders import sharing

LONG = {"zh": "水" * 150}
"""A text of three segments."""
SECONDS = 60
JOINED_S = 30.0


@dataclass(frozen=True)
class PaceRun:
    """Texts of one size that went at a pace: when each was let go, and when each came to the provider, both in order.

    What a sender can keep is when it lets go. How long a post is under way is for the net and the machine to say: posts that left a
    second apart may arrive within one where the second was quicker. So letting go is judged strictly, and arrivals in a second that is
    shorter by what posts were under way for longer than others (`jitter_us`): in that, too, no more may arrive, however slow the machine,
    unless somebody posts without asking the pace.
    """

    name: str
    asked: float
    segments: int
    let_go_us: list[int]
    arrived_us: list[int]

    @property
    def let_go_most(self) -> int:
        """The most segments that were let go in any second."""
        return self.segments * most_within(self.let_go_us, SECOND_US)

    @property
    def arrived_most(self) -> int:
        """The most segments that arrived in any second."""
        return self.segments * most_within(self.arrived_us, SECOND_US)

    @property
    def arrived_most_but_jitter(self) -> int:
        """The most segments that arrived in any second that is shorter by the jitter."""
        return self.segments * most_within(self.arrived_us, SECOND_US - self.jitter_us)

    @property
    def under_way_us(self) -> list[int]:
        """From the n-th that was let go to the n-th that arrived; less than nothing where one arrived that nobody had let go."""
        return [arrived - let_go for let_go, arrived in zip(self.let_go_us, self.arrived_us, strict=False)]

    @property
    def jitter_us(self) -> int:
        """How much longer the slowest was under way than the quickest."""
        return max(self.under_way_us) - min(self.under_way_us)

    @property
    def unasked(self) -> int:
        """How many arrived before the pace had let so many go."""
        return sum(under_way < 0 for under_way in self.under_way_us) + max(0, len(self.arrived_us) - len(self.let_go_us))

    @property
    def average(self) -> float:
        """Segments a second, from the first arrival to the last, the last one's own second included."""
        return len(self.arrived_us) * self.segments / ((self.arrived_us[-1] - self.arrived_us[0]) / SECOND_US + 1)

    @property
    def kept(self) -> bool:
        """Whether the pace that was asked for was kept."""
        return max(self.let_go_most, self.arrived_most_but_jitter) <= self.asked and not self.unasked

    def __str__(self) -> str:
        """As text."""
        return (
            f"{self.name:42} asked {self.asked:g} segments/s: most let go in any second {self.let_go_most}, arrived {self.arrived_most} "
            f"(jitter {self.jitter_us / 1000:.0f} ms), average {self.average:.2f}{'' if self.kept else ': NOT KEPT'}"
        )


@dataclass(frozen=True)
class RedRun:
    """Reds that came while yellows waited: seconds until the last was accepted, and how many yellows the provider took meanwhile."""

    took_s: float
    yellow_before: int


@dataclass(frozen=True)
class PaceReport:
    """What became of the pace, and how long the reds took."""

    runs: list[PaceRun]
    reds: list[RedRun]
    share_s: float
    yellow: int
    red: int

    def lines(self) -> list[str]:
        """As text."""
        times = ", ".join(f"{each.took_s:.2f}" for each in self.reds)
        between = ", ".join(str(each.yellow_before) for each in self.reds)
        reds = f"{self.red:,} red after {self.yellow:,} yellow: the last accepted after {times} s, {between} yellow before it"
        return [*map(str, self.runs), f"{reds}; their share of the pace {self.share_s:.1f} s"]


def most_within(moments_us: Sequence[int], window_us: int) -> int:
    """The most moments, of some in order, within any window of a length."""
    window: deque[int] = deque()
    most = 0
    for moment_us in moments_us:
        window.append(moment_us)
        while moment_us - window[0] >= max(window_us, 1):
            window.popleft()
        most = max(most, len(window))
    return most


def pace_trial(folder: Path, seconds: int = SECONDS, yellow: int = 100_000, red: int = 500, times: int = 3) -> PaceReport:
    """Send at a pace by one sender and by two, and let reds come while yellows wait."""
    context = fork_server()
    with FakeTwilio(Behaviour(step_s=(0.0, 0.0))) as fake:
        ways = (("one sender, texts of one segment", 1, None), ("two senders, texts of one segment", 2, None))
        runs = [
            pace_run(folder, fake, context, run, name, senders, texts, seconds)
            for run, (name, senders, texts) in enumerate((*ways, ("one sender, texts of three segments", 1, LONG)))
        ]
        with stand(store_at(folder, "red.db"), fake, context) as here:
            share_s, reds = _red_after_yellow(here, yellow, red, times)
    return PaceReport(runs, reds, share_s, yellow, red)


def pace_run(
    folder: Path,
    fake: FakeTwilio,
    context: ForkServerContext,
    run: int,
    name: str,
    senders: int,
    texts: dict[str, str] | None,
    seconds: int,
    asked: float = 10.0,
    told: float | None = None,
) -> PaceRun:
    """Send for so long at the pace that is asked for; `told` is the pace that senders are told instead, to see that it is found out."""
    people, size = int(asked * seconds), 3 if texts else 1
    files = [folder / f"let-go-{run}-{sender}" for sender in range(senders)]
    with stand(store_at(folder, f"pace-{run}.db"), fake, context) as here:
        settle(here.engine, here.vault, run, ((person, "Z1") for person in range(people)))
        before = fake.stats().created
        for sender, file in enumerate(files):
            here.start(segments_per_s=told or asked, owner=f"sender-{sender}", let_go=str(file))
        _wait_for_shares(here, senders)
        write_order(here.engine, order("Z1", texts=texts))
        here.wait(lambda: (fake.stats().created - before) * size >= people // senders, people / asked * 3 + 30)
        arrived_us = sorted(entry.created_us for entry in fake.ledger(before))
    let_go_us = sorted(int(line) for file in files for line in file.read_text("ascii").split())
    return PaceRun(name, asked, size, let_go_us, arrived_us)


def _wait_for_shares(here: Stand, senders: int) -> None:
    """Until each sender has heard how many share the line, and has taken its part: that is sure by its second pulse after all are there.

    A sender that joins leaves the others two seconds for it, which a crowded machine may not keep.
    """
    here.wait(lambda: sharing(here.engine, "fake", clock.now_us()) == senders, JOINED_S)
    for _ in range(2):
        since_us = clock.now_us()
        here.wait(lambda since_us=since_us: min(_pulses_us(here)) > since_us, JOINED_S)  # type: ignore[misc]


def _pulses_us(here: Stand) -> list[int]:
    with reading(here.engine) as connection:
        return list(connection.scalars(select(SENDERS.c.beat_us)))


def _red_after_yellow(here: Stand, yellow: int, red: int, times: int, rate: float = 100.0) -> tuple[float, list[RedRun]]:
    """How long the last of the reds took, and how many yellows went before it, each time."""
    zones = [("Y", range(yellow))] + [(f"R{turn}", range(yellow + turn * red, yellow + (turn + 1) * red)) for turn in range(times)]
    settle(here.engine, here.vault, 90, ((person, zone) for zone, people in zones for person in people))
    before = here.fake.stats().created
    write_order(here.engine, order("Y", level=2))
    here.start(segments_per_s=rate)
    here.wait(lambda: here.fake.stats().created - before > 2 * rate, 60)
    reds = [_red(here, f"R{turn}", {number(90, person) for person in zones[turn + 1][1]}) for turn in range(times)]
    return red / rate, reds


def _red(here: Stand, zone: str, wanted: set[str]) -> RedRun:
    place, begun_us = here.fake.stats().created, clock.now_us()
    write_order(here.engine, order(zone, level=4))
    written = here.fake.stats().created
    here.wait(lambda: wanted <= {entry.to for entry in here.fake.ledger(place)}, 60)
    last_us = max(entry.created_us for entry in here.fake.ledger(place) if entry.to in wanted)
    others = sum(entry.to not in wanted and entry.created_us <= last_us for entry in here.fake.ledger(written))
    return RedRun((last_us - begun_us) / SECOND_US, others)
