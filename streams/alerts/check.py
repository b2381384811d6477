"""The rules of CAP 1.2, section 3, that its schema lets through, and what we ask of our own messages beyond them.

They read the XML, for that is what goes out: the form of a time or of a reference is lost once it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from streams.alerts.alert import Alert
from streams.alerts.cap import NAMESPACE, UNNAMEABLE, CapError, read_tree, time_us, tree_of
from streams.alerts.markup import find_all, text_of
from streams.alerts.ring import circle_faults, ring_faults
from streams.messages.texts import DRILL_MARK

SUPERSEDING = ("Update", "Cancel")
ASKING = ("Alert", "Update")
MOMENTS = ("effective", "onset", "expires")
SAME_IN_EVERY_LANGUAGE = ("responseType", "urgency", "severity", "certainty", *MOMENTS)
TOLD = ("headline", "description", "instruction")


def check(alert: Alert | bytes, live: bool = False) -> list[str]:
    """Say in words what a message breaks; nothing where it breaks nothing.

    Parameters
    ----------
    alert
        One of ours, or a document that the schema has let through.
    live
        It is to enter the live path, where nothing but Actual may.
    """
    try:
        root = tree_of(alert) if isinstance(alert, Alert) else read_tree(alert)
    except CapError as error:
        return [str(error)]
    return list(_faults(root, live))


def _faults(root: etree._Element, live: bool) -> Iterator[str]:
    yield from _origin(root)
    yield from _moment_forms(root)
    yield from _scope(root)
    yield from _status(root, live)
    yield from _references(root)
    infos = find_all(root, "info")
    if not infos and text_of(root, "msgType") in ASKING:
        yield f"an {text_of(root, 'msgType')} without info says nothing"
    yield from _languages(infos)
    for info in infos:
        yield from _order_of_times(root, info)
        yield from _info(root, info)
        for area in find_all(info, "area"):
            yield from _area(area)


def _origin(root: etree._Element) -> Iterator[str]:
    for name in ("identifier", "sender"):
        text = text_of(root, name)
        if not text:
            yield f"{name}: it is empty"
        elif found := UNNAMEABLE.search(text):
            yield f"{name}: {found[0]!r} is not allowed in it"


def _moment_forms(root: etree._Element) -> Iterator[str]:
    for element in (found for name in ("sent", *MOMENTS) for found in root.iter(f"{{{NAMESPACE}}}{name}")):
        yield from _moment_form(element.text or "", etree.QName(element).localname)


def _moment_form(text: str, what: str) -> Iterator[str]:
    if _us(text) is None:
        yield f"{what}: {text!r} is not a moment with its offset, such as 2021-07-20T08:31:00-00:00"
    elif text.endswith("+00:00"):
        yield f"{what}: UTC is written -00:00, not +00:00"


def _scope(root: etree._Element) -> Iterator[str]:
    scope = text_of(root, "scope")
    for needed, name in (("Restricted", "restriction"), ("Private", "addresses")):
        given = bool(text_of(root, name).strip())
        if scope == needed and not given:
            yield f"{name}: missing, and the scope is {scope}"
        if scope != needed and given:
            yield f"{name}: given, though the scope is {scope}"


def _status(root: etree._Element, live: bool) -> Iterator[str]:
    status = text_of(root, "status")
    if live and status != "Actual":
        yield f"status: {status} may not enter the live path"
    told = [element.text or "" for name in TOLD for element in root.iter(f"{{{NAMESPACE}}}{name}")]
    if status == "Exercise":
        if not text_of(root, "note").strip():
            yield "note: missing, and in an Exercise it says which one"
        if not all(text.startswith(DRILL_MARK) for text in told):
            yield f"a text of this Exercise does not open with {DRILL_MARK}"
    elif any(DRILL_MARK in text for text in told):
        yield f"a text says {DRILL_MARK}, and the status is {status}"


def _references(root: etree._Element) -> Iterator[str]:
    kind, given = text_of(root, "msgType"), text_of(root, "references").split()
    if kind in SUPERSEDING and not given:
        yield f"references: missing, and {kind} must say what it supersedes"
    if kind == "Alert" and given:
        yield "references: given, and an Alert opens a thread"
    if len(set(given)) < len(given):
        yield "references: one stands twice"
    for text in given:
        yield from _reference(root, text)


def _reference(root: etree._Element, text: str) -> Iterator[str]:
    parts = text.split(",")
    if len(parts) != 3 or not all(parts):
        yield f"references: {text!r} is not of the form sender,identifier,sent"
        return
    sender, identifier, sent = parts
    yield from _moment_form(sent, f"references, {identifier}")
    if (sender, identifier) == (text_of(root, "sender"), text_of(root, "identifier")):
        yield "references: it refers to itself"
    theirs_us, ours_us = _us(sent), _us(text_of(root, "sent"))
    if theirs_us is not None and ours_us is not None and theirs_us > ours_us:
        yield f"references: {identifier} was sent later than this message"


def _languages(infos: list[etree._Element]) -> Iterator[str]:
    languages = [text_of(info, "language").lower() for info in infos]
    if not all(languages):
        yield "language: missing, and without it every reader takes the text for en-US"
    if len(set(languages)) < len(languages):
        yield "language: two infos are in the same one"
    for name in SAME_IN_EVERY_LANGUAGE:
        if len({tuple(one.text for one in find_all(info, name)) for info in infos}) > 1:
            yield f"{name}: it is not the same in every language"


def _order_of_times(root: etree._Element, info: etree._Element) -> Iterator[str]:
    if not find_all(info, "expires"):
        yield "expires: missing, so every reader would guess how long it holds"
    sent_us, effective_us, onset_us, expires_us = (_us(text_of(root, "sent")), *(_us(text_of(info, name)) for name in MOMENTS))
    for early, early_us, late, late_us in (
        ("sent", sent_us, "effective", effective_us),
        ("sent", sent_us, "onset", onset_us),
        ("effective", effective_us, "onset", onset_us),
    ):
        if early_us is not None and late_us is not None and late_us < early_us:
            yield f"{late}: it is before {early}"
    for name, begin_us in (("sent", sent_us), ("effective", effective_us), ("onset", onset_us)):
        if begin_us is not None and expires_us is not None and expires_us <= begin_us:
            yield f"expires: it is not after {name}"


def _info(root: etree._Element, info: etree._Element) -> Iterator[str]:
    for name in ("event", "headline"):
        if not text_of(info, name).strip():
            yield f"{name}: it is empty"
    kind, responses = text_of(root, "msgType"), {one.text for one in find_all(info, "responseType")}
    if kind in ASKING:
        if "AllClear" in responses:
            yield f"responseType: AllClear in an {kind}, which asks people to act; its end is a Cancel"
        if not find_all(info, "area"):
            yield f"area: missing, so this {kind} says nowhere"
    for element in (*find_all(info, "parameter"), *find_all(info, "eventCode")):
        if not text_of(element, "valueName").strip():
            yield "parameter: a value has no name"


def _area(area: etree._Element) -> Iterator[str]:
    if not text_of(area, "areaDesc").strip():
        yield "areaDesc: it is empty"
    shapes = {name: [one.text or "" for one in find_all(area, name)] for name in ("polygon", "circle")}
    codes = [text_of(one, "value").strip() and text_of(one, "valueName").strip() for one in find_all(area, "geocode")]
    if not any((*shapes.values(), codes)):
        yield "area: neither polygon nor circle nor geocode"
    if not all(codes):
        yield "geocode: it has no name or no value"
    for text in shapes["polygon"]:
        yield from ring_faults(text)
    for text in shapes["circle"]:
        yield from circle_faults(re.sub(r"\s+", " ", text.strip()))
    if find_all(area, "ceiling") and not find_all(area, "altitude"):
        yield "ceiling: given without an altitude"


def _us(text: str) -> int | None:
    try:
        return time_us(text)
    except CapError:
        return None
