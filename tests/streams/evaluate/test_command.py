from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from streams.cli.main import main
from streams.evaluate.evaluation import Source


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["evaluate", *map(str, arguments)])


def test_storms_are_judged_and_written(storms: Path, tmp_path: Path) -> None:
    result = run("--storms", storms, "--out", tmp_path)
    assert 0 == result.exit_code, result.output
    assert "2 storms, 10 floods" in result.stdout
    assert "2026-07-20: 5 floods" in result.stderr
    assert {"report.html", "evaluation.json"} == {path.name for path in tmp_path.iterdir()}


def test_one_recording_is_judged(source: Source, tmp_path: Path) -> None:
    result = run("--city", source.city, "--input", *source.inputs, "--out", tmp_path)
    assert 0 == result.exit_code, result.output
    assert "1 storms, 5 floods" in result.stdout


def test_a_question_that_makes_no_sense_is_refused(storms: Path, source: Source, tmp_path: Path) -> None:
    assert 2 == run("--out", tmp_path).exit_code
    assert 2 == run("--storms", storms, "--city", source.city, "--out", tmp_path).exit_code


def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, storms: Path) -> None:
    for result in (run("--storms", tmp_path, "--out", tmp_path), run("--storms", storms, "--model", tmp_path, "--out", tmp_path)):
        assert 1 == result.exit_code
        assert 1 == len(result.output.strip().splitlines())
        assert result.output.startswith("Error: ")
