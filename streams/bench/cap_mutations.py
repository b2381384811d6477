"""Ways to spoil a CAP message that the schema lets through and section 3 of the standard, or our own rules, do not.

Each takes the root of an Update with references, two languages and a polygon, and spoils it in place.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from streams.alerts.cap import cap_time, time_us
from streams.alerts.markup import add, find_all, text_of
from streams.observation.moments import MINUTE_US

Mutation = Callable[[etree._Element], None]


def _set(*path: str) -> Callable[[str | Callable[[str], str]], Mutation]:
    """Change the text of every element at a path of names."""

    def changing(to: str | Callable[[str], str]) -> Mutation:
        def mutate(root: etree._Element) -> None:
            for element in _at(root, *path):
                element.text = to if isinstance(to, str) else to(element.text or "")

        return mutate

    return changing


def _remove(*path: str) -> Mutation:
    def mutate(root: etree._Element) -> None:
        for element in _at(root, *path):
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)

    return mutate


def _at(root: etree._Element, *path: str) -> list[etree._Element]:
    found = [root]
    for name in path:
        found = [child for parent in found for child in find_all(parent, name)]
    return found


def _moved(minutes: int) -> Callable[[str], str]:
    return lambda text: cap_time(time_us(text) + minutes * MINUTE_US)


def _moved_sent(minutes: int) -> Callable[[etree._Element], str]:
    return lambda root: _moved(minutes)(text_of(root, "sent"))


def _refers(text: Callable[[etree._Element], str]) -> Mutation:
    def mutate(root: etree._Element) -> None:
        _set("references")(text(root))(root)

    return mutate


def _itself(root: etree._Element) -> str:
    return ",".join(text_of(root, name) for name in ("sender", "identifier", "sent"))


def _later(root: etree._Element) -> str:
    return f"{text_of(root, 'sender')},other,{_moved(1)(text_of(root, 'sent'))}"


def _pairs(change: Callable[[list[str]], list[str]]) -> Mutation:
    return _set("info", "area", "polygon")(lambda text: " ".join(change(text.split())))


def _bow_tie(pairs: list[str]) -> list[str]:
    lat, lon = (float(part) for part in pairs[0].split(","))
    return [f"{lat + up:.6f},{lon + on:.6f}" for up, on in ((0, 0), (0.01, 0.01), (0, 0.01), (0.01, 0), (0, 0))]


def _one_severity(root: etree._Element) -> None:
    first = _at(root, "info", "severity")[0]
    first.text = "Minor" if first.text != "Minor" else "Extreme"


def _put(name: str, text: str | Callable[[etree._Element], str], following: str, *path: str) -> Mutation:
    """Set an element, or put it where the schema wants it: before the first of `following` in each parent at the path."""

    def mutate(root: etree._Element) -> None:
        for parent in _at(root, *path):
            there = find_all(parent, name)
            element = there[0] if there else add(parent, name)
            element.text = text if isinstance(text, str) else text(root)
            if not there:
                find_all(parent, following)[0].addprevious(element)

    return mutate


def _all(*mutations: Mutation) -> Mutation:
    def mutate(root: etree._Element) -> None:
        for mutation in mutations:
            mutation(root)

    return mutate


def _ceiling(root: etree._Element) -> None:
    for area in _at(root, "info", "area"):
        add(area, "ceiling", "300")


MUTATIONS: dict[str, Mutation] = {
    "update without references": _remove("references"),
    "cancel without references": _all(_set("msgType")("Cancel"), _remove("references")),
    "alert that supersedes": _set("msgType")("Alert"),
    "reference without sender and time": _refers(lambda root: "an-identifier"),
    "references parted by commas": _refers(lambda root: f"{_itself(root)},{_itself(root)}"),
    "reference that stands twice": _set("references")(lambda text: f"{text} {text}"),
    "reference to itself": _refers(_itself),
    "reference to a later message": _refers(_later),
    "reference in UTC as Z": _refers(lambda root: "a,b,2021-07-20T00:00:00Z"),
    "identifier with a space": _set("identifier")(lambda text: f"{text} 1"),
    "identifier with a comma": _set("identifier")(lambda text: f"{text},1"),
    "identifier empty": _set("identifier")(""),
    "sender with an ampersand": _set("sender")("floods&more"),
    "sender with a less-than": _set("sender")("a<b"),
    "UTC as +00:00": _set("sent")(lambda text: text.replace("-00:00", "+00:00")),
    "sent at hour 24": _set("sent")(lambda text: f"{text[:11]}24:00:00{text[19:]}"),
    "expires before sent": _set("info", "expires")("2001-01-01T00:00:00-00:00"),
    "expires with effective": _put("expires", _moved_sent(0), "senderName", "info"),
    "effective before sent": _set("info", "effective")(_moved(-1)),
    "onset before effective": _put("onset", _moved_sent(-1), "expires", "info"),
    "onset after expires": _put("onset", "2199-01-01T00:00:00-00:00", "expires", "info"),
    "no expires": _remove("info", "expires"),
    "update without info": _remove("info"),
    "info without language": _remove("info", "language"),
    "two infos in one language": _set("info", "language")("en"),
    "severity differs by language": _one_severity,
    "event empty": _set("info", "event")(""),
    "no headline": _remove("info", "headline"),
    "all clear in an update": _set("info", "responseType")("AllClear"),
    "parameter without a name": _set("info", "parameter", "valueName")(""),
    "no area": _remove("info", "area"),
    "area without a shape": _all(_remove("info", "area", "polygon"), _remove("info", "area", "geocode")),
    "area without words": _set("info", "area", "areaDesc")(" "),
    "geocode without a name": _set("info", "area", "geocode", "valueName")(""),
    "polygon open": _pairs(lambda pairs: pairs[:-1]),
    "polygon of three pairs": _pairs(lambda pairs: [*pairs[:2], pairs[0]]),
    "polygon that crosses itself": _pairs(_bow_tie),
    "polygon of no area": _pairs(lambda pairs: [pairs[0]] * 5),
    "polygon with swapped coordinates": _pairs(lambda pairs: [",".join(reversed(pair.split(","))) for pair in pairs]),
    "polygon beyond the pole": _pairs(lambda pairs: ["91.0,0.0", "91.0,1.0", "91.5,1.0", "91.0,0.0"]),
    "polygon of no numbers": _pairs(lambda pairs: ["nan,nan"] * 4),
    "polygon parted by blanks": _pairs(lambda pairs: " ".join(pairs).replace(",", " ").split()),
    "circle without a radius": _put("circle", "34.7,113.6", "geocode", "info", "area"),
    "circle of negative radius": _put("circle", "34.7,113.6 -1", "geocode", "info", "area"),
    "ceiling without altitude": _ceiling,
    "restricted without restriction": _set("scope")("Restricted"),
    "private without addresses": _set("scope")("Private"),
    "restriction of a public message": _put("restriction", "police only", "references"),
    "addresses of a public message": _put("addresses", "someone@example.org", "references"),
    "drill told as something else": _set("info", "headline")(lambda text: f"【演练】{text}"),
    "exercise without its mark": _set("status")("Exercise"),
}
