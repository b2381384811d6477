"""What the schema lets through and we do not: each way to spoil a message is named, and refused for its own reason."""

from __future__ import annotations

from copy import deepcopy

import pytest
from lxml import etree
from msgspec import structs

from streams.alerts.cap import to_cap
from streams.alerts.check import check
from streams.bench.cap import can_be_spoiled
from streams.bench.cap_mutations import MUTATIONS
from streams.bench.cap_schema import schema_faults
from tests.streams.alerts.made_up import CITY, made, order_of, thread

UPDATE = thread()[1]
REASONS = {
    "update without references": "references: missing, and Update",
    "cancel without references": "references: missing, and Cancel",
    "alert that supersedes": "references: given, and an Alert opens a thread",
    "reference without sender and time": "not of the form sender,identifier,sent",
    "references parted by commas": "not of the form sender,identifier,sent",
    "reference that stands twice": "references: one stands twice",
    "reference to itself": "refers to itself",
    "reference to a later message": "was sent later",
    "reference in UTC as Z": "references, b: '2021-07-20T00:00:00Z' is not a moment",
    "identifier with a space": "identifier: ' '",
    "identifier with a comma": "identifier: ','",
    "identifier empty": "identifier: it is empty",
    "sender with an ampersand": "sender: '&'",
    "sender with a less-than": "sender: '<'",
    "UTC as +00:00": "sent: UTC is written -00:00",
    "sent at hour 24": "sent: '2026-07-14T24:00:00-00:00' is not a moment",
    "expires before sent": "expires: it is not after sent",
    "expires with effective": "expires: it is not after effective",
    "effective before sent": "effective: it is before sent",
    "onset before effective": "onset: it is before effective",
    "onset after expires": "expires: it is not after onset",
    "no expires": "expires: missing",
    "update without info": "an Update without info",
    "info without language": "language: missing",
    "two infos in one language": "language: two infos",
    "severity differs by language": "severity: it is not the same in every language",
    "event empty": "event: it is empty",
    "no headline": "headline: it is empty",
    "all clear in an update": "responseType: AllClear in an Update",
    "parameter without a name": "parameter: a value has no name",
    "no area": "area: missing",
    "area without a shape": "area: neither polygon nor circle nor geocode",
    "area without words": "areaDesc: it is empty",
    "geocode without a name": "geocode: it has no name",
    "polygon open": "polygon: not closed",
    "polygon of three pairs": "polygon: 3 pairs",
    "polygon that crosses itself": "polygon: not a plain ring (Self-intersection",
    "polygon of no area": "polygon: not a plain ring",
    "polygon with swapped coordinates": "nowhere on Earth (swapped?)",
    "polygon beyond the pole": "polygon: latitude 91",
    "polygon of no numbers": "polygon: latitude nan",
    "polygon parted by blanks": "is no pair of latitude and longitude",
    "circle without a radius": "circle: '34.7,113.6' is not",
    "circle of negative radius": "circle: its radius is -1 km",
    "ceiling without altitude": "ceiling: given without an altitude",
    "restricted without restriction": "restriction: missing, and the scope is Restricted",
    "private without addresses": "addresses: missing, and the scope is Private",
    "restriction of a public message": "restriction: given, though the scope is Public",
    "addresses of a public message": "addresses: given, though the scope is Public",
    "drill told as something else": "and the status is Actual",
    "exercise without its mark": "does not open with 【演练】",
}


def spoiled(name: str) -> bytes:
    root = deepcopy(etree.fromstring(to_cap(UPDATE)))
    MUTATIONS[name](root)
    return bytes(etree.tostring(root))


def test_the_message_to_be_spoiled_is_sound() -> None:
    assert can_be_spoiled(UPDATE)
    assert [] == schema_faults(to_cap(UPDATE))
    assert [] == check(to_cap(UPDATE), live=True)
    assert [] == check(UPDATE, live=True)


def test_every_mutation_has_its_reason_here() -> None:
    assert set(MUTATIONS) == set(REASONS)
    assert 10 <= len(MUTATIONS)


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_the_schema_lets_it_through(name: str) -> None:
    assert to_cap(UPDATE) != spoiled(name)
    assert [] == schema_faults(spoiled(name))


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_we_refuse_it_for_its_own_reason(name: str) -> None:
    assert [fault for fault in check(spoiled(name)) if REASONS[name] in fault]


@pytest.mark.parametrize("status", ["Exercise", "Test"])
def test_what_is_not_for_real_is_sound_but_not_in_the_live_path(status: str) -> None:
    for alert in thread(status):  # type: ignore[arg-type]
        assert [] == check(alert)
        assert [f"status: {status} may not enter the live path"] == check(alert, live=True)


def test_an_exercise_says_which_one() -> None:
    alert = structs.replace(made(order_of(), status="Exercise"), note="")
    assert any(fault.startswith("note: missing") for fault in check(alert))


def test_the_alert_itself_is_checked_like_its_document() -> None:
    late = structs.replace(UPDATE, infos=tuple(structs.replace(info, expires_us=UPDATE.sent_us) for info in UPDATE.infos))
    assert check(to_cap(late)) == check(late) != []


def test_a_release_after_the_order_ran_out_is_noticed() -> None:
    order = order_of(decided_at="2026-07-15T08:00:00Z")
    assert "expires: it is not after sent" in check(made(order))


def test_two_versions_within_one_second_are_in_order() -> None:
    first = made(order_of())
    assert [] == check(made(order_of(2, "Update", after_us=999_999), first), live=True)


@pytest.mark.parametrize("document", [b"", b"no", b"<a/>", b"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'/>"])
def test_what_is_no_alert_is_a_fault_and_no_crash(document: bytes) -> None:
    assert [] != check(document)


def test_a_city_whose_issuer_cannot_be_one_is_told() -> None:
    public = structs.replace(CITY.public, cap_issuer="Flood Office, North")
    alert = made(order_of(), city=structs.replace(CITY, public=public))
    assert "sender: ' ' is not allowed in it" in check(alert)
