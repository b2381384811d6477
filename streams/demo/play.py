"""Plays the simulated storm through the live code, with the page beside it, and closes with tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.live import Live
from sqlalchemy import Engine

from streams import clock
from streams.demo.material import prepare
from streams.demo.progress import Progress
from streams.demo.provider import Material, fake_provider, make_material
from streams.demo.scoreboard import point_table, scores, zone_table
from streams.replay.child import running
from streams.replay.run import ReplayOptions, Stage, replay
from streams.replay.workers import WorkersError, worker_environment
from streams.settings import Settings
from streams.store.outbox import account, texts_by_zone

PAGE_PATIENCE_S = 30.0
RECEIPTS_S = 5.0


@dataclass(frozen=True)
class DemoOptions:
    """What a demo is told; `provider` is "dry-run" or "fake", a stand-in of Twilio on this machine."""

    city: Path
    out: Path
    speed: float = 60.0
    workers: int = 2
    broker: str | None = None
    port: int = 0
    provider: str = "dry-run"


def play(options: DemoOptions, settings: Settings, console: Console) -> Mapping[str, object]:
    """Play the demo; returns the summary of the replay underneath."""
    console.print("The storm that follows is SIMULATED; the city, its people and their numbers are made up; no text leaves this machine.")
    material = prepare(options.city, settings.home)
    stack = ExitStack()
    made = make_material(Path(stack.enter_context(TemporaryDirectory()))) if options.provider == "fake" else None
    told = ReplayOptions(
        material.city,
        (material.observations,),
        options.out,
        options.speed,
        options.workers,
        residents=material.residents,
        broker=options.broker,
        model=settings.model,
        outbox=True,
        vault=made.vault if made else None,
    )
    with stack:
        progress = Progress(console)
        display = stack.enter_context(ExitStack())

        @contextmanager
        def beside(stage: Stage) -> Iterator[None]:
            with _services(stage, settings, options.port, made) as page:
                progress.page = page
                console.print(f"Map and list: {page}")
                if console.is_terminal:
                    progress.live = display.enter_context(Live(console=console, refresh_per_second=4))
                yield
                display.close()  # it ends before the tables begin
                console.print(point_table(stage.city, scores(stage.city, stage.collected.outputs.values())))
                console.print(zone_table(stage.city, texts_by_zone(stage.engine)))
                console.print(_account(stage.engine))

        summary = replay(told, settings, progress, beside)
    console.print(f"Reading to warning: {summary['latency_ms']} ms. Readings: {summary['readings']}, workers: {summary['workers']}.")
    console.print(f"All that came out is in {options.out}")
    return summary


def _account(engine: Engine) -> str:
    """What became of the texts, in a line."""
    deadline_s = clock.monotonic_s() + RECEIPTS_S
    while (states := account(engine))["accepted"] and clock.monotonic_s() < deadline_s:
        clock.sleep_s(0.1)  # a stand-in gives its receipts soon; a dry run gives none
    told = ", ".join(f"{state} {count:,}" for state, count in states.items() if count)
    return f"Texts: {sum(states.values()):,} targeted: {told or 'none'}"


@contextmanager
def _services(stage: Stage, settings: Settings, port: int, made: Material | None) -> Iterator[str]:
    """Projector, sender and page, each a process of its own as in production; gives the page's address."""
    environment = worker_environment(settings.inherited)
    ported = stage.folder / "web.port"
    commands = {
        "project": ["project", "--broker", stage.bootstrap, "--store", stage.store, "--prefix", stage.names.prefix],
        "send": ["send", "--store", stage.store],
        "web": ["web", "--city", stage.city.folder, "--store", stage.store, "--port", str(port), "--port-file", str(ported)],
    }
    with ExitStack() as stack:
        if made is not None:
            commands["send"] += stack.enter_context(fake_provider(stage, made, environment))
        for name, arguments in commands.items():
            stack.enter_context(running(arguments, stage.folder, name, environment))
        deadline_s = clock.monotonic_s() + PAGE_PATIENCE_S
        while not ported.exists() or not ported.read_text("utf-8").strip():
            if clock.monotonic_s() > deadline_s:
                raise WorkersError(f"the page did not come up:\n{(stage.folder / 'web.log').read_text('utf-8', 'replace')[-1500:]}")
            clock.sleep_s(0.05)
        yield f"http://127.0.0.1:{ported.read_text('utf-8').strip()}/"
