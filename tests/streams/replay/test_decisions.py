"""Officers' decisions beside a recording: heard at their moment, on a real Kafka, the same however the log is cut (laws 4 and 8)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from streams.bench.equal import Trouble, differing_files, kill_one
from streams.observation.moments import parse_us, to_text
from streams.replay.run import ReplayOptions, replay
from streams.settings import Settings
from tests.streams.replay.storm import CITY, write_city
from tests.streams.replay.test_replay import lines


def write_lines(file: Path, rows: list[Any]) -> Path:
    file.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    return file


@pytest.fixture(scope="module")
def signed(storm: ReplayOptions, tmp_path_factory: pytest.TempPathFactory) -> ReplayOptions:
    """The small storm in a city where officers sign, and nobody does yet."""
    folder = tmp_path_factory.mktemp("signed")
    city = write_city(folder / "city")
    (city / "city.toml").write_text(CITY.split("[approval]")[0] + '[public]\ncap_issuer = "test"\n', "utf-8")
    return replace(storm, city=city, out=folder / "drafts")


@pytest.fixture(scope="module")
def drafts(signed: ReplayOptions) -> list[dict[str, Any]]:
    replay(signed, Settings())
    assert [] == lines(signed.out, "messages"), "nobody has signed: nobody is texted"
    found = lines(signed.out, "orders")
    assert {"draft"} == {order["state"] for order in found}
    return found


def at(order: dict[str, Any], seconds: float) -> str:
    moment_us = parse_us(order["issued_at"])
    assert moment_us is not None
    return to_text(moment_us + round(seconds * 1e6))


@pytest.fixture(scope="module")
def decided(signed: ReplayOptions, drafts: list[dict[str, Any]]) -> tuple[ReplayOptions, dict[str, Any]]:
    """Two officers sign an evacuation; one and the same twice signs another; and what is no decision."""
    deep = [order for order in drafts if order["level"] == 4]
    first, second = deep[0], next(order for order in deep if order["zones"] != deep[0]["zones"])
    rows = [
        {"time": at(first, 1.5), "officer": "li", "act": "sign", "orders": [first["identifier"]]},
        {"time": at(first, 2.5), "officer": "wang", "act": "sign", "orders": [first["identifier"]]},
        {"time": at(second, 1), "officer": "li", "act": "sign", "orders": [second["identifier"]]},
        {"time": at(second, 2), "officer": "li", "act": "sign", "orders": [second["identifier"]]},
        {"time": at(first, 3), "officer": "li", "act": "sign", "orders": ["test_20260714160101_Z9-20260714T080101Z_1"]},
        "{no decision",
    ]
    options = replace(signed, out=signed.out.parent / "decided", decisions=write_lines(signed.out.parent / "decisions.ndjson", rows))
    return options, {"first": first, "second": second, "summary": replay(options, Settings())}


def test_an_order_goes_out_with_its_second_signature_and_not_before(decided: tuple[ReplayOptions, dict[str, Any]]) -> None:
    options, told = decided
    orders = {order["identifier"]: order for order in lines(options.out, "orders")}
    first, second = orders[told["first"]["identifier"]], orders[told["second"]["identifier"]]
    assert ("released", ["li", "wang"], at(first, 2.5)) == (first["state"], first["signed_by"], first["decided_at"])
    assert ("draft", ["li"]) == (second["state"], second["signed_by"])
    texts = lines(options.out, "messages")
    by_order = [text for text in texts if (text["incident"], text["version"]) == (first["incident"], first["version"])]
    assert 10 == len(by_order) and {at(first, 2.5)} == {text["issued_at"] for text in by_order}
    assert not [text for text in texts if text["incident"] == second["incident"]]


def test_the_all_clear_goes_to_those_who_were_texted(decided: tuple[ReplayOptions, dict[str, Any]]) -> None:
    options, told = decided
    texts = [text for text in lines(options.out, "messages") if text["incident"] == told["first"]["incident"]]
    last = max(text["version"] for text in texts)
    whole = [order for order in lines(options.out, "orders") if order["incident"] == told["first"]["incident"]]
    if whole[-1]["msg_type"] == "Cancel":
        assert {text["resident"] for text in texts if text["version"] == last} == {text["resident"] for text in texts}


def test_what_is_no_decision_of_this_city_is_a_dead_letter(decided: tuple[ReplayOptions, dict[str, Any]]) -> None:
    letters = [letter for letter in lines(decided[0].out, "dead_letters") if letter["reason"] == "decision_not_usable"]
    assert [5, 6] == [letter["line"] for letter in letters]


@pytest.mark.parametrize("changes", [{"workers": 2, "batch_size": 7}, {"batch_size": 10_000}])
def test_decisions_give_the_same_files_however_the_log_is_cut(
    decided: tuple[ReplayOptions, dict[str, Any]], tmp_path: Path, changes: dict[str, Any]
) -> None:
    options = replace(decided[0], out=tmp_path / "out", **changes)
    replay(options, Settings())
    assert [] == differing_files(decided[0].out, options.out)


def test_a_crash_signs_nothing_twice_and_forgets_no_signature(decided: tuple[ReplayOptions, dict[str, Any]], tmp_path: Path) -> None:
    options = replace(decided[0], out=tmp_path / "out", workers=2, batch_size=50)
    replay(options, Settings(), Trouble([0.3, 0.6], kill_one))
    assert [] == differing_files(decided[0].out, options.out)
