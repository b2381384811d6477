"""A code shows its report to whoever has it, and to nobody who guesses, however many share an address."""

from __future__ import annotations

from pathlib import Path

from limits import parse
from sqlalchemy import Engine, select, update

from streams.city.model import City
from streams.reports.limits import Limits
from streams.reports.report import Report
from streams.store.engine import reading, writing
from streams.store.reports import as_report
from streams.store.reports_schema import REPORTS
from tests.streams.web.reporting import OURS, Writer, code_of, writing_to


def kept(engine: Engine) -> list[Report]:
    with reading(engine) as connection:
        return [as_report(row) for row in connection.execute(select(REPORTS))]


def test_a_code_of_nobody_finds_nothing_and_guessing_has_an_end(engine: Engine, store_url: str, city: City, tmp_path: Path) -> None:
    with writing_to(city, store_url, tmp_path / "pictures", limits=Limits(tries=parse("3/hour"))) as writer:
        found = [writer.get(f"/report/follow?code={code}").status_code for code in ("ACDEF-GHJKM", "x", "<script>", "ACDEF-GHJKN")]
    assert [404, 404, 404, 429] == found


def test_a_town_behind_one_address_is_told_what_was_received(engine: Engine, store_url: str, city: City, tmp_path: Path) -> None:
    with writing_to(city, store_url, tmp_path / "pictures", limits=Limits(tries=parse("3/hour"))) as writer:
        found = []
        for _ in range(5):
            writer.cookies.clear()  # another telephone behind the same address
            found.append(writer.get(writer.send().headers["location"]).status_code)
        code = code_of(writer.send())
        assert 200 == writer.get(f"/report/follow?code={code}").status_code
    assert [200] * 5 == found


def test_who_guesses_codes_behind_an_address_hides_no_report_from_the_device_that_sent_it(
    engine: Engine, store_url: str, city: City, tmp_path: Path
) -> None:
    with writing_to(city, store_url, tmp_path / "pictures", limits=Limits(tries=parse("2/hour"))) as writer:
        writer.get()
        code, mine = code_of(writer.send()), dict(writer.cookies)
        with writing(engine) as connection:
            connection.execute(update(REPORTS).values(state="asked", question="Which side?"))
        writer.cookies.clear()
        assert [404, 404, 429] == [writer.get(f"/report/follow?code={guess}").status_code for guess in ("ACDEF-GHJKM", "x", "y")]
        assert 429 == writer.get(f"/report/follow?code={code}").status_code, "a guess that is right tells no more than a wrong one"
        form = {"code": code, "answer": "a guesser's"}
        assert 429 == writer.ask("POST", "/report/follow?lang=en", data=form, headers=OURS).status_code
        assert [""] == [report.answer for report in kept(engine)]
        writer.cookies = mine
        assert 200 == writer.get(f"/report/follow?code={code}").status_code == writer.get(f"/report/sent?code={code}").status_code


def test_codes_that_are_looked_up_have_an_end_too(engine: Engine, store_url: str, city: City, tmp_path: Path) -> None:
    with writing_to(city, store_url, tmp_path / "pictures", limits=Limits(looks=parse("2/hour"))) as writer:
        code = code_of(writer.send())
        assert [200, 200, 429] == [writer.get(f"/report/sent?code={code}").status_code for _ in range(3)]
        assert 200 == Writer(writer.app, writer.reports, "192.0.2.8").get(f"/report/sent?code={code}").status_code


def test_codes_of_earlier_reports_are_told_and_nothing_else_that_an_address_says(
    engine: Engine, store_url: str, city: City, tmp_path: Path
) -> None:
    with writing_to(city, store_url, tmp_path / "pictures") as writer:
        code = code_of(writer.send())
        page = writer.get(f"/report/sent?lang=en&code={code}&earlier=ACDEF-GHJKM,{code},<script>,Call+900,,ACDEF").text
        assert 1 == page.count("Your earlier report was received. Its code: ACDEF-GHJKM") == page.count("Your earlier report")
        assert "Call 900" not in page and "Your earlier" not in writer.get(f"/report/sent?lang=en&code={code}").text
