from __future__ import annotations

import json
from pathlib import Path

import pytest

from streams import clock
from streams.city.model import City
from streams.gateway.buffer import Buffer, Full
from streams.gateway.intake import MOST_IN_LIST, Intake, TooMany
from streams.gateway.packer import Packer
from streams.observation.dead_letter import Reason
from tests.streams.gateway.refusals import REFUSALS, REFUSALS_OF_METEOROLOGY
from tests.streams.gateway.site import reading, write_town


@pytest.fixture
def town(tmp_path: Path) -> City:
    return write_town(tmp_path)


@pytest.fixture
def buffer(town: City) -> Buffer:
    return Buffer(Packer(town))


@pytest.fixture
def intake(town: City, buffer: Buffer) -> Intake:
    return Intake(town, buffer)


@pytest.mark.parametrize(("name", "raw", "reason"), [(name, raw, reason) for name, raw, reason in REFUSALS])
def test_what_the_contract_refuses_becomes_a_dead_letter_with_its_reason(
    intake: Intake, buffer: Buffer, name: str, raw: bytes, reason: Reason
) -> None:
    outcome = intake.take(raw, "drainage", "http:drainage", lists=True)
    assert (0, [reason]) == (outcome.accepted, [refusal.reason for refusal in outcome.refused])
    letters = buffer.take(None).letters
    assert [(reason, "http:drainage", 1)] == [(letter.letter.reason, letter.letter.file, letter.letter.line) for letter in letters]


def test_every_reason_of_the_contract_is_tried() -> None:
    assert set(Reason) - {Reason.FAILED, Reason.BAD_DECISION} == {reason for _, _, reason in REFUSALS + REFUSALS_OF_METEOROLOGY}


def test_the_good_ones_of_a_list_are_taken_and_the_bad_ones_named_by_their_place(intake: Intake, buffer: Buffer) -> None:
    body = [reading(), "no object", reading(value=None), reading(station="SB"), [reading()], 7, None, {}]
    outcome = intake.take(json.dumps(body).encode(), "drainage", "http", lists=True)
    assert 2 == outcome.accepted
    expected = [
        (2, Reason.NOT_JSON),
        (3, Reason.MISSING_FIELD),
        *((line, Reason.NOT_JSON) for line in (5, 6, 7)),
        (8, Reason.MISSING_FIELD),
    ]
    assert expected == [(refusal.line, refusal.reason) for refusal in outcome.refused]
    generation = buffer.take(None)
    assert 6 == len({letter.key for letter in generation.letters})
    assert 2 == sum(message.readings for message in generation.messages)


@pytest.mark.parametrize("raw", [b"[]", b" \n[ ]"])
def test_an_empty_list_is_nothing(intake: Intake, raw: bytes) -> None:
    outcome = intake.take(raw, "drainage", "http", lists=True)
    assert (0, ()) == (outcome.accepted, outcome.refused)


def test_a_list_is_no_object_where_one_event_a_message_is_asked(intake: Intake) -> None:
    outcome = intake.take(json.dumps([reading()]).encode(), "drainage", "mqtt:drainage")
    assert [Reason.NOT_JSON] == [refusal.reason for refusal in outcome.refused]


@pytest.mark.parametrize("raw", [b"[" * 100_000, b"[{}", b"[{},]", b'[{"value": NaN}]'])
def test_a_list_that_is_no_json_is_one_dead_letter(intake: Intake, raw: bytes) -> None:
    outcome = intake.take(raw, "drainage", "http", lists=True)
    assert [(1, Reason.NOT_JSON)] == [(refusal.line, refusal.reason) for refusal in outcome.refused]


@pytest.mark.parametrize("count", [MOST_IN_LIST + 1, 1_000_000])
def test_a_list_that_is_too_long_is_not_taken_in_at_all(intake: Intake, buffer: Buffer, count: int) -> None:
    with pytest.raises(TooMany):
        intake.take(b"[" + b"0," * (count - 1) + b"0]", "drainage", "http", lists=True)
    assert [] == buffer.take(None).letters


def test_the_same_place_of_a_source_gives_the_same_dead_letter_key_and_other_ways_give_new_ones(intake: Intake, buffer: Buffer) -> None:
    for _ in range(2):
        intake.take(b"x", "drainage", "kafka:observations.drainage/0", line=5)
        intake.take(b"x", "drainage", "http:drainage")
    first, other, again, another = [letter.key for letter in buffer.take(None).letters]
    assert "kafka:observations.drainage/0/5" == first == again
    assert other != another


def test_a_recorded_received_at_is_not_believed(town: City, buffer: Buffer) -> None:
    now_us = clock.now_us()
    intake = Intake(town, buffer, lambda: now_us)
    intake.take(json.dumps(reading(received_at="2020-01-01T00:00:00Z")).encode(), "drainage", "http")
    assert now_us == buffer.received_us


def test_an_owner_without_a_name_has_no_stations(intake: Intake) -> None:
    with pytest.raises(ValueError, match="owner"):
        intake.take(b"{}", "", "http")


def test_nothing_is_taken_in_when_the_buffer_is_full(town: City) -> None:
    buffer = Buffer(Packer(town), most_bytes=100)
    intake = Intake(town, buffer)
    intake.take(json.dumps(reading()).encode(), "drainage", "http")
    with pytest.raises(Full):
        intake.take(json.dumps(reading()).encode(), "drainage", "http")
    assert 1 == sum(message.readings for message in buffer.take(None).messages)
