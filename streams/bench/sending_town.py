"""A made-up town for trials of sending: its people, its orders, and the way to a fake provider on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert

from streams import clock
from streams.messages.texts import DRILL_MARK
from streams.observation.moments import to_text
from streams.people.vault import PeopleVault
from streams.rules.outputs import Order
from streams.senders.door import Credentials, LoopbackDoor
from streams.senders.twilio_sms import TwilioSms
from streams.senders.way_out import WayOut
from streams.store.engine import writing
from streams.store.people_schema import HOMES, RESIDENTS

FROM = "+15005550006"
CHUNK = 20_000
TEXTS = {
    "zh": "【演示市防汛】积水红色预警（4级）。人民路地道，16:32：水深至大腿，62厘米。请立即撤往高处，勿涉水。",
    "en": "Demo: flood red (4).",
}
assert DRILL_MARK not in "".join(TEXTS.values())


def number(run: int, person: int) -> str:
    """A number that nobody has, another for each person of each run."""
    return f"+999{run:05d}{person:07d}"


def settle(engine: Engine, vault: PeopleVault, run: int, people: Iterable[tuple[int, str]]) -> int:
    """Put people, (number, zone) each, into a store that has none; how many."""
    count, chunk = 0, []
    with writing(engine) as connection:
        for person, zone in people:
            chunk.append((person, zone))
            if len(chunk) == CHUNK:
                count += _insert(connection, vault, run, chunk)
                chunk = []
        count += _insert(connection, vault, run, chunk)
    return count


def _insert(connection: Any, vault: PeopleVault, run: int, people: list[tuple[int, str]]) -> int:
    if people:
        names = [f"R{person:07d}" for person, _ in people]
        phones = [number(run, person) for person, _ in people]
        rows = [
            {"resident": name, "language": "zh", "reachable": 1, "lookup": vault.lookup(phone), "phone": vault.seal(name, phone)}
            for name, phone in zip(names, phones, strict=True)
        ]
        connection.execute(insert(RESIDENTS), rows)
        homes = [{"resident": name, "zone": zone, "floor": 0, "mobility": "walks"} for name, (_, zone) in zip(names, people, strict=True)]
        connection.execute(insert(HOMES), homes)
    return len(people)


def order(zone: str, version: int = 1, msg_type: Any = "Alert", level: int = 4, texts: dict[str, str] | None = None) -> Order:
    """A released order of now, that stands for two hours."""
    now_us = clock.now_us()
    expires = datetime.fromtimestamp(now_us / 1e6, UTC) + timedelta(hours=2)
    return Order(
        incident=f"{zone}-trial",
        version=version,
        msg_type=msg_type,
        identifier=f"trial_{zone}_{version}_{now_us}",
        references=[],
        zones=[zone],
        level=level,
        basis="measured",
        state="released",
        issued_at=to_text(now_us),
        expires=expires.isoformat().replace("+00:00", "Z"),
        texts=texts or TEXTS,
    )


def way_to(fake_url: str, account: str, token: str, vault: PeopleVault, public_url: str = "") -> WayOut:
    """The way to a fake on this machine."""
    return WayOut(LoopbackDoor(fake_url, Credentials(account, token)), vault, public_url)


def texts_by(way_out: WayOut, segments_per_s: float = 1e6, at_once: int = 64) -> TwilioSms:
    """A channel to it."""
    return TwilioSms("fake", {"from_": FROM}, way_out, segments_per_s, at_once)


def new_key() -> bytes:
    """A key of a trial."""
    return os.urandom(32)


def store_at(folder: Path, name: str = "store.db") -> str:
    """Address of a store in a folder."""
    return f"sqlite:///{folder / name}"
