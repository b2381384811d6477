"""The templates say the same in each language, in the order in which people need it; what is wrong is named with its place."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from streams.city.model import Sender
from streams.messages.lint import faults
from streams.messages.segments import segments
from streams.messages.template_lint import city_remarks, template_faults
from streams.messages.texts import depth_words, known_languages, order_texts, templates
from tests.streams.towns import START_US, town


@pytest.mark.parametrize("language", known_languages())
def test_our_own_templates_are_sound(language: str) -> None:
    assert [] == template_faults(language)


@pytest.mark.parametrize(
    ("kind", "key", "template", "said"),
    [
        ("measured", "3", "{sender}: {place}, {time}: flood {word}, {to}. Leave.", "must say sender, word, place, time"),
        ("measured", "3", "{sender}: Flood {word}. {place}, {time}. Leave.", "does not say {to}"),
        ("forecast", "4", "{sender}: Flood {word}. {place}, {time}, {to}, {when}. Leave.", "nothing fills {when}"),
        ("officer", "1", "{sender}: Flood {word}. {place}, {time}", "ends without saying what to do"),
        ("ended", "clear", "{sender}: {place}, {time. Over.", "expected '}'"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(kind: str, key: str, template: str, said: str) -> None:
    words: dict[str, Any] = deepcopy(templates("en"))
    words[kind][key] = template
    found = template_faults("en", words)
    assert any(fault.startswith(f"en [{kind}] {key}: ") and said in fault for fault in found), found


def test_a_missing_level_and_depths_out_of_order_are_named() -> None:
    words: dict[str, Any] = deepcopy(templates("zh"))
    del words["officer"]["4"]
    words["depths"] = {"0.4": "没过膝盖", "0": "没过鞋底"}
    assert 2 == len(template_faults("zh", words))


def test_depths_are_told_by_the_mark_that_they_reach() -> None:
    told = [depth_words(depth_m, "en") for depth_m in (0.05, 0.15, 0.27, 0.4, 0.6, 1.5)]
    assert ["over the soles", "over the ankle", "to the shin", "over the knee", "to the thigh", "to the waist"] == told


def test_an_english_text_is_signed_in_english_so_that_it_stays_short() -> None:
    city = town(sender=Sender(name="演示防汛", name_en="Demo Flood Watch"))
    text = order_texts(city, city.low_points[0], 4, "measured", START_US)
    assert text["zh"].startswith("【演示防汛】") and text["en"].startswith("Demo Flood Watch: ")
    assert {1} == {segments(each) for each in text.values()}
    mixed = town(sender=Sender(name="演示防汛"))
    assert any("en [measured] 4" in remark for remark in city_remarks(mixed)), "one Chinese sign makes it UCS-2, and that is told"


@pytest.mark.parametrize("text", ["Leave now", "Town: " + "x" * 600, "Town: leave\x07"])
def test_a_text_that_cannot_go_out_is_refused(text: str) -> None:
    assert faults(text, "en", "Town")


def test_a_drill_may_open_with_its_mark() -> None:
    assert [] == faults("【演练】【Town】请撤离。", "zh", "Town")
