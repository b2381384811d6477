"""Law 7: a drill says so in every text, and nothing of it enters the live path."""

from __future__ import annotations

import pytest
from msgspec import structs

from streams.alerts.alert import Status
from streams.alerts.cap import from_cap, to_cap
from streams.alerts.drill import ExerciseRefused, drill_text, refuse_exercise, status_of
from streams.alerts.words import known_languages
from streams.city.model import Public
from streams.messages.texts import DRILL_MARK
from tests.streams.alerts.made_up import CITY, made, order_of, thread


def test_every_text_of_a_drill_opens_with_the_mark() -> None:
    texts = [
        (info.language, text)
        for alert in thread("Exercise")
        for info in alert.infos
        for text in (info.headline, info.description, info.instruction)
    ]
    assert 18 == len(texts)
    assert all(text.startswith({"zh": "【演练】", "en": "【演练】EXERCISE "}[language]) for language, text in texts)


def test_nothing_for_real_has_the_mark() -> None:
    assert all(DRILL_MARK.encode() not in to_cap(alert) for alert in thread())


@pytest.mark.parametrize(("language", "opens"), [("zh", "【演练】"), ("en", "【演练】EXERCISE "), ("fr", "【演练】EXERCISE ")])
def test_a_short_message_opens_with_the_mark_once(language: str, opens: str) -> None:
    assert f"{opens}Town: Flood RED" == drill_text("Town: Flood RED", language)
    assert f"{opens}Town: Flood RED" == drill_text(drill_text("Town: Flood RED", language), language)


@pytest.mark.parametrize("language", known_languages())
def test_every_language_has_the_mark(language: str) -> None:
    assert drill_text("", language).startswith(DRILL_MARK)


@pytest.mark.parametrize("status", ["Exercise", "Test"])
def test_the_live_path_refuses_what_is_not_for_real(status: Status) -> None:
    for alert in thread(status):
        with pytest.raises(ExerciseRefused, match=f"{alert.identifier}: its status is {status}"):
            refuse_exercise(alert)
        with pytest.raises(ExerciseRefused):
            refuse_exercise(from_cap(to_cap(alert)))


def test_the_live_path_takes_what_is_for_real() -> None:
    for alert in thread():
        refuse_exercise(alert)


def test_a_drill_does_not_pass_by_calling_itself_actual() -> None:
    with pytest.raises(ExerciseRefused, match=DRILL_MARK):
        refuse_exercise(structs.replace(made(order_of(), status="Exercise"), status="Actual"))


def test_only_a_live_city_with_real_water_is_actual() -> None:
    assert "Actual" == status_of(CITY, drill=False)
    assert "Exercise" == status_of(CITY, drill=True)
    for city in (structs.replace(CITY, public=Public()), structs.replace(CITY, demo=True), structs.replace(CITY, simulated=True)):
        assert "Test" == status_of(city, drill=False)
