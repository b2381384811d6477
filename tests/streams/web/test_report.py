"""Whoever can open a page can report water, is told what was received, and can follow it; nothing honest is lost on the way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from limits import parse
from sqlalchemy import Engine, select, text, update

from streams.city.model import City
from streams.observation.moments import MINUTE_US
from streams.pictures.intake import Taken
from streams.reports.card import VALID_US
from streams.reports.codes import plate_of
from streams.reports.limits import Limits
from streams.reports.report import Report
from streams.store.engine import reading, writing
from streams.store.reports import as_report
from streams.store.reports_schema import REPORTS
from streams.web import report_intake
from streams.web.app import make_app
from streams.web.source import Boards
from tests.streams.reports.office import Clock, Easy, count, photo
from tests.streams.web.conftest import Visitor
from tests.streams.web.reporting import OURS, Writer, card_of, code_of, writing_to


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def writer(engine: Engine, store_url: str, city: City, tmp_path: Path, clock: Clock) -> Iterator[Writer]:
    with writing_to(city, store_url, tmp_path / "pictures", clock) as writer:
        yield writer


def kept(engine: Engine) -> list[Report]:
    with reading(engine) as connection:
        return [as_report(row) for row in connection.execute(select(REPORTS).order_by(REPORTS.c.made_us, REPORTS.c.report))]


def test_a_report_with_a_picture_is_received_and_its_writer_is_told_what(writer: Writer, engine: Engine, city: City) -> None:
    code = code_of(writer.send(picture=photo(1), words="Water <b>fast</b>", ago="15"))
    page = writer.get(f"/report/sent?code={code}&lang=en")
    point = next(point for point in city.low_points if point.low_point_id == "LP07")
    told = [point.name_en, "To the knee", "about 48 cm", "15 min ago", "64 × 48", code, "Water &lt;b&gt;fast&lt;/b&gt;", "119", "Shelter"]
    assert [] == [words for words in told if words not in page.text]
    (report,) = kept(engine)
    assert ("LP07", "point", "knee", 0.48, "en", "web", False) == (
        report.low_point,
        report.place_by,
        report.depth,
        report.depth_m,
        report.language,
        report.channel,
        report.training,
    )
    assert 15 * MINUTE_US == report.made_us - report.observed_us
    assert report.picture is not None and report.device and report.address


def test_nothing_but_a_form_is_needed(writer: Writer, engine: Engine) -> None:
    """No cookie, no origin, no picture."""
    writer.cookies.clear()
    answer = writer.send(card=writer.card(), headers={})
    assert 303 == answer.status_code
    assert [None] == [report.picture for report in kept(engine)]


def test_the_same_form_again_is_the_same_report(writer: Writer, engine: Engine) -> None:
    card = writer.card()
    codes = [code_of(writer.send(card, photo(colour))) for colour in (1, 2)]
    codes.append(writer.send_by_script(card).json()["code"])
    assert 1 == len(set(codes)) and 1 == count(engine)


def test_a_plate_opens_the_form_with_its_low_point(writer: Writer, engine: Engine) -> None:
    answer = writer.get(f"/p/{plate_of('LP07').lower()}")
    page = writer.get(answer.headers["location"])
    assert '<option value="LP07" selected' in page.text and 'name="plate" value="LP07"' in page.text
    code_of(writer.send(card_of(page), plate="LP07"))
    assert ["plate"] == [report.place_by for report in kept(engine)]
    page = writer.get(writer.get("/p/AAAAAA?lang=en").headers["location"])
    assert "no plate of this code" in page.text and 'value="LP07" selected' not in page.text


def test_without_pictures_the_page_says_so_and_how_to_report_otherwise(engine: Engine, store_url: str, city: City) -> None:
    visitor = Visitor(make_app(city, Boards(city, store_url)))
    for path in ("/report?lang=en", "/report/follow?lang=en", "/p/AAAAAA?lang=en"):
        answer = visitor.get(path)
        assert 404 == answer.status_code and "takes no reports" in answer.text and "119" in answer.text
    assert "/report" not in visitor.get("/?lang=en").text


def test_the_pages_of_roads_lead_to_the_form(writer: Writer, engine: Engine, city: City) -> None:
    from tests.streams.web.situations import all_dry

    all_dry(engine, city)
    assert '"/report?lang=en"' in writer.get("/?lang=en").text
    assert '"/report?point=LP07&amp;lang=en"' in writer.get("/road/LP07?lang=en").text


WRONG = {
    "place": ({"point": ""}, "Say where"),
    "words": ({"point": "?"}, "Write where it is"),
    "nothing": ({"depth": ""}, "Say how deep"),
    "depth": ({"depth": "fathom"}, "Choose a depth"),
    "around": ({"point": "@", "lon": "2.35", "lat": "48.86"}, "far outside"),
}


@pytest.mark.parametrize("field", WRONG)
def test_a_form_that_cannot_be_taken_says_why_and_keeps_all_that_was_typed(writer: Writer, engine: Engine, field: str) -> None:
    fields, says = WRONG[field]
    told = {"words": "", **fields} | ({"words": "kept"} if field not in ("words", "nothing") else {})
    card = writer.card()
    answer = writer.send(card, None, **told)
    assert 422 == answer.status_code and says in answer.text
    assert card == card_of(answer), "the card stays good"
    if told["words"]:
        assert ">kept</textarea>" in answer.text
    assert 0 == count(engine)
    code_of(writer.send(card_of(answer)))


def test_a_picture_that_came_with_a_form_that_is_wrong_need_not_be_sent_again(writer: Writer, engine: Engine) -> None:
    card = writer.card()
    answer = writer.send(card, photo(7), point="")
    assert 422 == answer.status_code and "Your picture has come" in answer.text
    code_of(writer.send(card))
    assert kept(engine)[0].picture is not None


def test_a_picture_that_cannot_be_taken_costs_the_picture_and_not_the_report(writer: Writer, engine: Engine) -> None:
    answer = writer.send(picture=b"<svg/>")
    code_of(answer)
    assert "lost=not_a_picture" in answer.headers["location"]
    assert "The file is no picture" in writer.get(answer.headers["location"]).text
    assert [None] == [report.picture for report in kept(engine)]


def test_a_picture_that_cannot_be_taken_and_nothing_else_is_no_report(writer: Writer, engine: Engine) -> None:
    answer = writer.send(picture=b"<svg/>", depth="")
    assert 422 == answer.status_code and "The file is no picture" in answer.text
    assert 0 == count(engine)


def test_a_card_that_is_over_is_changed_for_a_new_one_with_all_that_was_sent(writer: Writer, engine: Engine, clock: Clock) -> None:
    card = writer.card()
    clock.now_us += VALID_US + 1_000_000
    answer = writer.send(card, photo(1), words="old")
    new = card_of(answer)
    assert 410 == answer.status_code and card != new
    assert "its card is over" in answer.text and ">old</textarea>" in answer.text and "Your picture has come" in answer.text
    code_of(writer.send(new))
    assert 1 == count(engine) and kept(engine)[0].picture is not None


def test_a_report_whose_answer_was_lost_is_found_by_its_card_even_when_it_is_over(writer: Writer, engine: Engine, clock: Clock) -> None:
    card = writer.card()
    code = code_of(writer.send(card))
    clock.now_us += VALID_US + 1_000_000
    assert code == code_of(writer.send(card)) and 1 == count(engine)


def test_a_made_up_card_is_changed_for_a_real_one(writer: Writer, engine: Engine) -> None:
    answer = writer.send("A" * 46)
    assert 410 == answer.status_code and 0 == count(engine)
    code_of(writer.send(card_of(answer)))


def test_a_store_that_is_away_keeps_card_words_and_picture(writer: Writer, engine: Engine) -> None:
    card = writer.card()
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE reports RENAME TO elsewhere"))
    answer = writer.send(card, photo(1), words="kept")
    assert (503, "5") == (answer.status_code, answer.headers["retry-after"])
    assert "stays here" in answer.text and ">kept</textarea>" in answer.text and card == card_of(answer)
    assert 503 == writer.send_by_script(card).status_code == writer.get("/report/follow?code=ACDEF-GHJKM").status_code
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO reports"))
    code_of(writer.send(card))
    assert kept(engine)[0].picture is not None


def test_who_sends_too_much_is_told_so_and_loses_nothing(engine: Engine, store_url: str, city: City, tmp_path: Path) -> None:
    limits = Limits(device=parse("2/hour"))
    with writing_to(city, store_url, tmp_path / "pictures", limits=limits) as writer:
        for _ in range(2):
            code_of(writer.send())
        card = writer.card()
        answer = writer.send(card, words="kept")
        assert 429 == answer.status_code and answer.headers["retry-after"] and ">kept</textarea>" in answer.text
        writer.cookies.clear()  # another device behind the same address
        code_of(writer.send(card))
    assert 3 == count(engine)


def test_a_place_that_everybody_reports_is_taken_from_all_the_same(engine: Engine, store_url: str, city: City, tmp_path: Path) -> None:
    limits = Limits(crowd=parse("1/hour"))
    with writing_to(city, store_url, tmp_path / "pictures", limits=limits) as writer:
        for number in range(4):
            code_of(writer.send(picture=photo(number)))
    assert 4 == len({report.picture for report in kept(engine)})


def test_a_form_of_another_site_is_refused(writer: Writer, engine: Engine) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = writer.send(writer.card(), headers=headers)
        assert 400 == answer.status_code and "came from elsewhere" in answer.text
    assert 0 == count(engine)


def test_an_exercise_is_striped_and_apart(writer: Writer, engine: Engine) -> None:
    page = writer.get("/report?training=1&lang=en")
    assert "EXERCISE" in page.text and "exercise" in page.text
    code = code_of(writer.send(card_of(page)))
    code_of(writer.send())
    assert [True, False] == sorted((report.training for report in kept(engine)), reverse=True)
    assert 2 == len({report.group_id for report in kept(engine)})
    assert "EXERCISE" in writer.get(f"/report/sent?code={code}&lang=en").text
    assert "EXERCISE" not in writer.get("/report?lang=en").text


def test_in_a_drill_every_report_is_an_exercise(engine: Engine, store_url: str, city: City, tmp_path: Path) -> None:
    drill = msgspec.structs.replace(city, drill=True)
    with writing_to(drill, store_url, tmp_path / "pictures") as writer:
        page = writer.get()
        assert "EXERCISE" in page.text
        code_of(writer.send(card_of(page)))
    assert [True] == [report.training for report in kept(engine)]


def test_a_writer_follows_a_report_through_all_its_states_and_answers_a_question(writer: Writer, engine: Engine) -> None:
    code = code_of(writer.send())
    states = {
        "new": ("", "Nobody of the flood command has decided"),
        "accepted": ("", "counts as an observation"),
        "hidden": ("a puddle", "Because: a puddle"),
        "merged": ("", "together with other reports"),
        "asked": ("", "has a question"),
    }
    for state, (reason, says) in states.items():
        with writing(engine) as connection:
            connection.execute(update(REPORTS).values(state=state, reason=reason, question="Which side?" if state == "asked" else ""))
        page = writer.get(f"/report/follow?code={code}&lang=en")
        assert says in page.text
        assert ('name="answer"' in page.text) == (state == "asked")
    answer = writer.ask("POST", "/report/follow?lang=en", data={"code": code, "answer": "North <i>"}, headers=OURS)
    assert "North &lt;i&gt;" in writer.get(answer.headers["location"]).text
    assert ["North <i>"] == [report.answer for report in kept(engine)]


def test_a_touch_of_the_map_is_a_place_within_its_error(writer: Writer, engine: Engine, city: City) -> None:
    from streams.city.near import distance_m
    from streams.web.drawing import draw, frame_of

    point, drawing = city.low_points[6], draw(city)
    scale = 288 / drawing.width
    x, y = (value * scale for value in frame_of(city).at(point.lon, point.lat))
    address = f"/report/map?lang=en&at.x={round(x)}&at.y={round(y)}"
    for _ in range(2):
        address = writer.get(address).headers["location"]
        assert address.startswith("/report/map?") and '<input type="image"' in writer.get(address).text
        address += "&at.x=144&at.y=144"
    address = writer.get(address).headers["location"]
    page = writer.get(address)
    query = dict(part.split("=") for part in address.partition("?")[2].split("&"))
    assert distance_m(point.lon, point.lat, float(query["lon"]), float(query["lat"])) < 60, "a pixel of the whole city"
    code_of(writer.send(card_of(page), point="@", lon=query["lon"], lat=query["lat"], error_m=query["error_m"], by="map"))
    (report,) = kept(engine)
    assert ("map", float(query["error_m"])) == (report.place_by, report.place_error_m)


def test_a_key_on_the_map_is_no_place(writer: Writer) -> None:
    assert 200 == writer.get("/report/map?at.x=0&at.y=0").status_code
    assert writer.get("/report/map.svg?lon=113.6&lat=34.7&step=2").text.startswith("<svg")
    assert 200 == writer.get("/report/map?lon=nan&lat=1e999&step=x&at.x=-1&at.y=zz").status_code


def test_every_page_is_small_and_runs_nothing_but_its_script(writer: Writer) -> None:
    code = code_of(writer.send())
    for path in (
        "/report",
        "/report/map",
        f"/report/sent?code={code}",
        f"/report/follow?code={code}",
        "/report.js",
        "/report-sending.js",
        "/report.css",
    ):
        answer = writer.get(path)
        assert 200 == answer.status_code and len(answer.content) < 50_000, path
        if "html" in answer.headers["content-type"]:
            policy = answer.headers["content-security-policy"]
            assert "script-src 'self'; connect-src 'self'" in policy and "unsafe" not in policy
    assert "script-src" not in writer.get("/subscribe").headers["content-security-policy"]


def test_a_city_of_thousands_of_low_points_has_a_small_page_and_all_are_found(
    engine: Engine, store_url: str, city: City, tmp_path: Path
) -> None:
    first = city.low_points[0]
    many = tuple(msgspec.structs.replace(first, low_point_id=f"P{n:05d}", name=f"路口{n}", name_en=f"Corner {n}") for n in range(5000))
    with writing_to(msgspec.structs.replace(city, low_points=many), store_url, tmp_path / "pictures") as writer:
        page = writer.get()
        assert len(page.content) < 50_000 and "4800 more" in page.text
        found = writer.get("/report?find=corner+4321&lang=en")
        assert "Corner 4321<" in found.text and "Corner 4320<" not in found.text
        assert 'value="P04321" selected' in writer.get("/report?point=P04321&lang=en").text


def test_the_mark_of_a_device_is_for_these_pages_and_stays(writer: Writer, engine: Engine) -> None:
    first = writer.get()
    cookie = first.headers["set-cookie"]
    assert all(part in cookie for part in ("Path=/report", "HttpOnly", "SameSite=Lax", "; Secure"))
    writer.cookies = {"lowpoint_device": cookie.partition("=")[2].partition(";")[0]}
    assert "set-cookie" not in writer.get().headers
    code_of(writer.send())
    card = writer.card()
    writer.cookies = {"lowpoint_device": "<forged>"}
    code_of(writer.send(card))
    assert [True, False] == sorted((bool(report.device) for report in kept(engine)), reverse=True)


class Slow(Easy):
    """Takes no picture before it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go, self.begun = threading.Event(), threading.Event()

    def take(self, raw: bytes, consent: bool, zone: str | None = None) -> Taken:
        self.begun.set()
        assert self.go.wait(10)
        return super().take(raw, consent, zone)


