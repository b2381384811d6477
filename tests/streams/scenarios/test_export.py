"""The table as files and on the screen: what is written is what is read, and what is beyond design says so."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from models.table.axes import Axes
from streams.cli.scenarios import scenarios
from streams.scenarios.compute import CityTable, between, compute
from streams.scenarios.export import from_csv, from_json, to_csv, to_json, write
from streams.scenarios.page import Selection, page
from streams.scenarios.rows import rows_of
from tests.streams.replay.storm import write_city

DEMO = Path(__file__).resolve().parents[3] / "config" / "cities" / "demo"
SOME = Axes((30.0, 100.0, 125.0), (1.0, 48.0), (0.375,), ("dry", "wet"), ("free", "pumps-off"))


@pytest.fixture(scope="module")
def whole() -> CityTable:
    return compute(DEMO, lambda _: SOME, ("LP22", "LP11", "LP02"))


def printed(whole: CityTable) -> str:
    text = io.StringIO()
    Console(file=text, width=200).print(page(whole, Selection(1.0, 0.375, "dry", "free")))
    return text.getvalue()


def test_a_row_stands_for_each_point_under_each_scenario(whole: CityTable) -> None:
    rows = list(rows_of(whole))
    assert 3 * 3 * 2 * 2 * 2 == len(rows)
    keys = {(r.low_point, r.duration_h, r.amount_mm, r.peak_ratio, r.start, r.drains) for r in rows}
    assert len(rows) == len(keys)
    assert {"LP02", "LP11", "LP22"} == {row.low_point for row in rows}


def test_csv_and_json_come_back_as_they_were(whole: CityTable) -> None:
    rows = tuple(rows_of(whole))
    assert rows == from_csv(to_csv(rows))
    document = from_json(to_json(whole, rows))
    assert rows == document.rows
    assert whole.city.name == document.about["city"]
    assert "made up" in document.about["formula"]["source"]
    assert document.about["simulated"] is True


def test_what_the_formula_does_not_reach_is_marked_beyond_design(whole: CityTable) -> None:
    rarity = {(row.duration_h, row.amount_mm): (row.rarity, row.return_period_years) for row in rows_of(whole)}
    assert ("below", None) == rarity[1.0, 30.0]
    assert ("within", pytest.approx(99.7, abs=1)) == rarity[1.0, 100.0]
    assert ("beyond", None) == rarity[1.0, 125.0]
    assert ("unknown", None) == rarity[48.0, 100.0]


def test_a_level_agrees_with_the_depth_beside_it(whole: CityTable) -> None:
    for row in rows_of(whole):
        assert sum(row.peak_m_q50 >= limit for limit in (0.15, 0.27, 0.40, 0.60)) == row.level


def test_no_number_in_a_file_is_nan_or_infinite(whole: CityTable, tmp_path: Path) -> None:
    files = write(whole, tmp_path / "out", ("csv", "json"))
    assert ["scenarios.csv", "scenarios.json"] == [file.name for file in files]
    for file in files:
        text = file.read_text("utf-8")
        assert "nan" not in text.lower().replace("nanjing", "") and "inf" not in text.lower()
    json.loads(files[1].read_text("utf-8"))


def test_the_most_dangerous_point_stands_first_with_its_level(whole: CityTable) -> None:
    text = printed(whole)
    assert text.index("LP22") < text.index("LP11") < text.index("LP02")
    line = next(line for line in text.splitlines() if "LP22" in line)
    assert "[4]" in line
    assert "[n] the level" in text
    assert "SIMULATED" in text and "beyond" in text and "made up" in text


def test_one_sheet_is_the_same_alone_as_in_the_whole_table(whole: CityTable) -> None:
    part = compute(DEMO, lambda ratio: between(SOME, ratio, "wet", "pumps-off"), ("LP22", "LP11", "LP02"))
    assert (whole.table.peak_m == part.table.peak_m).all()


def run(*words: str) -> str:
    result = CliRunner().invoke(scenarios, list(words))
    assert 0 == result.exit_code, result.output
    return result.output


def test_the_command_prints_one_sheet_and_writes_both_files(tmp_path: Path) -> None:
    shown = run("--city", str(DEMO), "--point", "LP22", "--amounts", "100,30", "--durations", "1", "--out", str(tmp_path))
    assert "LP22" in shown and "LP11" not in shown
    assert shown.index("30 mm") < shown.index("100 mm")
    rows = from_csv((tmp_path / "scenarios.csv").read_text("utf-8"))
    assert 2 * 3 * 2 * 3 == len(rows)
    assert rows == from_json((tmp_path / "scenarios.json").read_text("utf-8")).rows


def test_a_city_of_which_little_is_known_has_a_table_without_return_periods(tmp_path: Path) -> None:
    shown = run("--city", str(write_city(tmp_path / "city")), "--amounts", "50,250")
    assert "no storm.toml" in shown and "beyond" not in shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--point", "LP99"), "no low point 'LP99'"),
        (("--amounts", "ten"), "numbers with commas"),
        (("--amounts", "-5"), "from 0 to 2000 mm"),
        (("--durations", "0"), "0.05 to 72 h"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(words: tuple[str, ...], told: str) -> None:
    result = CliRunner().invoke(scenarios, ["--city", str(DEMO), *words])
    assert 0 != result.exit_code
    assert told in result.output and "Traceback" not in result.output
