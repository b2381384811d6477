"""An order for a hundred thousand of a million: rows, first post, posts a second, memory; and an all-clear while half is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from streams import clock
from streams.bench.kill_child import open_rows
from streams.bench.sending_town import TEXTS, number, order, settle
from streams.bench.times import resident_mb
from streams.bench.trial import Stand, fork_server, stand
from streams.fake_twilio.behaviour import Behaviour
from streams.fake_twilio.process import FakeTwilio
from streams.observation.moments import SECOND_US
from streams.store.outbox import write_order

ALL_CLEAR = {"zh": "【演示市防汛】解除：人民路地道积水已退。", "en": "Demo: all clear."}


@dataclass
class SizeReport:
    """Figures of each time, seconds, posts a second and megabytes."""

    residents: int
    targeted: int
    import_s: float = 0.0
    rows_s: list[float] = field(default_factory=list)
    first_post_s: list[float] = field(default_factory=list)
    posts_per_s: list[float] = field(default_factory=list)
    memory_mb: dict[str, float] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """As text."""

        def told(values: list[float], form: str) -> str:
            return ", ".join(format(value, form) for value in values)

        memory = ", ".join(f"{name} {size:.0f} MB" for name, size in self.memory_mb.items())
        return [
            f"{self.residents:,} residents put in in {self.import_s:.1f} s",
            f"order for {self.targeted:,}: rows standing after {told(self.rows_s, '.2f')} s",
            f"first post after that commit: {told(self.first_post_s, '.2f')} s",
            f"posts a second until the last was accepted: {told(self.posts_per_s, ',.0f')}",
            f"memory: {memory}",
        ]


def city_size(url: str, residents: int = 1_000_000, targeted: int = 100_000, times: int = 3) -> SizeReport:
    """Measure on a store that is empty."""
    report = SizeReport(residents, targeted)
    with FakeTwilio(Behaviour(step_s=(0.0, 0.0), course=("delivered",))) as fake, stand(url, fake, fork_server()) as here:
        begun_s = clock.monotonic_s()
        zones = max(1, residents // targeted)
        settle(here.engine, here.vault, 1, ((person, f"Z{person % zones}") for person in range(residents)))
        report.import_s = clock.monotonic_s() - begun_s
        sender = here.start(batch=500)
        for turn in range(times):
            _order(here, turn, report)
        report.memory_mb = {"dispatch": resident_mb(), "sender": resident_mb(sender.pid)}
    return report


def _order(here: Stand, turn: int, report: SizeReport) -> None:
    before = here.fake.stats().created
    begun_s = clock.monotonic_s()
    rows = write_order(here.engine, order(f"Z{turn}"))
    committed_us = clock.now_us()
    report.rows_s.append(clock.monotonic_s() - begun_s)
    here.wait(lambda: here.fake.stats().created >= before + rows, 600)
    accepted_us = clock.now_us()
    entries = here.fake.ledger(before)
    report.first_post_s.append((min(entry.created_us for entry in entries) - committed_us) / SECOND_US)
    report.posts_per_s.append(rows / ((accepted_us - committed_us) / SECOND_US))
    here.wait(lambda: not open_rows(here.engine, ("pending", "claimed")), 60)


@dataclass(frozen=True)
class CancelReport:
    """What an all-clear with half sent did."""

    sent: int
    late: int
    last_s: float
    cleared: int
    strangers: int
    forgotten: int

    def lines(self) -> list[str]:
        """As text."""
        return [
            f"all-clear after {self.sent:,} of the warning: the last of the old {self.last_s:.2f} s after it, {self.late} later than 1 s",
            f"the all-clear went to {self.cleared:,}: {self.strangers} who had no warning, {self.forgotten} warned who got none",
        ]


def cancel_half(folder: Path, residents: int = 2_000, rate: float = 200.0) -> CancelReport:
    """Call a warning off when half of it is sent."""
    url = f"sqlite:///{folder / 'cancel.db'}"
    with FakeTwilio(Behaviour(step_s=(0.0, 0.0))) as fake, stand(url, fake, fork_server()) as here:
        settle(here.engine, here.vault, 1, ((person, "Z1") for person in range(residents)))
        here.start(segments_per_s=rate)
        write_order(here.engine, order("Z1"))
        here.wait(lambda: fake.stats().created >= residents // 2, 120)
        write_order(here.engine, order("Z1", 2, "Cancel", texts=ALL_CLEAR))
        called_us = clock.now_us()
        here.wait(lambda: not open_rows(here.engine, ("pending", "claimed", "unknown")), 120)
        entries = fake.ledger()
    old = [entry for entry in entries if entry.body == TEXTS["zh"]]
    new = [entry for entry in entries if entry.body == ALL_CLEAR["zh"]]
    warned, cleared = {entry.to for entry in old}, {entry.to for entry in new}
    assert warned | cleared <= {number(1, person) for person in range(residents)}
    last_s = (max(entry.created_us for entry in old) - called_us) / SECOND_US
    late = sum(entry.created_us > called_us + SECOND_US for entry in old)
    return CancelReport(len(old), late, last_s, len(new), len(cleared - warned), len(warned - cleared))
