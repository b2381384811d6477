"""What an order costs is known before it is sent, and is what sending it then comes to."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import Engine

from streams.rules.outputs import Order, OutputMessage
from streams.store.account import account_by_zone
from streams.store.cost import Cost, LanguageCost, cost_of, cost_of_order
from streams.store.engine import writing
from streams.store.outbox import messages, write_order
from streams.store.people_schema import OPT_OUTS
from streams.store.projection import save_outputs
from streams.store.queries import told_order
from tests.streams.store.posts import begin, say, settle_doors
from tests.streams.store.town import VAULT, order, settle


def opt_out(engine: Engine, *phones: str) -> None:
    with writing(engine) as connection:
        connection.execute(OPT_OUTS.insert(), [{"lookup": VAULT.lookup(phone), "since_us": 1, "how": "text"} for phone in phones])


def cost_of_told(engine: Engine, told: Order) -> Cost:
    save_outputs(engine, OutputMessage("D1", 0, [], [told]))
    found = told_order(engine, told.identifier)
    assert found is not None
    return cost_of_order(engine, found)


def test_people_are_counted_by_the_language_of_their_text(engine: Engine, tmp_path: Path) -> None:
    rows = [
        "+9990000000001,zh,Z1,,,a,",
        "+9990000000002,zh,Z1,,,b,",
        "+9990000000003,en,Z1,,,c,",
        ",en,Z1,,,d,",
        "+9990000000005,en,Z1,,,,",
    ]
    settle_doors(engine, tmp_path, [*rows, "+9990000000006,en,Z2,,,,"])
    opt_out(engine, "+9990000000005")
    found = cost_of(engine, "Z1", {"zh": "水" * 71, "en": "w"})
    assert Cost("Z1", 5, (LanguageCost("en", 1, 1), LanguageCost("zh", 2, 2)), 1, 1) == found
    assert (3, 5) == (found.texts, found.segments)
    assert pytest.approx(5 / 0.5 / 60) == found.minutes(0.5)
    assert (LanguageCost("zh", 3, 2),) == cost_of(engine, "Z1", {"zh": "水" * 71}).languages


def test_what_has_no_text_costs_nothing(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    assert (1, 0, 0) == ((found := cost_of(engine, "Z1", {})).people, found.texts, found.segments)
    assert Cost("Z9", 0, (), 0, 0) == cost_of(engine, "Z9", {"zh": "水"})


def test_an_all_clear_costs_what_telling_the_warned_does(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 5)
    write_order(engine, order(1))
    say(engine, begin(engine, most=2)["R000001"], "sent")
    cancel = order(2, "Cancel", texts={"zh": "水" * 71})
    found = cost_of_told(engine, structs.replace(cancel, state="draft"))
    assert (2, 2, 4) == (found.people, found.texts, found.segments)
    assert found.texts == write_order(engine, cancel)


@pytest.mark.parametrize("seed", range(2))
def test_a_draft_costs_what_is_then_written(engine: Engine, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    rows, phones = [], []
    for number in range(60):
        phones.append("" if chance.random() < 0.2 else f"+999{number:010d}")
        for zone in chance.sample(["Z1", "Z2"], chance.randint(1, 2)):
            rows.append(f"{phones[-1]},{chance.choice(('zh', 'en'))},{zone},,,{number} Low Road,")
    settle_doors(engine, tmp_path, rows)
    opt_out(engine, *chance.sample([phone for phone in phones if phone], 8))
    texts = {"zh": "水" * 71, "en": "w" * 400}
    write_order(engine, order(1, level=4, texts=texts))
    draft = order(1, incident="b", zones=["Z2"], texts=texts, issued_at="2021-07-20T08:40:00Z")
    found = cost_of_told(engine, structs.replace(draft, state="draft"))
    assert found.people == write_order(engine, draft)
    tally = next(zone for zone in account_by_zone(engine) if zone.zone == "Z2").texts
    reasons = {state: tally.reasons.get(state, {}) for state in ("failed", "suppressed")}
    assert (found.texts, {"no_telephone": found.without_telephone}, {"opted_out": found.opted_out, "told_by": found.told_elsewhere}) == (
        tally.states["pending"],
        reasons["failed"],
        reasons["suppressed"],
    )
    assert found.segments == sum(message.segments for message in messages(engine) if message.incident == "b")
