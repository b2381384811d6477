"""Plays a recorded storm in Exercise through the live code, with the console beside it, and stays up when the storm is over."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from streams.demo.beside import Beside, provider_material
from streams.demo.city import FOLDER
from streams.demo.material import prepare
from streams.drill.folder import make_drill_city
from streams.replay.recording import RecordingError
from streams.replay.run import ReplayOptions, replay
from streams.settings import Settings

SPEED = 6.0
"""Log seconds per second: fast enough for a lesson, slow enough to think."""


@dataclass(frozen=True)
class DrillOptions:
    """What a drill is told.

    Attributes
    ----------
    city, inputs, residents
        Whose storm is played, and who lives there; the demo's where nothing is named. Only made-up numbers are taken.
    provider
        "dry-run" or "fake", a stand-in of Twilio on this machine.
    """

    out: Path
    city: Path = FOLDER
    inputs: tuple[Path, ...] = ()
    residents: Path | None = None
    speed: float = SPEED
    workers: int = 2
    broker: str | None = None
    port: int = 0
    provider: str = "dry-run"


def run_drill(options: DrillOptions, settings: Settings, console: Console, stop: threading.Event) -> Mapping[str, object]:
    """Play a drill and stay until `stop` is set; returns the summary of the replay underneath.

    Raises
    ------
    CityError, RecordingError, BrokerFailed, WorkersError
        With what is wrong and what to do.
    """
    console.print("This is an EXERCISE: the storm is a recording, every message says so, and no text leaves this machine.")
    inputs, residents = _storm(options, settings)
    runs = settings.home / "runs"
    runs.mkdir(parents=True, exist_ok=True)

    def stay() -> None:
        console.print("The storm is over. The pages stay up until Ctrl-C.")
        stop.wait()

    with TemporaryDirectory(prefix="drill-", dir=runs) as folder, provider_material(options.provider) as made:
        city = make_drill_city(options.city, Path(folder) / "city")
        told = ReplayOptions(
            Path(city.folder),
            inputs,
            options.out,
            options.speed,
            options.workers,
            residents=residents,
            broker=options.broker,
            model=settings.model,
            outbox=True,
            vault=made.vault if made and residents else None,
        )
        beside = Beside("drill", console, settings, options.port, made, "EXERCISE", stay)
        return replay(told, settings, beside.progress, beside)


def _storm(options: DrillOptions, settings: Settings) -> tuple[tuple[Path, ...], Path | None]:
    """Files of the storm, and of the people."""
    if options.city.resolve() == FOLDER.resolve() and not (options.inputs and options.residents):
        material = prepare(options.city, settings.home)
        return options.inputs or (material.observations,), options.residents or material.residents
    if not options.inputs:
        raise RecordingError(f"there is no storm for {options.city}: name a recording with --input (docs/importing.md, docs/archive.md)")
    return options.inputs, options.residents
