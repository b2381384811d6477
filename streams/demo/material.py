"""What the demo plays: residents and storm of the demo city, made once and kept until the city or their makers change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from streams.demo.residents import make_residents
from streams.demo.storm import make_storm

SOURCES = Path(__file__).parent


@dataclass(frozen=True)
class Material:
    """Files of the demo."""

    city: Path
    residents: Path
    observations: Path
    truth: Path


def prepare(city: Path, home: Path) -> Material:
    """Make residents and storm in a folder of their own, unless they stand there already."""
    folder = home / "demo"
    material = Material(city, folder / "residents.csv", folder / "observations.ndjson.gz", folder / "truth.json")
    stamp, made_of = folder / "made-of.txt", _fingerprint(city)
    if stamp.exists() and stamp.read_text("utf-8") == made_of:
        return material
    folder.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    make_residents(city, material.residents)
    make_storm(city, folder)
    stamp.write_text(made_of, encoding="utf-8")
    return material


def _fingerprint(city: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted([*city.iterdir(), *SOURCES.glob("*.py")]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
