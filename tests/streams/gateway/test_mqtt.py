from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from streams.gateway.mqtt import owner_of, topic_of
from streams.gateway.service import Gateway
from streams.observation.dead_letter import Reason
from tests.streams.gateway.mosquitto import Mosquitto, needs_mosquitto
from tests.streams.gateway.site import Eyes, Site, eventually, reading

Publish = Callable[..., Any]


def publish(address: tuple[str, int], user: str, password: str, topic: str, *payloads: bytes) -> None:
    """Publish as a user with QoS 1, and return when the broker has acknowledged."""
    client = Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(user, password)
    client.connect(*address)
    client.loop_start()
    try:
        for info in [client.publish(topic, payload, qos=1) for payload in payloads]:
            info.wait_for_publish(20)
            assert info.is_published()
    finally:
        client.disconnect()
        client.loop_stop()


@pytest.fixture
def send(site: Site, departments: Mosquitto | None, gateway: Gateway) -> Iterator[Publish]:
    """Publish as an owner, to its own topic unless another is given."""
    needs_mosquitto()
    assert departments is not None
    eventually(lambda: gateway.health()["mqtt"] == "there", "the gateway's subscription")

    def send(owner: str, *payloads: bytes, topic: str | None = None) -> None:
        user = topic_of(owner).split("/")[1]
        publish(departments.address, user, site.keys[owner], topic or topic_of(owner), *payloads)

    yield send


def test_an_owner_gets_in_by_its_own_topic(site: Site, send: Publish, eyes: Eyes) -> None:
    send(site.drainage, json.dumps(reading(value=0.211)).encode())
    send(site.traffic, json.dumps(reading("CA", "camera_depth", 0.212, confidence=0.8)).encode())
    eyes.wait_for_value("SA", 0.211)
    eyes.wait_for_value("CA", 0.212)


def test_the_access_list_keeps_a_user_from_the_topic_of_another(site: Site, send: Publish, eyes: Eyes) -> None:
    send(site.traffic, json.dumps(reading(value=0.221)).encode(), topic=topic_of(site.drainage))
    send(site.drainage, json.dumps(reading(value=0.222)).encode())
    eyes.wait_for_value("SA", 0.222)
    assert 0.221 not in eyes.values("SA")


def test_a_station_of_another_owner_is_refused(site: Site, send: Publish, eyes: Eyes) -> None:
    send(site.traffic, json.dumps(reading(value=0.231)).encode())
    letters = eyes.wait_for_letters(lambda letter: letter.file == f"mqtt:{site.traffic}" and "0.231" in letter.bytes)
    assert [Reason.WRONG_OWNER] == [letter.reason for letter in letters]


def test_bad_messages_are_dead_letters_and_the_good_ones_among_them_get_in(site: Site, send: Publish, eyes: Eyes) -> None:
    good = [json.dumps(reading(value=0.24 + row / 1000)).encode() for row in range(3)]
    send(site.drainage, b"no mqtt json", good[0], b"\xff mqtt", good[1], json.dumps([reading()]).encode(), good[2])
    for row in range(3):
        eyes.wait_for_value("SA", 0.24 + row / 1000)
    letters = eyes.wait_for_letters(lambda letter: letter.file == f"mqtt:{site.drainage}" and letter.reason == Reason.NOT_JSON, count=3)
    assert {"no mqtt json", "\\xff mqtt"} <= {letter.bytes for letter in letters}


def test_many_messages_all_get_in(site: Site, send: Publish, eyes: Eyes) -> None:
    payloads = [json.dumps(reading("SB", value=10 + row / 1000)).encode() for row in range(2000)]
    send(site.drainage, *payloads)
    eventually(lambda: len({value for value in eyes.values("SB") if 10 <= value < 12}) == 2000, "2,000 readings")


@given(st.text(min_size=1).filter(lambda owner: owner.isprintable()))
def test_a_topic_names_its_owner_and_no_other(owner: str) -> None:
    topic = topic_of(owner)
    assert owner == owner_of(topic)
    assert 2 == topic.count("/")
    assert not set("+#") & set(topic)


@pytest.mark.parametrize(
    "topic",
    ["lowpoint//observations", "lowpoint/drain%61ge/observations", "lowpoint/a b/observations", "lowpoint/a", "lowpoint/a/b/observations"],
)
def test_a_topic_that_is_not_written_as_ours_has_no_owner(topic: str) -> None:
    assert owner_of(topic) is None
