"""The bench of the intake counts what is lost, and a web process that is killed loses nothing."""

from __future__ import annotations

from pathlib import Path

from streams.bench.reports_client import Told, make_pictures
from streams.bench.reports_intake import IntakeReport, measure
from streams.demo.city import FOLDER


def test_a_web_process_that_is_killed_while_reports_come_loses_and_doubles_none(tmp_path: Path) -> None:
    report = measure(tmp_path, FOLDER, per_hour=7_200, seconds=6, burst=False, kills=2)
    (_, told) = report.phases["steady"]
    assert report.holds, report.lines()
    assert told and all(one.code for one in told)
    assert 0 < len(told) < report.rows, "those before the measurement count too"


def test_what_was_never_answered_or_lost_or_doubled_is_told() -> None:
    fine, never = Told(0.2, "c", "ABCDE-FGHJK"), Told(None, "c")
    assert IntakeReport({"steady": (1.0, [fine])}).holds
    assert not IntakeReport({"steady": (1.0, [fine, never])}).holds
    assert not IntakeReport({"steady": (1.0, [fine])}, lost=1).holds
    assert not IntakeReport({"steady": (1.0, [fine])}, doubled=1).holds
    assert "MISSED" in IntakeReport({"steady": (1.0, [Told(0.6, "c", "x")])}).lines()[0]


def test_pictures_are_as_a_browser_makes_them_and_no_two_alike() -> None:
    made = make_pictures(3, 1)
    assert 3 == len(set(made)) and all(150_000 < len(one) < 400_000 for one in made)
