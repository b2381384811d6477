"""`lowpoint import` on the command line."""

import json
from pathlib import Path

import click
from click.testing import CliRunner

from streams.cli.import_data import import_data
from tests.streams.importers.tables import FLOOD, SENSOR, write_table


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(import_data, list(arguments))
    return result.exit_code, result.output


def tables(folder: Path) -> tuple[str, str]:
    return str(write_table(folder / "events.csv", [FLOOD])), str(write_table(folder / "sensors.csv", [SENSOR]))


def test_floodnet_tells_what_it_made_and_writes_it_down(tmp_path: Path) -> None:
    code, output = run(
        "floodnet", *tables(tmp_path), "--out", str(tmp_path / "out"), "--from", "2023-09-29", "--to", "2023-09-30T00:00:00Z"
    )
    assert (0, True) == (code, "2023-09-29: 1 low points, 1 floods" in output)
    assert 1 == json.loads((tmp_path / "out/import.json").read_text())["kept"]


def test_a_storm_that_is_not_there_ends_in_one_line(tmp_path: Path) -> None:
    code, output = run("floodnet", *tables(tmp_path), "--out", str(tmp_path / "out"), "--storm", "2020-01-01")
    assert (1, True) == (code, output.startswith("Error: no storm began on 2020-01-01"))


def test_storms_are_asked_for_in_one_way_only(tmp_path: Path) -> None:
    code, _ = run("floodnet", *tables(tmp_path), "--out", str(tmp_path), "--storm", "2020-01-01", "--from", "2020-01-01")
    assert 2 == code


def test_usgs_asks_for_what_it_cannot_know(tmp_path: Path) -> None:
    file = tmp_path / "Brook_99999999.csv"
    file.write_text("datetime,value\n2024-07-01 04:00:00,2.0\n")
    code, output = run("usgs", str(file), "--out", str(tmp_path / "out"))
    assert (1, True) == (code, "--kind 99999999=" in output)
    code, _ = run("usgs", str(file), "--out", str(tmp_path / "out"), "--kind", "99999999=stage", "--road-stage-m", "0.5")
    assert 0 == code


def test_every_option_is_in_the_documentation() -> None:
    text = (Path(__file__).resolve().parents[3] / "docs/importing.md").read_text(encoding="utf-8")
    commands = [command for command in import_data.commands.values() if isinstance(command, click.Command)]
    options = {name for command in commands for option in command.params for name in option.opts if name.startswith("--")}
    assert set() == {option for option in options if f"`{option}" not in text}
