"""A town of two zones, its people and its orders."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from streams.city.model import City, Public, Zone
from streams.people.vault import PeopleVault
from streams.rules.outputs import Order
from streams.senders.dry_run import DryRun
from streams.senders.sender import Sender
from streams.store.residents import ImportedResidents, import_residents

CITY = City(name="T", time_zone="Asia/Shanghai", districts=("D1",), zones=(Zone("Z1", "D1", {}), Zone("Z2", "D1", {})))
LIVE = City(name="T", time_zone="Asia/Shanghai", districts=("D1",), zones=CITY.zones, public=Public(live=True))
VAULT = PeopleVault(b"only for tests, thirty-two bytes")
HEADER = "resident_id,phone,language,zone_id"
TEXTS = {"zh": "【T】积水", "en": "T: Flood"}


def write_csv(file: Path, rows: Iterable[str], header: str = HEADER) -> Path:
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


def people(zones: Iterable[str], language: str = "zh") -> list[str]:
    """One row for each zone named."""
    return [f"X{number},+999{number:010d},{language},{zone}" for number, zone in enumerate(zones, start=1)]


def settle(engine: Engine, folder: Path, zones: Iterable[str], language: str = "zh") -> ImportedResidents:
    return import_residents(engine, write_csv(folder / "residents.csv", people(zones, language)), CITY, VAULT)


def send_all(engine: Engine) -> int:
    """Send what is due, as a dry run."""
    return Sender(engine, [DryRun()], expires=False).drain()


def order(version: int = 1, msg_type: Any = "Alert", **changes: Any) -> Order:
    incident = changes.pop("incident", "Z1-20210720T083000Z")
    fields: dict[str, Any] = {
        "incident": incident,
        "version": version,
        "msg_type": msg_type,
        "identifier": f"lowpoint_20210720163000_{incident}_{version}",
        "references": [],
        "zones": ["Z1"],
        "level": 3,
        "basis": "measured",
        "state": "released",
        "issued_at": f"2021-07-20T08:3{version}:00.5Z",
        "expires": "2021-07-20T10:30:00Z",
        "texts": TEXTS,
    }
    return Order(**{**fields, **changes})
