"""What a sender and a provider do to the rows of an outbox, without either of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine

from streams.delivery.job import Job
from streams.delivery.lattice import AttemptState, Said
from streams.observation.moments import SECOND_US
from streams.store.attempts import Word, hear
from streams.store.claims import claim
from streams.store.outbox import issued_us
from streams.store.residents import import_residents
from tests.streams.store.town import CITY, VAULT, order, write_csv

RELEASED_US = issued_us(order().issued_at)
HEADER = "phone,language,zone_id,floor,mobility,address,contact"


def at(seconds: float) -> int:
    """So long after the first order of `town.order` was released."""
    return RELEASED_US + round(seconds * SECOND_US)


def settle_doors(engine: Engine, folder: Path, rows: Iterable[str]) -> None:
    """People whose doors are known; the first is R000001."""
    import_residents(engine, write_csv(folder / "doors.csv", rows, HEADER), CITY, VAULT)


def begin(engine: Engine, seconds: float = 1, most: int = 1000, kind: str = "sms") -> dict[str, Job]:
    """Claim what is due, by resident."""
    jobs = claim(engine, kind, "me", "fake", at(seconds), most, expires=False).jobs
    return {job.resident: job for job in jobs}


def say(engine: Engine, job: Job, state: AttemptState, code: str = "", seconds: float = 2) -> None:
    """Have a provider say something of a post; what it has taken has an id."""
    provider_id = None if state in ("unknown", "refused") else f"M{job.attempt}"
    hear(engine, [Word(job.attempt, Said(state, code), provider_id)], at(seconds))
