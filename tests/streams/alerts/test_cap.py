"""CAP 1.2 XML: the official schema, the form of times and identifiers, and there and back."""

from __future__ import annotations

import pytest
from lxml import etree
from msgspec import structs

from streams.alerts.cap import CapError, from_cap, to_cap
from streams.bench.cap_schema import schema_faults
from tests.streams.alerts.made_up import CITY, ISSUER, ZONE_NAME, made, order_of, thread

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


def texts(document: bytes, name: str) -> list[str]:
    return [element.text or "" for element in etree.fromstring(document).iter(f"{CAP}{name}")]


def test_the_schema_can_refuse() -> None:
    document = to_cap(made(order_of())).replace(b"<urgency>Immediate<", b"<urgency>Soon<")
    assert any("urgency" in fault for fault in schema_faults(document))


@pytest.mark.parametrize("status", ["Actual", "Exercise", "Test"])
def test_a_thread_passes_the_schema_and_comes_back(status: str) -> None:
    for alert in thread(status):  # type: ignore[arg-type]
        document = to_cap(alert)
        assert [] == schema_faults(document)
        assert alert == from_cap(document)


def test_the_same_alert_gives_the_same_bytes() -> None:
    assert [to_cap(alert) for alert in thread()] == [to_cap(alert) for alert in thread()]


def test_times_are_utc_without_z_and_without_fractions() -> None:
    document = to_cap(made(order_of(after_us=123_456)))
    assert ["2026-07-14T08:00:00-00:00"] == texts(document, "sent")
    assert {"2026-07-14T14:00:00-00:00"} == set(texts(document, "expires"))


def test_a_fraction_of_a_second_is_refused() -> None:
    with pytest.raises(CapError, match="no whole second"):
        to_cap(structs.replace(made(order_of()), sent_us=1))


def test_a_reference_is_sender_identifier_and_sent() -> None:
    first, second, _ = thread()
    assert [f"{ISSUER},{first.identifier},2026-07-14T08:00:00-00:00"] == texts(to_cap(second), "references")


def test_polygons_have_latitude_first() -> None:
    polygon = texts(to_cap(made(order_of())), "polygon")[0].split()
    assert 5 == len(polygon)
    assert polygon[0] == polygon[-1]
    assert all(pair.startswith("34.") and ",113." in pair for pair in polygon)


def test_names_are_written_as_they_are() -> None:
    document = to_cap(made(order_of()))
    assert ZONE_NAME in texts(document, "areaDesc")
    assert b"&lt;dip&gt;" in document


@pytest.mark.parametrize("bad", ["", "a b", "a,b", "a<b", "a&b", "a\tb", "a\u3000b"])
@pytest.mark.parametrize("field", ["identifier", "sender"])
def test_identifier_and_sender_are_refused_with_what_cap_forbids(field: str, bad: str) -> None:
    with pytest.raises(CapError, match=field):
        to_cap(structs.replace(made(order_of()), **{field: bad}))


def test_a_reference_is_refused_with_what_cap_forbids() -> None:
    first, second, _ = thread()
    bad = structs.replace(first.as_reference, identifier="a b")
    with pytest.raises(CapError, match="identifier 'a b'"):
        to_cap(structs.replace(second, references=(bad,)))


@pytest.mark.parametrize("bad", ["bell\x07", "zero\x00", "half\ud800"])
def test_what_xml_cannot_carry_is_refused(bad: str) -> None:
    zones = (structs.replace(CITY.zones[0], name=bad),)
    with pytest.raises(CapError, match="cannot carry"):
        to_cap(made(order_of(), city=structs.replace(CITY, zones=zones)))


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (b"<alert", b"<alarm", "not XML"),
        (b"cap:1.2", b"cap:1.1", "not CAP 1.2"),
        (b">Actual<", b">System<", "Invalid enum value"),
        (b">Severe<", b">Unknown<", "Invalid enum value"),
        (b"08:00:00-00:00", b"08:00:00Z", "not a moment"),
        (b"<info>", b"<!--", "not XML"),
    ],
)
def test_what_is_not_ours_is_not_read(old: bytes, new: bytes, word: str) -> None:
    with pytest.raises(CapError, match=word):
        from_cap(to_cap(made(order_of())).replace(old, new))


def test_a_message_that_says_nothing_is_not_read() -> None:
    with pytest.raises(CapError, match="infos"):
        from_cap(to_cap(structs.replace(made(order_of()), infos=())))


def test_a_document_cannot_reach_beyond_itself(tmp_path: object) -> None:
    document = to_cap(made(order_of())).decode()
    head, rest = document.split("\n", 1)
    secret = f'{head}\n<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n' + rest.replace(">Road flooding<", ">&x;<")
    assert "" == from_cap(secret.encode()).infos[1].event
