"""Plays the simulated storm through the live code, with the pages beside it, and closes with tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from streams.demo.beside import Beside, provider_material
from streams.demo.material import prepare
from streams.replay.run import ReplayOptions, replay
from streams.settings import Settings


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
    with provider_material(options.provider) as made:
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
        beside = Beside("demo", console, settings, options.port, made, truth=material.truth)
        summary = replay(told, settings, beside.progress, beside)
    console.print(f"Reading to warning: {summary['latency_ms']} ms. Readings: {summary['readings']}, workers: {summary['workers']}.")
    console.print(f"All that came out is in {options.out}")
    return summary
