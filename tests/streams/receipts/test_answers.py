"""What a resident who texts back reads."""

from __future__ import annotations

from xml.etree import ElementTree

import msgspec
import pytest

from streams.city.model import City, Sender
from streams.delivery.reply import ReplyKind
from streams.messages.segments import segments
from streams.receipts.answers import NO_ANSWER, answer_text, answer_to, languages, templates

CITY = City("Z", "Asia/Shanghai", ("D1",), sender=Sender(name="郑州市防汛", name_en="Zhengzhou Flood"))
PHONE = "+9990000000001"


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", ["help", "rescue"])
def test_an_answer_is_one_segment_signed_and_names_whom_to_call(kind: ReplyKind, language: str) -> None:
    text = answer_text(kind, language, CITY)
    assert 1 == segments(text)
    assert CITY.sender.signature(language) in text and templates(language)["emergency"] in text


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", ["report", "report_where", "report_placed"])
def test_an_answer_to_a_picture_is_one_segment_with_its_code(kind: str, language: str) -> None:
    text = answer_text(kind, language, CITY, code="ACDEF-GHJKM")
    assert 1 == segments(text)
    assert CITY.sender.signature(language) in text and templates(language)["emergency"] in text
    assert ("ACDEF-GHJKM" in text) == (kind != "report_placed")


def test_the_language_is_the_residents_else_the_citys_first_else_any_there_is() -> None:
    assert answer_text("help", "en", CITY) != answer_text("help", "zh", CITY)
    assert answer_text("help", "zh", CITY) == answer_text("help", "", CITY) == answer_text("help", "fr", CITY)
    assert answer_text("help", "en", CITY) == answer_text("help", "fr", msgspec.structs.replace(CITY, languages=("fr",)))


def test_an_answer_is_xml_whatever_signs_it() -> None:
    city = msgspec.structs.replace(CITY, sender=Sender(name="<A&B>"))
    read = ElementTree.fromstring(answer_to("rescue", "en", PHONE, city).encode("utf-8"))
    assert ("Response", ["Message"], answer_text("rescue", "en", city)) == (read.tag, [part.tag for part in read], read[0].text)


@pytest.mark.parametrize("kind", ["opt_out", "opt_in", "other"])
def test_what_asks_for_no_answer_gets_none(kind: ReplyKind) -> None:
    assert NO_ANSWER == answer_to(kind, "en", PHONE, CITY)
    assert [] == list(ElementTree.fromstring(NO_ANSWER.encode("utf-8")))
