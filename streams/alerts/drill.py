"""Drills: every text of one says so first, and nothing of one enters the live path (law 7)."""

from __future__ import annotations

from streams.alerts.alert import Alert, Status
from streams.alerts.words import FALLBACK, known_languages, templates
from streams.city.model import City
from streams.messages.texts import DRILL_MARK


class ExerciseRefused(ValueError):
    """A message that is not for real, at the door of the live path. Do not retry: its status does not change."""


def drill_text(text: str, language: str) -> str:
    """A text of a drill, a short message too: it opens with the mark, in whatever language. One that has its mark keeps it as it is."""
    opening = str(templates(language if language in known_languages() else FALLBACK)["drill"]["opens"])
    if not opening.startswith(DRILL_MARK):
        raise ValueError(f"config/texts/cap/{language}.toml: [drill] opens must begin with {DRILL_MARK}, not {opening!r}")
    return text if text.startswith(opening) else opening + text


def status_of(city: City, drill: bool) -> Status:
    """What messages of a city are: a drill's an Exercise, a live city's Actual, those of any other and of simulated water a Test."""
    if drill:
        return "Exercise"
    return "Actual" if city.public.live and not (city.demo or city.simulated) else "Test"


def refuse_exercise(alert: Alert) -> None:
    """Let pass what is for real; to be called where the live path begins.

    Raises
    ------
    ExerciseRefused
        For an Exercise and for a Test, and for what says in words that it is a drill, whatever its status.
    """
    if alert.status != "Actual":
        raise ExerciseRefused(f"{alert.identifier}: its status is {alert.status}, and only Actual may enter the live path")
    if any(DRILL_MARK in text for info in alert.infos for text in (info.headline, info.description, info.instruction)):
        raise ExerciseRefused(f"{alert.identifier}: its text says {DRILL_MARK}, so it may not enter the live path as Actual")
