"""Looks over the templates of the texts: the same in each language, in the order in which people need it, and short enough for a city."""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import Any

from streams.city.model import City, LowPoint, Zone
from streams.messages.segments import segments
from streams.messages.texts import known_languages, place_name, templates

ORDER = {"zh": ("sender", "word", "place", "time"), "en": ("sender", "word", "place", "time")}
"""Source, hazard, place, time; what to do ends the sentence."""
FILLED = frozenset({"sender", "word", "place", "time", "to", "cm"})
NEEDED = {
    "measured": frozenset({"sender", "word", "place", "time", "to"}),
    "forecast": frozenset({"sender", "word", "place", "time", "to"}),
    "officer": frozenset({"sender", "word", "place", "time"}),
    "ended": frozenset({"sender", "place", "time"}),
}
_LEVELS = ("1", "2", "3", "4")
_ENDS = ("clear", "correction")


def template_faults(language: str, words: dict[str, Any] | None = None) -> list[str]:
    """What is wrong with the templates of a language, each with where it stands; empty if nothing is."""
    words = templates(language) if words is None else words
    return list(_faults(language, words))


def _faults(language: str, words: dict[str, Any]) -> Iterator[str]:
    for kind, needed in NEEDED.items():
        keys = _ENDS if kind == "ended" else _LEVELS
        found = words.get(kind, {})
        if sorted(found) != sorted(keys):
            yield f"{language} [{kind}]: has {', '.join(sorted(found)) or 'nothing'}, and must have {', '.join(keys)}"
            continue
        for key in keys:
            yield from _template_faults(f"{language} [{kind}] {key}", found[key], needed, ORDER.get(language, ORDER["en"]))
    if sorted(words.get("words", {})) != sorted(_LEVELS):
        yield f"{language} [words]: must name the levels {', '.join(_LEVELS)}"
    marks = words.get("depths", {})
    if not marks or [float(mark) for mark in marks] != sorted(float(mark) for mark in marks) or float(next(iter(marks))) != 0:
        yield f"{language} [depths]: must begin with 0 and go up"


def _template_faults(where: str, template: str, needed: frozenset[str], order: tuple[str, ...]) -> Iterator[str]:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]
    except ValueError as error:
        yield f"{where}: {error}"
        return
    for name in sorted(set(names) - FILLED):
        yield f"{where}: nothing fills {{{name}}}"
    for name in sorted(needed - set(names)):
        yield f"{where}: does not say {{{name}}}"
    told = [name for name in names if name in order]
    if told != [name for name in order if name in told]:
        wanted = ", ".join(name for name in order if name in told)
        yield f"{where}: says {', '.join(told)}, and must say {wanted}: source, hazard, place, time"
    if names and template.rstrip().endswith("}"):
        yield f"{where}: ends without saying what to do"


def city_remarks(city: City) -> list[str]:
    """Texts of a city that take more than one segment, by language and kind, with the longest name that does it."""
    found = []
    for language in [name for name in city.languages if name in known_languages()]:
        words = templates(language)
        everywhere: tuple[LowPoint | Zone, ...] = (*city.low_points, *city.zones)
        places = sorted({place_name(place, language) for place in everywhere}, key=lambda name: (-len(name), name))
        for kind in NEEDED:
            for key, template in words[kind].items():
                longest = {"word": max(words["words"].values(), key=len), "to": max(words["depths"].values(), key=len), "cm": 100}
                fitting = [place for place in places if segments(_filled(template, language, city, place, longest)) > 1]
                if fitting:
                    count = segments(_filled(template, language, city, fitting[0], longest))
                    which = f"{len(fitting)} of {len(places)} names, {fitting[0]!r} the longest"
                    found.append(f"{language} [{kind}] {key}: up to {count} segments for {which}")
    return found


def _filled(template: str, language: str, city: City, place: str, longest: dict[str, Any]) -> str:
    return template.format(sender=city.sender.signature(language), place=place, time="23:59", **longest)
