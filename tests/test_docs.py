"""The documents say what is there: a name that is in the code and not in the documents fails here, and so does a dead link."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import click
import pytest

from streams.city.load import load_city
from streams.cli.main import COMMANDS, main
from streams.observation import parse
from streams.observation.dead_letter import Reason
from streams.observation.observation import Extra
from streams.rules import limits
from streams.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
OF_THE_STARTER = {"setup", "test"}


@cache
def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Anchors of headings as they are made for web pages."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", DOCS, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = [target for target in LINK.findall(page.read_text("utf-8")) if not target.startswith(("http://", "https://", "mailto:"))]
    dead = []
    for target in targets:
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            dead.append(target)
    assert [] == dead


def test_every_document_is_reached_from_the_readme() -> None:
    reached, left = set(), [ROOT / "README.md"]
    while left:
        page = left.pop()
        reached.add(page)
        links = [
            (page.parent / target.partition("#")[0]).resolve() for target in LINK.findall(page.read_text("utf-8")) if "://" not in target
        ]
        left += [link for link in links if link.suffix == ".md" and link.exists() and link not in reached]
    assert set(DOCS) <= reached


# commands


def commands_named(text: str) -> set[tuple[str, str]]:
    """`lowpoint NAME NEXT` wherever it stands in code."""
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`|^ {4}lowpoint .*$", text, re.S | re.M))
    return set(re.findall(r"(?:^|[\s`/])lowpoint ([a-z][a-z-]+)(?: ([a-z][a-z-]+))?", code))


@pytest.mark.parametrize("page", DOCS, ids=named)
def test_every_command_in_the_documents_exists(page: Path) -> None:
    context = click.Context(main)
    for name, following in commands_named(page.read_text("utf-8")):
        command = main.get_command(context, name)
        assert name in OF_THE_STARTER or command is not None, f"lowpoint {name}"
        if isinstance(command, click.Group) and following:
            assert command.get_command(context, following) is not None, f"lowpoint {name} {following}"


def test_every_command_is_in_the_operators_guide_or_the_readme() -> None:
    found = {name for page in ("README.md", "docs/operators.md") for name, _ in commands_named(text_of(page))}
    assert set() == (set(COMMANDS) | OF_THE_STARTER) - found


@pytest.mark.parametrize("page", DOCS, ids=named)
def test_every_file_named_in_code_is_there(page: Path) -> None:
    paths = re.findall(r"`((?:streams|models|config|tests|docs)/[\w./-]+)`", page.read_text("utf-8"))
    assert [] == [path for path in paths if "mytown" not in path and not (ROOT / path).exists()]


# what the rules and the formats know by name


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_of_a_dead_letter_is_explained(reason: Reason) -> None:
    assert f"| `{reason}` |" in text_of("docs/message-formats.md")


def strings_in(node: ast.AST) -> set[str]:
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def flags_of_the_rules() -> set[str]:
    """Flags that a rule gives: lists handed to `note`, words appended to `flags`, and what a check returns in place of None."""
    found: set[str] = set()
    for file in sorted((ROOT / "streams" / "rules").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "note":
                found |= strings_in(node.args[2])
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "flags.append":
                found |= strings_in(node)
            if isinstance(node, ast.FunctionDef) and node.returns is not None and ast.unparse(node.returns) == "str | None":
                found |= {word for one in ast.walk(node) if isinstance(one, ast.Return) and one.value for word in strings_in(one.value)}
    return found


def flags_of_the_parser() -> set[str]:
    words = strings_in(ast.parse(Path(parse.__file__).read_text("utf-8")))
    plain = {word for word in words if word in ("unknown_field", "bad_received_at", "bad_confidence")}
    checked = [field for field, _ in parse._NUMBERS_OF] + ["id", "image"]
    assert set(checked) <= set(Extra.__struct_fields__)
    return plain | {f"bad_{field}" for field in checked}


def test_every_flag_of_a_verdict_is_explained() -> None:
    flags = flags_of_the_rules() | flags_of_the_parser()
    assert {"suspect", "spike", "box", "repeat", "conflict", "late", "clock", "range", "unknown_field", "bad_id"} <= flags
    table = re.search(r"^## Verdicts$(.*?)^## ", text_of("docs/message-formats.md"), re.S | re.M)
    assert table is not None
    rows = {word for line in table[1].splitlines() if line.startswith("| `") for word in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert flags == rows


def test_every_figure_of_the_rules_is_named_with_its_value() -> None:
    figures = {
        name: value for name, value in vars(limits).items() if name.isupper() and not name.endswith(("HOUR_US", "MINUTE_US", "SECOND_US"))
    }
    figures |= {"NEIGHBOUR_US": limits.NEIGHBOUR_US, "SILENT_LEAST_US": limits.SILENT_LEAST_US}
    said = dict(re.findall(r"`([A-Z_]+)` = (-?\d[\d,]*(?:\.\d+)?(?: (?:h|min|s|m|mm)\b)?)", text_of("docs/rules.md")))
    assert set() == set(figures) - set(said)
    assert {name: value for name, value in figures.items() if name in said} == {name: as_figure(name, said[name]) for name in figures}


def as_figure(name: str, said: str) -> float:
    number, _, unit = said.replace(",", "").partition(" ")
    seconds = {"h": 3600, "min": 60, "s": 1}.get(unit, 1)
    return float(number) * (seconds * 1_000_000 if name.endswith("_US") else 1)


# settings and the city folder


def test_every_setting_is_in_the_operators_guide() -> None:
    assert [] == [name for name in Settings.model_fields if f"| `LOWPOINT_{name.upper()}` |" not in text_of("docs/operators.md")]


def test_every_variable_of_the_compose_file_is_in_the_operators_guide() -> None:
    variables = dict(re.findall(r"\$\{(LOWPOINT_\w+)(?::-([^}]*))?", text_of("docker-compose.yml")))
    assert "LOWPOINT_CITY" in variables
    for name, default in variables.items():
        row = re.search(rf"^\| `{name}` \| (.+?) \|", text_of("docs/operators.md"), re.M)
        assert row is not None, name
        assert row[1].startswith(("none", "one of ours")) or default == row[1].strip("`")


def test_every_service_of_the_compose_file_is_in_the_operators_guide() -> None:
    services = re.findall(r"^  (\w+):$", text_of("docker-compose.yml").split("services:")[1].split("networks:\n  inner")[0], re.M)
    assert {"kafka", "web"} <= set(services)
    table = " ".join(line.split("|")[1] for line in text_of("docs/operators.md").splitlines() if line.startswith("| `"))
    assert [] == [service for service in services if f"`{service}`" not in table]


def example(page: str) -> dict[str, str]:
    """Files of an example: a path in code with a colon, and the block after it."""
    return dict(re.findall(r"^`(mytown/[\w.]+)`:\n\n```\w+\n(.*?)^```", text_of(page), re.S | re.M))


def test_the_smallest_city_of_the_guide_loads(tmp_path: Path) -> None:
    files = example("docs/adding-a-city.md")
    assert 5 == len(files)
    (tmp_path / "mytown").mkdir()
    for path, body in files.items():
        (tmp_path / path).write_text(body, "utf-8")
    city = load_city(tmp_path / "mytown")
    assert ["LP1"] == [point.low_point_id for point in city.low_points]
    assert 10 == city.zones[0].walking_min
    assert ("zh", "en") == city.languages
    assert {"1": "one", "2": "one", "3": "one", "4": "two", "unconfirmed": "one"} == city.approval
    assert "Mytown" == city.sender.name


def test_every_key_of_the_city_folder_is_explained() -> None:
    from streams.city import model

    told = set(re.findall(r"`(?:\[+\w+\]+ ?)?(\w+)`", text_of("docs/adding-a-city.md"))) | set(
        re.findall(r"\[(\w+)\]", text_of("docs/adding-a-city.md"))
    )
    inner = {"lon", "lat", "geometry", "folder", "point_class", "release_rules", "low_points", "stations", "zones", "shelters"}
    structs = (
        model.City,
        model.Level,
        model.RainSignal,
        model.Sender,
        model.Public,
        model.LowPoint,
        model.Station,
        model.Zone,
        model.Shelter,
    )
    assert set() == {field for struct in structs for field in struct.__struct_fields__} - inner - told


def test_no_document_holds_a_number_that_could_reach_somebody() -> None:
    for page in DOCS:
        assert [] == re.findall(r"\+(?!999)\d{7,}", page.read_text("utf-8"))