def test_a_card_that_comes_again_while_it_is_being_taken_is_taken_once(
    engine: Engine, store_url: str, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser whose patience has ended asks again: what is under way is finished, and not begun anew."""
    monkeypatch.setattr(report_intake, "PATIENCE_S", 0.05)
    slow = Slow()
    with writing_to(city, store_url, tmp_path / "pictures", taker=slow) as writer:
        card, picture = writer.card(), photo(1)
        writer.patch(card, 0, picture)
        for _ in range(3):
            answer = writer.send_by_script(card, picture_bytes=str(len(picture)))
            assert (503, "away") == (answer.status_code, answer.json()["ended"])
        slow.go.set()
        monkeypatch.setattr(report_intake, "PATIENCE_S", 10.0)
        assert "sent" == writer.send_by_script(card, picture_bytes=str(len(picture))).json()["ended"]
    assert 1 == len(slow.asked) == count(engine)


def test_a_place_that_is_crowded_keeps_nobody_else_waiting(engine: Engine, store_url: str, city: City, tmp_path: Path) -> None:
    slow = Slow()
    with writing_to(city, store_url, tmp_path / "pictures", taker=slow, limits=Limits(crowd=parse("1/hour"))) as writer:
        slow.go.set()
        code_of(writer.send(picture=photo(0)))
        slow.go.clear()
        slow.begun.clear()
        crowd = [threading.Thread(target=writer.send, args=(writer.card(), photo(number))) for number in range(1, 6)]
        for one in crowd:
            one.start()
        assert slow.begun.wait(10)
        code_of(writer.send(point="LP08"))
        slow.go.set()
        for one in crowd:
            one.join()
    assert 7 == count(engine)
