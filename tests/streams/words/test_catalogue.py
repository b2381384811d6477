"""Nothing that people read is missing in a language, and no translation loses or makes up a place that is filled."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from streams.words.catalogue import FOLDER, Words, choose, load_words, places_of

STREAMS = FOLDER.parents[1] / "streams"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
IN_SCRIPT = re.compile(r'(?<![\w.$])t\(\s*("(?:[^"\\]|\\.)*")')
CALL = re.compile(r"(?<![\w.$])t\(\s*([^\s\"'`)])")


def asked_for() -> dict[str, str]:
    """What the screens say, with where."""
    found: dict[str, str] = {}
    folders = [STREAMS / name for name in ("console", "web", "words", "desk", "subscribers", "duty", "camera")]
    for folder in folders:
        if folder.exists():
            for file, line, message, _, _ in extract_from_dir(folder, METHODS, keywords={"t": None, "say": None}):
                text = message[0] if isinstance(message, tuple) else message
                found.setdefault(text, f"{folder.name}/{file}:{line}")
    # Babel's own reader of scripts does not see a call within a call
    for script in sorted((STREAMS / "console" / "static").glob("*.js")):
        for match in IN_SCRIPT.finditer(script.read_text("utf-8")):
            found.setdefault(json.loads(match[1]), script.name)
    return found


LANGUAGES = [folder.name for folder in sorted(FOLDER.iterdir()) if folder.is_dir()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_screens_is_translated(language: str) -> None:
    missing = {text: where for text, where in asked_for().items() if text not in load_words()[language].texts}
    assert {} == missing


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_left_of_a_text_that_nobody_says_any_more(language: str) -> None:
    assert set() == set(load_words()[language].texts) - set(asked_for())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_the_same_places(language: str) -> None:
    different = {source: told for source, told in load_words()[language].texts.items() if places_of(source) != places_of(told)}
    assert {} == different


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_catalogue_holds_what_is_only_guessed(language: str) -> None:
    fuzzy = []
    for file in sorted((FOLDER / language).glob("*.po")):
        with file.open("rb") as opened:
            # the first entry is the head, which Babel calls fuzzy as long as nobody has named a translator
            fuzzy += [(file.name, message.id) for message in read_po(opened) if message.id and message.fuzzy]
    assert [] == fuzzy


def test_scripts_and_pages_say_literal_texts_only() -> None:
    """What is put together at run time cannot be translated."""
    found = []
    for file in [*STREAMS.glob("console/static/*.js"), *STREAMS.glob("console/templates/*.html"), *STREAMS.glob("web/templates/*.html")]:
        text = file.read_text("utf-8")
        found += [f"{file.name}: {match[0]}" for match in CALL.finditer(text) if not text[: match.start()].endswith("function ")]
    assert [] == found


def test_python_says_literal_texts_only() -> None:
    found = []
    for file in _python():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            said = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t" and node.args[:1]
            if said and not (isinstance(said[0], ast.Constant) and isinstance(said[0].value, str)):
                found.append(f"{file.name}:{said[0].lineno}")
    assert [] == found


def _python() -> Iterator[Path]:
    for name in ("console", "web"):
        yield from (STREAMS / name).rglob("*.py")


@given(st.dictionaries(st.from_regex(r"\A[a-z]{1,5}\Z"), st.text(max_size=20), min_size=1, max_size=4))
def test_values_are_put_in_as_they_are(values: dict[str, str]) -> None:
    source = " ".join(f"{{{name}}}" for name in values)
    assert " ".join(values.values()) == Words("en", {}).say(source, **values)


@pytest.mark.parametrize(
    ("wished", "accepted", "expected"),
    [
        ("zh", "en", "zh"),
        (None, "en-GB,en;q=0.9,zh;q=0.8", "en"),
        (None, "zh-CN,zh;q=0.9", "zh"),
        ("tlh", "", "zh"),
        (None, "fr;q=broken,de;q=0", "zh"),
    ],
)
def test_a_reader_gets_what_is_wished_then_what_is_accepted_then_the_citys(wished: str | None, accepted: str, expected: str) -> None:
    assert expected == choose(("en", "zh"), wished, accepted, ("zh", "en"))
