"""Providers and databases that fail, with the ledger of the fake as the judge: nobody is lost, nobody is texted twice."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from streams import clock
from streams.bench.kill_child import open_rows
from streams.bench.receipts_child import listening
from streams.bench.sending_town import number, order, settle
from streams.bench.trial import Stand, fork_server, stand
from streams.fake_twilio.behaviour import Behaviour, Fault
from streams.fake_twilio.ledger import Entry
from streams.fake_twilio.process import FakeTwilio
from streams.store.attempts import NOT_BEGUN
from streams.store.engine import reading
from streams.store.outbox import account, write_order
from streams.store.outbox_schema import ATTEMPTS

log = logging.getLogger(__name__)

RED, YELLOW = "R1", "Y1"
OPEN = ("pending", "claimed", "unknown", "accepted", "sent")
PATIENCE_S = 180.0


@dataclass(frozen=True)
class Outcome:
    """What came of one fault.

    Attributes
    ----------
    posts, attempts
        What the fake was asked for, refused or not, and what is on record as posted.
    red_first
        Of the texts that the fake took last, once it worked again, how many reds came after the first yellow.
    """

    name: str
    targeted: int
    states: dict[str, int]
    lost: int
    doubled: int
    posts: int
    attempts: int
    took_s: float
    reds_behind: int | None = None

    @property
    def sound(self) -> bool:
        """Whether all are delivered, each once."""
        return self.lost == self.doubled == 0 and self.states.get("delivered", 0) == self.targeted

    def __str__(self) -> str:
        states = ", ".join(f"{name} {count:,}" for name, count in self.states.items() if count)
        behind = "" if self.reds_behind is None else f", reds behind a yellow {self.reds_behind}"
        return (
            f"{self.name:36} targeted {self.targeted:,}: {states}; lost {self.lost}, doubled {self.doubled},"
            f" posts {self.posts:,} for {self.attempts:,} attempts{behind}, {self.took_s:.0f} s"
        )


def outages(
    folder: Path,
    people: int = 2_000,
    down_s: float = 600.0,
    tell: Callable[[str], None] = lambda _: None,
    refused_s: float = 60.0,
) -> list[Outcome]:
    """Try each fault on fresh people, half of them red and half yellow."""
    faults: dict[str, Behaviour] = {
        "replies lost on 5 % of posts": Behaviour(dropped=Fault(0.05)),
        "500 twice": Behaviour(error_before=Fault(1.0, count=2)),
        "500 after creation on 5 % of posts": Behaviour(error_after=Fault(0.05)),
        f"429 on 80 % of posts for {refused_s:.0f} s": Behaviour(too_many=Fault(0.8, seconds=refused_s)),
        "callbacks repeated, in any order": Behaviour(shuffled=True, repeated=2),
        "a fifth of the callbacks withheld": Behaviour(withheld=Fault(0.2)),
    }
    found = []
    context = fork_server()
    for run, (name, behaviour) in enumerate(faults.items()):
        with FakeTwilio(behaviour) as fake, stand(f"sqlite:///{folder / f'fault-{run}.db'}", fake, context) as here:
            found.append(_tried(here, name, run, people, lambda: None))
            tell(str(found[-1]))
    with FakeTwilio(Behaviour(down="unavailable")) as fake, stand(f"sqlite:///{folder / 'down.db'}", fake, context) as here:

        def come_back() -> None:
            clock.sleep_s(down_s)
            fake.control.set(down="")

        found.append(_tried(here, f"provider down for {down_s:.0f} s", 50, people, come_back, red_first=True))
        tell(str(found[-1]))
    return found


def database_away(url: str, away: Callable[[], None], back: Callable[[], None], people: int = 2_000, away_s: float = 30.0) -> Outcome:
    """Take the database away while texts go out and receipts come in."""
    with FakeTwilio() as fake, stand(url, fake, fork_server()) as here:

        def trouble() -> None:
            here.wait(lambda: fake.stats().created >= people // 5, 60)
            away()
            clock.sleep_s(away_s)
            back()

        return _tried(here, f"database away for {away_s:.0f} s", 70, people, trouble, segments_per_s=200.0)


def _tried(
    here: Stand,
    name: str,
    run: int,
    people: int,
    trouble: Callable[[], None],
    *,
    red_first: bool = False,
    segments_per_s: float = 1e6,
) -> Outcome:
    settle(here.engine, here.vault, run, ((person, RED if person % 2 else YELLOW) for person in range(people)))
    begun_s = clock.monotonic_s()
    with ExitStack() as stack:
        receipts = stack.enter_context(listening(here.context, here.told))
        stack.callback(here.end)
        write_order(here.engine, order(YELLOW, level=2))
        write_order(here.engine, order(RED, level=4))
        here.start(public_url=receipts.url, segments_per_s=segments_per_s)
        trouble()
        here.wait(lambda: not open_rows(here.engine, OPEN), PATIENCE_S)
        took_s = clock.monotonic_s() - begun_s
        here.fake.control.wait_until_quiet()
    return _outcome(here, name, run, people, took_s, red_first)


def _outcome(here: Stand, name: str, run: int, people: int, took_s: float, red_first: bool) -> Outcome:
    entries, stats = here.fake.ledger(), here.fake.stats()
    came = Counter(entry.to for entry in entries)
    posted = select(func.count()).select_from(ATTEMPTS).where(ATTEMPTS.c.code != NOT_BEGUN)
    with reading(here.engine) as connection:
        attempts = connection.execute(posted).scalar_one()
    return Outcome(
        name=name,
        targeted=people,
        states=account(here.engine),
        lost=sum(1 for person in range(people) if not came[number(run, person)]),
        doubled=sum(count - 1 for count in came.values()),
        posts=sum(stats.posts.values()),
        attempts=attempts,
        took_s=took_s,
        reds_behind=_behind(entries, run, people) if red_first else None,
    )


def _behind(entries: list[Entry], run: int, people: int) -> int:
    """Reds that the provider took after a yellow."""
    reds = {number(run, person) for person in range(people) if person % 2}
    first = next((place for place, entry in enumerate(entries) if entry.to not in reds), len(entries))
    return sum(entry.to in reds for entry in entries[first:])
