from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import httpx
import pytest

from streams.gateway.body import LARGEST_BODY_BYTES
from streams.gateway.service import Gateway
from streams.observation.dead_letter import Reason
from tests.streams.gateway.refusals import REFUSALS, REFUSALS_OF_METEOROLOGY
from tests.streams.gateway.site import Eyes, Site, eventually, reading


def test_what_was_accepted_is_in_kafka_when_the_answer_comes(site: Site, gateway: Gateway, eyes: Eyes) -> None:
    answer = site.post(gateway.port, reading(value=0.111))
    assert (202, {"accepted": 1, "refused": []}) == (answer.status_code, answer.json())
    eyes.wait_for_value("SA", 0.111)
    assert all(int(headers["sent_us"]) > 1e15 for headers in eyes.headers)


def test_a_list_is_taken_apart_and_the_refused_are_named_by_place_and_reason(site: Site, gateway: Gateway, eyes: Eyes) -> None:
    body = [reading(value=0.121), reading("CA", "camera_depth"), "text", reading("SB", value=0.122)]
    answer = site.post(gateway.port, body).json()
    assert 2 == answer["accepted"]
    assert [(2, "station_of_another_owner"), (3, "not_one_json_object")] == [(one["line"], one["reason"]) for one in answer["refused"]]
    eyes.wait_for_value("SB", 0.122)
    letters = eyes.wait_for_letters(lambda letter: letter.file == f"http:{site.drainage}" and letter.bytes == '"text"')
    assert [3] == [letter.line for letter in letters]


@pytest.mark.parametrize(("name", "raw", "reason"), REFUSALS)
def test_every_refusal_is_told_with_its_reason(site: Site, gateway: Gateway, name: str, raw: bytes, reason: Reason) -> None:
    answer = site.post(gateway.port, raw)
    assert 202 == answer.status_code
    assert (0, [(1, str(reason))]) == (answer.json()["accepted"], [(one["line"], one["reason"]) for one in answer.json()["refused"]])


@pytest.mark.parametrize(("name", "raw", "reason"), REFUSALS_OF_METEOROLOGY)
def test_rain_needs_its_period(site: Site, gateway: Gateway, name: str, raw: bytes, reason: Reason) -> None:
    answer = site.post(gateway.port, raw, f"meteorology{site.mark}")
    assert [str(reason)] == [one["reason"] for one in answer.json()["refused"]]


def test_rain_goes_to_every_district_of_its_gauge_and_a_district_to_one_partition(site: Site, gateway: Gateway, eyes: Eyes) -> None:
    site.post(gateway.port, reading("R", "rain", 3.25, period_s=60), f"meteorology{site.mark}")
    eyes.wait_for_value("R", 3.25, count=2)
    assert {"A", "B"} == {district for district, station, _, value in eyes.readings() if (station, value) == ("R", 3.25)}
    assert [1, 1] == [len(partitions) for partitions in eyes.partitions.values()]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}])
def test_nobody_gets_in_without_the_key_of_an_owner(gateway: Gateway, headers: dict[str, str]) -> None:
    answer = httpx.post(f"http://127.0.0.1:{gateway.port}/observations", json=reading(), headers=headers)
    assert (401, "Bearer") == (answer.status_code, answer.headers["www-authenticate"])


def test_a_body_over_the_limit_is_refused_and_leaves_a_trace(site: Site, gateway: Gateway, eyes: Eyes) -> None:
    assert 413 == site.post(gateway.port, b"x" * (LARGEST_BODY_BYTES + 1)).status_code
    eyes.wait_for_letters(lambda letter: letter.reason == Reason.TOO_LARGE and "16777216" in letter.detail)


def test_a_body_that_grows_over_the_limit_is_refused_on_the_way(site: Site, gateway: Gateway) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(LARGEST_BODY_BYTES // 65536 + 1):
            yield b"x" * 65536

    headers = {"Authorization": f"Bearer {site.keys[site.drainage]}"}
    with httpx.Client() as client:
        answer = client.post(f"http://127.0.0.1:{gateway.port}/observations", content=pieces(), headers=headers)
    assert 413 == answer.status_code


def test_a_list_of_too_many_is_refused_whole(site: Site, gateway: Gateway) -> None:
    assert 413 == site.post(gateway.port, b"[" + b"0," * 60_000 + b"0]").status_code


def test_a_large_list_is_taken_in_at_once(site: Site, gateway: Gateway, eyes: Eyes) -> None:
    body = [reading("SB", value=round(20 + row / 1000, 3)) for row in range(15_000)]
    answer = site.post(gateway.port, body)
    assert (202, 15_000) == (answer.status_code, answer.json()["accepted"])
    expected = [observation["value"] for observation in body]
    eventually(lambda: expected == [value for value in eyes.values("SB") if value >= 20], "15,000 readings in order")


def test_a_compressed_body_is_refused(site: Site, gateway: Gateway) -> None:
    assert 415 == site.post(gateway.port, reading(), **{"Content-Encoding": "gzip"}).status_code


def test_a_body_that_does_not_come_is_not_waited_for_for_ever(site: Site, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.gateway.body.SLOWEST_S", 0.1)
    head = f"POST /observations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {site.keys[site.drainage]}\r\nContent-Length: 9\r\n\r\n["
    with socket.create_connection(("127.0.0.1", gateway.port), 10) as slow:
        slow.sendall(head.encode())
        assert slow.recv(1000).startswith(b"HTTP/1.1 408")


def test_only_post_goes_to_observations(gateway: Gateway) -> None:
    assert 405 == httpx.get(f"http://127.0.0.1:{gateway.port}/observations").status_code


def test_health_says_what_is_there(gateway: Gateway) -> None:
    def health() -> dict[str, object]:
        found: dict[str, object] = httpx.get(f"http://127.0.0.1:{gateway.port}/health").json()
        return found

    eventually(lambda: health()["status"] == "ok", "health")
    assert "there" == health()["kafka"]


def test_no_key_and_no_body_is_in_the_answer_to_a_stranger(site: Site, gateway: Gateway) -> None:
    answer = httpx.post(
        f"http://127.0.0.1:{gateway.port}/observations", content=json.dumps(reading()), headers={"Authorization": "Bearer x"}
    )
    assert {"error"} == set(answer.json())
