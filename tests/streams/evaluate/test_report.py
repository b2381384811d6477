from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from streams.evaluate.evaluation import Evaluation
from streams.evaluate.report import render, terminal, write_report
from streams.evaluate.storms import Fan

VOID = {"meta", "img", "br", "link", "hr"}
Found = tuple[Evaluation, list[Fan]]


class Page(HTMLParser):
    """Reads a page strictly: every element that opens must close, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.ids: list[str] = []
        self.labelled: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.labelled += [values["aria-labelledby"] or ""] if "aria-labelledby" in values else []
        if tag == "img":
            self.images.append(values)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()


@pytest.fixture(scope="module")
def text(judged_calm: Found) -> str:
    return render(*judged_calm)


def test_the_report_is_well_formed_html(text: str) -> None:
    page = Page(text)
    assert text.startswith("<!doctype html>")
    assert [] == page.open
    assert len(set(page.ids)) == len(page.ids)
    assert set() == set(page.labelled) - set(page.ids)


def test_every_picture_says_in_words_what_it_shows(text: str, judged_calm: Found) -> None:
    images = Page(text).images
    assert 6 + len(judged_calm[1]) == len(images)
    assert [] == [image for image in images if len(image.get("alt") or "") < 40]


def test_every_picture_is_a_drawing_in_the_page_itself(text: str) -> None:
    for image in Page(text).images:
        head, _, data = (image["src"] or "").partition(",")
        assert "data:image/svg+xml;base64" == head
        assert ET.fromstring(base64.b64decode(data)).tag.endswith("svg")


def test_the_report_asks_nobody_for_anything(text: str) -> None:
    assert [] == re.findall(r"https?://|//\w|<script|<link|@import|url\(", re.sub(r"base64,[\w+/=]+", "", text))


def test_names_of_a_city_cannot_break_the_page(judged_calm: Found) -> None:
    evaluation, fans = judged_calm
    points = [replace(row, name="<b>&corner") for row in evaluation.by_point]
    text = render(replace(evaluation, by_point=points), fans)
    assert "&lt;b&gt;&amp;corner" in text
    Page(text)


def test_the_figures_are_written_beside_the_page(tmp_path: Path, judged_calm: Found) -> None:
    page, figures = write_report(*judged_calm, tmp_path / "new")
    assert {"report.html", "evaluation.json"} == {path.name for path in (page, figures)}
    assert judged_calm[0] == msgspec.json.decode(figures.read_bytes(), type=Evaluation)


def test_the_same_evaluation_makes_the_same_page(judged_calm: Found, text: str) -> None:
    assert text == render(*judged_calm)


def test_the_table_for_the_terminal_fits_and_names_every_lead(judged_calm: Found) -> None:
    shown = terminal(judged_calm[0])
    assert {"5 min", "15 min", "30 min", "60 min", "90 min", "120 min"} == set(re.findall(r"^(\d+ min) ", shown, re.M))
    assert max(map(len, shown.splitlines())) < 180
