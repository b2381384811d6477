"""Which channels a city gets: the dry run unless all that is needed is there (law 7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.city.model import City, Public, Sender
from streams.people.vault import PeopleVaultError, write_people_key
from streams.senders.door import DoorShut
from streams.senders.dry_run import DryRun
from streams.senders.http_gateway import HttpGateway
from streams.senders.providers import ProvidersError
from streams.senders.service import SendOptions, open_channels
from streams.senders.twilio_sms import TwilioSms
from streams.senders.twilio_voice import TwilioVoice
from tests.streams.senders.test_providers import CALLS, HTTP, TWILIO, write

HERE = "http://127.0.0.1:9"


def city(kind: str = "twilio", live: bool = True, **changes: bool) -> City:
    return City("T", "Asia/Shanghai", ("D1",), sender=Sender(kind=kind), public=Public(live=live), **changes)  # type: ignore[arg-type]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "people.key"
    write_people_key(file)
    return file


def test_without_a_providers_file_it_is_the_dry_run(tmp_path: Path) -> None:
    for one in (city("dry-run"), city("dry-run", live=False), city("dry-run", drill=True)):
        channels = open_channels(SendOptions(one))
        assert ([DryRun], [], None) == ([type(each) for each in channels.texts], channels.calls, channels.call_after_s)


@pytest.mark.parametrize("kind", ["twilio", "http"])
def test_a_city_that_wants_a_provider_is_not_given_a_dry_run_in_silence(kind: str) -> None:
    with pytest.raises(ProvidersError, match="--providers"):
        open_channels(SendOptions(city(kind)))


@pytest.mark.parametrize("options", [city(live=False), city(drill=True), city(demo=True), city(simulated=True)])
def test_a_city_that_is_not_for_real_gets_no_channel(tmp_path: Path, key: Path, options: City) -> None:
    with pytest.raises(DoorShut, match="only Actual ones reach telephones"):
        open_channels(SendOptions(options, write(tmp_path, TWILIO), key))


@pytest.mark.parametrize(("kind", "file"), [("dry-run", TWILIO), ("http", TWILIO), ("twilio", HTTP + TWILIO), ("dry-run", HTTP)])
def test_city_and_file_must_agree_on_the_kind(tmp_path: Path, key: Path, kind: str, file: str) -> None:
    with pytest.raises(ProvidersError, match="both must agree"):
        open_channels(SendOptions(city(kind), write(tmp_path, file), key))


def test_a_live_city_with_all_that_is_needed_gets_its_channels_the_preferred_first(tmp_path: Path, key: Path) -> None:
    channels = open_channels(SendOptions(city(), write(tmp_path, TWILIO + CALLS + HTTP), key, "https://flood.example"))
    assert [("main", TwilioSms, 10.0), ("second", HttpGateway, 50.0)] == [
        (one.name, type(one), one.segments_per_s) for one in channels.texts
    ]
    assert [("calls", TwilioVoice, "voice")] == [(one.name, type(one), one.kind) for one in channels.calls]
    assert 60.0 == channels.call_after_s


def test_each_provider_needs_credentials_and_a_key(tmp_path: Path, key: Path) -> None:
    file = write(tmp_path, TWILIO)
    with pytest.raises(PeopleVaultError, match="no key"):
        open_channels(SendOptions(city(), file))
    (tmp_path / "main.key").unlink()
    with pytest.raises(ProvidersError, match="cannot be read"):
        open_channels(SendOptions(city(), file, key))


def test_a_file_with_calls_alone_is_refused(tmp_path: Path, key: Path) -> None:
    with pytest.raises(ProvidersError, match="no provider sends texts"):
        open_channels(SendOptions(city(), write(tmp_path, CALLS), key))


def test_a_gateway_that_is_spoken_to_in_the_clear_is_refused(tmp_path: Path, key: Path) -> None:
    with pytest.raises(DoorShut, match="https://"):
        open_channels(SendOptions(city("http"), write(tmp_path, HTTP.replace("https", "http")), key))


@pytest.mark.parametrize("options", [city("dry-run", live=False), city(), city(drill=True)])
def test_by_loopback_any_city_gets_channels_that_lead_here(tmp_path: Path, key: Path, options: City) -> None:
    channels = open_channels(SendOptions(options, write(tmp_path, TWILIO + CALLS + HTTP), key, loopback=HERE))
    twilio, gateway = channels.texts
    assert isinstance(twilio, TwilioSms)
    assert isinstance(gateway, HttpGateway)
    assert [HERE, HERE] == [twilio._twilio.client.api.base_url, gateway._url]


def test_loopback_leads_to_no_other_machine(tmp_path: Path, key: Path) -> None:
    with pytest.raises(DoorShut, match="not on this machine"):
        open_channels(SendOptions(city(), write(tmp_path, TWILIO), key, loopback="http://sms.example"))
