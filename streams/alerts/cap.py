"""An alert as CAP 1.2 XML, and back. The same alert gives the same bytes.

OASIS Standard CAP-v1.2, 1 July 2010. Times are UTC, which CAP writes -00:00 and never Z, without fractions of a second (3.3.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from lxml import etree

from streams.alerts.alert import Alert, Area, Info, Named, Reference, Ring
from streams.alerts.area import DIGITS
from streams.alerts.markup import add, find_all, root_of, text_of, written
from streams.observation.moments import SECOND_US, parse_us, to_datetime

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
UNNAMEABLE = re.compile(r"[\s,<&]")
"""What identifiers and senders must not hold: spaces, commas, and the restricted characters < and & (3.2.1)."""

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", re.ASCII)
_INCIDENT = re.compile(r'"([^"]*)"|(\S+)')
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)


class CapError(ValueError):
    """What cannot be written as CAP 1.2, or read as a message of our kind, and why. Do not retry."""


def to_cap(alert: Alert) -> bytes:
    """Write an alert as an XML document.

    Raises
    ------
    CapError
        Where an identifier or a sender has a character that CAP forbids there, a moment is no whole second, or a text holds what XML
        cannot carry.
    """
    for origin in (alert.as_reference, *alert.references):
        _nameable(origin.identifier, "identifier")
        _nameable(origin.sender, "sender (cap_issuer in city.toml)")
    return written(tree_of(alert))


def from_cap(document: bytes) -> Alert:
    """Read an alert of the kind that `to_cap` writes; elements that we never write are passed over.

    Raises
    ------
    CapError
        Where it is no XML, no CAP 1.2, or says what our alerts never say.
    """
    root = read_tree(document)
    try:
        return msgspec.convert(_fields(root), Alert)
    except (msgspec.ValidationError, ValueError) as error:
        raise CapError(f"not an alert of our kind: {error}") from None


def read_tree(document: bytes) -> etree._Element:
    """Return the root of a CAP 1.2 document; entities are not resolved, so a document cannot reach beyond itself."""
    try:
        root = etree.fromstring(document, _PARSER)
    except etree.XMLSyntaxError as error:
        raise CapError(f"not XML: {error}") from None
    if root.tag != (wanted := f"{{{NAMESPACE}}}alert"):
        raise CapError(f"not CAP 1.2: the root is {root.tag}, not {wanted}")
    return root


def tree_of(alert: Alert) -> etree._Element:
    """Lay an alert out in the order of the schema."""
    root = root_of(NAMESPACE, "alert")
    _add(root, "identifier", alert.identifier)
    _add(root, "sender", alert.sender)
    _add(root, "sent", cap_time(alert.sent_us))
    _add(root, "status", alert.status)
    _add(root, "msgType", alert.msg_type)
    _add(root, "scope", alert.scope)
    _add_if(root, "note", alert.note)
    _add_if(root, "references", " ".join(f"{one.sender},{one.identifier},{cap_time(one.sent_us)}" for one in alert.references))
    _add_if(root, "incidents", " ".join(f'"{name}"' if re.search(r"\s", name) else name for name in alert.incidents))
    for info in alert.infos:
        _add_info(root, info)
    return root


def cap_time(time_us: int) -> str:
    """Write a moment as CAP does, for example 2021-07-20T08:31:00-00:00."""
    if time_us % SECOND_US:
        raise CapError(f"{to_datetime(time_us).isoformat()} is no whole second, and CAP has no fractions")
    return to_datetime(time_us).isoformat().replace("+00:00", "-00:00")


def time_us(text: str) -> int:
    """Read a moment as CAP writes it, with whatever offset."""
    found = parse_us(text) if TIME.fullmatch(text) else None
    if found is None:
        raise CapError(f"{text!r} is not a moment as CAP writes it, such as 2021-07-20T08:31:00-00:00")
    return found


def _nameable(text: str, what: str) -> None:
    if not text or UNNAMEABLE.search(text):
        raise CapError(f"{what} {text!r}: CAP allows no spaces, no commas, no < and no & in it, and it cannot be empty")


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    try:
        return add(parent, name, text)
    except ValueError:
        raise CapError(f"{name} {text!r} holds a character that XML cannot carry") from None


def _add_if(parent: etree._Element, name: str, text: str | None) -> None:
    if text:
        _add(parent, name, text)


def _add_info(root: etree._Element, info: Info) -> None:
    element = _add(root, "info")
    _add(element, "language", info.language)
    _add(element, "category", info.category)
    _add(element, "event", info.event)
    for response in info.response_types:
        _add(element, "responseType", response)
    _add(element, "urgency", info.urgency)
    _add(element, "severity", info.severity)
    _add(element, "certainty", info.certainty)
    _add_if(element, "audience", info.audience)
    _add(element, "effective", cap_time(info.effective_us))
    _add_if(element, "onset", cap_time(info.onset_us) if info.onset_us is not None else None)
    _add(element, "expires", cap_time(info.expires_us))
    _add_if(element, "senderName", info.sender_name)
    _add_if(element, "headline", info.headline)
    _add_if(element, "description", info.description)
    _add_if(element, "instruction", info.instruction)
    _add_named(element, "parameter", info.parameters)
    for area in info.areas:
        inner = _add(element, "area")
        _add(inner, "areaDesc", area.area_desc)
        for ring in area.polygons:
            _add(inner, "polygon", " ".join(f"{lat:.{DIGITS}f},{lon:.{DIGITS}f}" for lon, lat in ring))
        _add_named(inner, "geocode", area.geocodes)


def _add_named(parent: etree._Element, name: str, values: Iterable[Named]) -> None:
    for one in values:
        element = _add(parent, name)
        _add(element, "valueName", one.name)
        _add(element, "value", one.value)


def _fields(root: etree._Element) -> dict[str, Any]:
    return {
        "identifier": text_of(root, "identifier"),
        "sender": text_of(root, "sender"),
        "sent_us": time_us(text_of(root, "sent")),
        "status": text_of(root, "status"),
        "msg_type": text_of(root, "msgType"),
        "scope": text_of(root, "scope"),
        "note": text_of(root, "note"),
        "references": tuple(_reference(text) for text in text_of(root, "references").split()),
        "incidents": tuple(quoted or plain for quoted, plain in _INCIDENT.findall(text_of(root, "incidents"))),
        "infos": tuple(_info(element) for element in find_all(root, "info")),
    }


def _info(element: etree._Element) -> Info:
    onset = text_of(element, "onset")
    return msgspec.convert(
        {
            "language": text_of(element, "language"),
            "category": text_of(element, "category"),
            "event": text_of(element, "event"),
            "response_types": tuple(one.text or "" for one in find_all(element, "responseType")),
            "urgency": text_of(element, "urgency"),
            "severity": text_of(element, "severity"),
            "certainty": text_of(element, "certainty"),
            "audience": text_of(element, "audience"),
            "effective_us": time_us(text_of(element, "effective")),
            "onset_us": time_us(onset) if onset else None,
            "expires_us": time_us(text_of(element, "expires")),
            "sender_name": text_of(element, "senderName"),
            "headline": text_of(element, "headline"),
            "description": text_of(element, "description"),
            "instruction": text_of(element, "instruction"),
            "parameters": _named(element, "parameter"),
            "areas": tuple(_area(one) for one in find_all(element, "area")),
        },
        Info,
    )


def _area(element: etree._Element) -> Area:
    rings = tuple(read_ring(one.text or "") for one in find_all(element, "polygon"))
    return Area(text_of(element, "areaDesc"), rings, _named(element, "geocode"))


def read_ring(text: str) -> Ring:
    """Read a polygon as (lon, lat) from pairs of latitude and longitude.

    Raises
    ------
    CapError
        Where a part of it is no pair of numbers.
    """
    ring = []
    for pair in text.split():
        try:
            lat, lon = pair.split(",")
            ring.append((float(lon), float(lat)))
        except ValueError:
            raise CapError(f"{pair!r} is no pair of latitude and longitude") from None
    return tuple(ring)


def _reference(text: str) -> Reference:
    parts = text.split(",")
    if len(parts) != 3:
        raise CapError(f"reference {text!r} is not of the form sender,identifier,sent")
    return Reference(parts[0], parts[1], time_us(parts[2]))


def _named(parent: etree._Element, name: str) -> tuple[Named, ...]:
    return tuple(Named(text_of(one, "valueName"), text_of(one, "value")) for one in find_all(parent, name))
