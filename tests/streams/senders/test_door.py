"""A drill, a demo or a replay cannot reach a real telephone, by construction (law 7)."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.city.model import City, Public, Sender
from streams.messages.texts import DRILL_MARK
from streams.senders.door import Credentials, DoorShut, LoopbackDoor, RealDoor
from streams.senders.way_out import MayNot, WayOut
from streams.settings import REPOSITORY
from streams.store.phone import is_made_up
from tests.streams.senders.trial import VAULT, job

REAL = "+15005550"
"""Of a range that is kept for films: it is no made-up number to us, and nobody has it."""
CREDENTIALS = Credentials("account", "secret")
AN_HTTPS = "https://sms.example/send"

CITIES = st.builds(
    City,
    name=st.just("T"),
    time_zone=st.just("Asia/Shanghai"),
    districts=st.just(("D1",)),
    public=st.builds(Public, live=st.booleans()),
    demo=st.booleans(),
    simulated=st.booleans(),
    drill=st.booleans(),
    sender=st.builds(Sender, kind=st.sampled_from(["dry-run", "twilio", "http"])),
)
PARTS = st.sampled_from(["", "a", "token"])
MADE_UP = st.one_of(st.from_regex(r"\+999[0-9]{1,12}", fullmatch=True), st.from_regex(r"\+15005550[0-9]{3}", fullmatch=True))
STATUSES = st.sampled_from(["Actual", "Exercise", "Test", "", "actual", "System", "Draft"])


def live() -> City:
    return City(name="T", time_zone="Asia/Shanghai", districts=("D1",), public=Public(live=True))


@given(CITIES, st.one_of(st.none(), st.builds(Credentials, PARTS, PARTS)))
def test_the_real_door_is_there_for_a_live_city_that_is_nothing_else_and_has_credentials(
    city: City, credentials: Credentials | None
) -> None:
    real = city.public.live and not (city.demo or city.simulated or city.drill)
    if real and credentials and credentials.account and credentials.token:
        assert credentials == RealDoor(city, credentials).credentials
    else:
        with pytest.raises(DoorShut) as raised:
            RealDoor(city, credentials)
        assert ("only Actual ones reach telephones" in str(raised.value)) != real
        assert "credentials_file" in str(raised.value) or not real


@given(STATUSES, st.text(max_size=20), st.booleans(), st.text(max_size=20), st.one_of(MADE_UP, st.just(REAL)))
def test_only_what_is_actual_and_no_drill_goes_to_a_number_that_somebody_has(
    status: str, before: str, marked: bool, after: str, phone: str
) -> None:
    text = before + (DRILL_MARK if marked else "") + after
    passes = status == "Actual" and DRILL_MARK not in text and phone == REAL
    assert passes == (RealDoor(live(), CREDENTIALS).refusal(job(text=text, status=status), phone) is None)


@pytest.mark.parametrize(
    ("changes", "phone", "why"),
    [
        ({"status": "Exercise"}, REAL, "status_exercise"),
        ({"status": "Test"}, REAL, "status_test"),
        ({"text": f"{DRILL_MARK}积水"}, REAL, "says_it_is_a_drill"),
        ({}, "+9990000000001", "number_made_up"),
    ],
)
def test_each_refusal_says_why(changes: dict[str, str], phone: str, why: str) -> None:
    assert why == RealDoor(live(), CREDENTIALS).refusal(job(**changes), phone)


@pytest.mark.parametrize("address", ["http://api.twilio.com", "HTTP://sms.example", "sms.example/send", "", "ftp://sms.example"])
def test_nothing_leaves_in_the_clear(address: str) -> None:
    with pytest.raises(DoorShut, match="https://"):
        RealDoor(live(), CREDENTIALS).address(address)
    assert AN_HTTPS == RealDoor(live(), CREDENTIALS).address(AN_HTTPS)


ELSEWHERE = [
    "http://api.twilio.com",
    "http://10.0.0.1:80",
    "http://0.0.0.0:80",
    "http://localhost:80",  # a name can be given to any machine
    "http://127.0.0.1.example:80",
    "http://127.0.0.1@sms.example",
    "http://127.0.0.1:80@sms.example",
    "http://sms.example/127.0.0.1",
    "http://sms.example#@127.0.0.1",
    "http://sms.example?@127.0.0.1",
    "http://[::ffff:8.8.8.8]:80",
    "http://2130706433:80",
    "http://127.1:80",
    "https://127.0.0.1:80",
    "127.0.0.1:80",
    "//127.0.0.1:80",
    "http://[127.0.0.1",
    "http://",
    "",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_the_loopback_door_leads_to_no_other_machine(address: str) -> None:
    with pytest.raises(DoorShut, match="not on this machine"):
        LoopbackDoor(address, CREDENTIALS)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8080", "http://[::1]:8080", "http://127.0.0.1:8080/"])
def test_the_loopback_door_leads_here_whatever_the_provider_s_own_address_is(address: str) -> None:
    assert address.rstrip("/") == LoopbackDoor(address, CREDENTIALS).address("https://api.twilio.com")


@given(st.one_of(MADE_UP, st.text(alphabet="+0123456789 -０１", max_size=17), st.just(REAL)), STATUSES)
def test_through_the_loopback_door_only_made_up_numbers_pass(phone: str, status: str) -> None:
    refused = LoopbackDoor("http://127.0.0.1:1", CREDENTIALS).refusal(job(status=status), phone)
    assert is_made_up(phone) == (refused is None)


@given(MADE_UP)
def test_no_number_passes_both_doors(phone: str) -> None:
    assert RealDoor(live(), CREDENTIALS).refusal(job(), phone)
    assert LoopbackDoor("http://127.0.0.1:1", CREDENTIALS).refusal(job(), REAL)


def test_a_number_is_given_out_only_where_the_door_lets_it_pass() -> None:
    here = LoopbackDoor("http://127.0.0.1:1", CREDENTIALS)
    assert "+9990000000001" == WayOut(here, VAULT).number(job("+9990000000001"))
    for refused, why in (
        (job(REAL), "number_not_made_up"),
        (job(phone=None), "no_number"),
        (job(resident="R000002", phone=VAULT.seal("R000001", "+9990000000001")), "number_sealed_with_another_key"),
        (job(phone=b""), "number_sealed_with_another_key"),
    ):
        with pytest.raises(MayNot) as raised:
            WayOut(here, VAULT).number(refused)
        assert why == str(raised.value)
    with pytest.raises(MayNot, match="number_made_up"):
        WayOut(RealDoor(live(), CREDENTIALS), VAULT).number(job())


def test_neither_the_token_nor_a_number_is_shown() -> None:
    shown = f"{CREDENTIALS!r} {job()!r} {job()} {CREDENTIALS}"
    assert "secret" not in shown
    assert "phone" not in shown


CODE = "import sys, streams.replay.run; print(*sorted(name for name in sys.modules if name.startswith(('streams.senders', 'twilio'))))"


def test_a_replay_imports_nothing_that_could_reach_a_telephone() -> None:
    ran = subprocess.run([sys.executable, "-c", CODE], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    imported = set(ran.stdout.split())
    assert set() == imported & {f"streams.senders.{name}" for name in ("door", "http_gateway", "service", "way_out", "connections")}
    assert [] == [name for name in imported if "twilio" in name]
