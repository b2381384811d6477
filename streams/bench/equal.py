"""Replays one recording in many ways and compares what they write, byte by byte (law 4), with crashes on the way."""

from __future__ import annotations

import filecmp
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from streams import clock
from streams.replay.run import ReplayOptions, Stage, Watch, replay
from streams.settings import Settings

COMPARED = ("forecasts.ndjson", "warnings.ndjson", "orders.ndjson", "messages.ndjson", "dead_letters.ndjson")
SLOW = 300.0
BROKER_STOP_S = 30.0


@dataclass
class Trouble:
    """Something that goes wrong once a share of the readings has been sent; `recovered_s` says how long until what was hit moved again."""

    shares: list[float]
    act: Callable[[Stage, Trouble], None]
    recovered_s: list[float] = field(default_factory=list)
    _hit: dict[int, float] = field(default_factory=dict)

    def __call__(self, stage: Stage) -> None:
        """Watch a replay and act when it is time."""
        for partition, since_s in list(self._hit.items()):
            if stage.collected.moved_s.get(partition, 0.0) > since_s:
                self.recovered_s.append(stage.collected.moved_s[partition] - since_s)
                del self._hit[partition]
        if self.shares and stage.sent.readings >= self.shares[0] * len(stage.recording):
            del self.shares[0]
            self.act(stage, self)

    def hit(self, partitions: list[int]) -> None:
        """Note what was hit, and when."""
        self._hit.update(dict.fromkeys(partitions, clock.monotonic_s()))


def kill_one(stage: Stage, trouble: Trouble) -> None:
    """Kill -9 the worker that serves most."""
    name = max(stage.workers.names, key=lambda worker: len(stage.workers.share(worker)))
    partitions = stage.workers.share(name)
    stage.workers.kill(name)
    trouble.hit(partitions)


def stop_broker(stage: Stage, trouble: Trouble) -> None:
    """Stop the broker for half a minute."""
    if stage.broker is None:
        raise ValueError("only a broker of the replay's own can be stopped")
    stage.broker.stop()
    clock.sleep_s(BROKER_STOP_S)
    stage.broker.start()


@dataclass(frozen=True)
class Variant:
    """One way to replay."""

    name: str
    changes: Mapping[str, object]
    trouble: Callable[[], Trouble | None] = lambda: None


VARIANTS = (
    Variant("three workers", {"workers": 3}),
    Variant("batches of 1", {"batch_size": 1}),
    Variant("batches of 7", {"batch_size": 7}),
    Variant(f"speed {SLOW:g}", {"speed": SLOW}),
    Variant("one worker killed -9 three times", {"speed": SLOW}, lambda: Trouble([0.25, 0.5, 0.75], kill_one)),
    Variant("three workers, killed -9 three times", {"workers": 3, "speed": SLOW}, lambda: Trouble([0.25, 0.5, 0.75], kill_one)),
    Variant("broker stopped for 30 s", {"workers": 2, "speed": SLOW}, lambda: Trouble([0.5], stop_broker)),
)


@dataclass(frozen=True)
class Compared:
    """How one variant came out: files that differ (none, by law 4), seconds, outputs twice, and seconds from hit to next message."""

    name: str
    differing: list[str]
    seconds: float
    doubled: int
    differing_doubles: int
    recovered_s: list[float]


def compare(options: ReplayOptions, settings: Settings, variants: tuple[Variant, ...] = VARIANTS) -> Iterator[Compared]:
    """Replay once plainly and once for each variant; yields as it goes."""
    base = replace(options, out=options.out / "base")
    replay(base, settings)
    for variant in variants:
        out = options.out / variant.name.replace(" ", "-")
        trouble = variant.trouble()
        watch: Watch | None = trouble
        begun_s = clock.monotonic_s()
        summary = replay(replace(options, out=out, **dict(variant.changes)), settings, watch)  # type: ignore[arg-type]
        took_s = clock.monotonic_s() - begun_s
        differing = differing_files(base.out, out)
        recovered = trouble.recovered_s if trouble else []
        yield Compared(variant.name, differing, took_s, _int(summary, "outputs_doubled"), _int(summary, "outputs_differing"), recovered)


def differing_files(first: Path, second: Path) -> list[str]:
    """Names of the files of a replay that are not the same to the byte."""
    return [name for name in COMPARED if not filecmp.cmp(first / name, second / name, shallow=False)]


def _int(summary: Mapping[str, object], name: str) -> int:
    value = summary[name]
    return value if isinstance(value, int) else 0
