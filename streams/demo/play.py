"""Plays the simulated storm through the live code, with the page beside it, and closes with tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.live import Live

from streams import clock
from streams.demo.material import prepare
from streams.demo.progress import Progress
from streams.demo.scoreboard import point_table, scores, zone_table
from streams.replay.child import running
from streams.replay.run import ReplayOptions, Stage, replay
from streams.replay.workers import WorkersError, worker_environment
from streams.settings import Settings
from streams.store.outbox import texts_by_zone

PAGE_PATIENCE_S = 30.0


@dataclass(frozen=True)
class DemoOptions:
    """What a demo is told."""

    city: Path
    out: Path
    speed: float = 60.0
    workers: int = 2
    broker: str | None = None
    port: int = 0


def play(options: DemoOptions, settings: Settings, console: Console) -> Mapping[str, object]:
    """Play the demo; returns the summary of the replay underneath."""
    console.print("The storm that follows is SIMULATED; the city, its people and their numbers are made up; no text leaves this machine.")
    material = prepare(options.city, settings.home)
    told = ReplayOptions(
        material.city,
        (material.observations,),
        options.out,
        options.speed,
        options.workers,
        residents=material.residents,
        broker=options.broker,
        model=settings.model,
    )
    with ExitStack() as stack:
        progress = Progress(console)

        @contextmanager
        def beside(stage: Stage) -> Iterator[None]:
            with _services(stage, settings, options.port) as page:
                progress.page = page
                console.print(f"Map and list: {page}")
                if console.is_terminal:
                    progress.live = stack.enter_context(Live(console=console, refresh_per_second=4))
                yield
                stack.close()  # the display ends before the tables begin
                console.print(point_table(stage.city, scores(stage.city, stage.collected.outputs.values())))
                console.print(zone_table(stage.city, texts_by_zone(stage.engine)))

        summary = replay(told, settings, progress, beside)
    console.print(f"Reading to warning: {summary['latency_ms']} ms. Readings: {summary['readings']}, workers: {summary['workers']}.")
    console.print(f"All that came out is in {options.out}")
    return summary


@contextmanager
def _services(stage: Stage, settings: Settings, port: int) -> Iterator[str]:
    """Projector, sender and page, each a process of its own as in production; gives the page's address."""
    environment = worker_environment(settings.inherited)
    ported = stage.folder / "web.port"
    commands = {
        "project": ["project", "--broker", stage.bootstrap, "--store", stage.store, "--prefix", stage.names.prefix],
        "send": ["send", "--store", stage.store],
        "web": ["web", "--city", stage.city.folder, "--store", stage.store, "--port", str(port), "--port-file", str(ported)],
    }
    with ExitStack() as stack:
        for name, arguments in commands.items():
            stack.enter_context(running(arguments, stage.folder, name, environment))
        deadline_s = clock.monotonic_s() + PAGE_PATIENCE_S
        while not ported.exists() or not ported.read_text("utf-8").strip():
            if clock.monotonic_s() > deadline_s:
                raise WorkersError(f"the page did not come up:\n{(stage.folder / 'web.log').read_text('utf-8', 'replace')[-1500:]}")
            clock.sleep_s(0.05)
        yield f"http://127.0.0.1:{ported.read_text('utf-8').strip()}/"
