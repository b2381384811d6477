"""The fake provider of a demo: texts get receipts, and go nowhere."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from streams import clock
from streams.city.load import load_city
from streams.demo.city import FOLDER
from streams.demo.provider import fake_provider, make_material
from streams.replay.child import running
from streams.replay.workers import worker_environment
from streams.settings import Settings
from streams.store.engine import open_store
from streams.store.outbox import account, write_order
from streams.store.residents import import_residents
from tests.streams.store.town import order, write_csv


def test_texts_of_a_demo_are_delivered_by_its_fake_provider(tmp_path: Path) -> None:
    city, store = load_city(FOLDER), f"sqlite:///{tmp_path / 'store.db'}"
    zone = city.zones[0].zone_id
    (tmp_path / "material").mkdir()
    made = make_material(tmp_path / "material")
    engine = open_store(store)
    rows = [f"X{number},+999{number:010d},zh,{zone}" for number in range(1, 6)]
    import_residents(engine, write_csv(tmp_path / "r.csv", rows), city, made.vault)
    write_order(engine, order(zones=[zone]))
    stage: Any = SimpleNamespace(city=city, store=store, folder=tmp_path)
    environment = worker_environment(Settings().inherited)
    with (
        fake_provider(stage, made, environment) as told,
        running(["send", "--store", store, *told], tmp_path, "send", environment),
    ):
        deadline_s = clock.monotonic_s() + 60
        while account(engine)["delivered"] < 5:
            assert clock.monotonic_s() < deadline_s, (tmp_path / "send.log").read_text()
            clock.sleep_s(0.05)
    engine.dispose()
    assert "+999" not in "".join(log.read_text() for log in tmp_path.glob("*.log"))
