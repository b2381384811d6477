"""`lowpoint make-demo` writes what its help says."""

from pathlib import Path

from click.testing import CliRunner

from streams.cli.make_demo import make_demo


def test_city_and_residents_are_written_where_told(tmp_path: Path) -> None:
    city, residents = tmp_path / "city", tmp_path / "out" / "residents.csv"
    made = CliRunner().invoke(make_demo, ["city", "--out", str(city)])
    assert 0 == made.exit_code, made.output
    made = CliRunner().invoke(make_demo, ["residents", "--city", str(city), "--out", str(residents), "--count", "10"])
    assert 0 == made.exit_code, made.output
    assert 11 == len(residents.read_text(encoding="utf-8").splitlines())


def test_help_names_every_part() -> None:
    shown = CliRunner().invoke(make_demo, ["--help"]).output
    assert all(part in shown for part in ("city", "residents", "storm", "simulated"))
