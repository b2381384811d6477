"""A card is one report however often it is sent, and what was answered is in the store with its picture on the shelf."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from math import cos, radians
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine, select, text, update

from streams.city.near import M_PER_DEG
from streams.observation.moments import MINUTE_US, SECOND_US
from streams.pictures.shelf import Shelf, ShelfFull
from streams.reports.card import VALID_US
from streams.reports.codes import shown
from streams.reports.grouping import WIDEST_M
from streams.reports.reports import CardRefused, Reports
from streams.reports.sent import Sent
from streams.store.engine import reading, writing
from streams.store.reports_schema import PICTURES, REPORTS
from tests.streams.reports.office import ADDRESS, DEVICE, LAT, LON, NOW_US, Clock, Easy, count, office, photo, taken, wish


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reports(engine: Engine, store_url: str, tmp_path: Path, clock: Clock) -> Iterator[Reports]:
    reports = office(store_url, tmp_path / "pictures", clock)
    yield reports
    reports.close()


def send(reports: Reports, card: str | None = None, colour: int | None = None, **changes: object) -> Sent:
    picture = None if colour is None else taken(colour)
    return reports.send(card or reports.card(), wish(**changes), picture, DEVICE, ADDRESS)


def test_a_card_is_one_report_however_often_it_is_sent(reports: Reports, engine: Engine, clock: Clock) -> None:
    card = reports.card()
    first = send(reports, card, colour=1)
    clock.pass_s(3 * 3600)
    again = send(reports, card, colour=2, depth="ankle")
    assert (False, True) == (first.again, again.again)
    assert (first.code, first.report) == (again.code, again.report)
    assert again == reports.known(card)
    assert 1 == count(engine)


def test_a_card_that_is_sent_many_times_at_once_is_one_report(reports: Reports, engine: Engine) -> None:
    card, ready, found = reports.card(), threading.Barrier(8), list[Sent]()

    def come(colour: int) -> None:
        ready.wait()
        found.append(send(reports, card, colour))

    threads = [threading.Thread(target=come, args=(colour,)) for colour in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 8 == len(found) and 1 == len({(sent.code, sent.report.report) for sent in found})
    assert [False] + [True] * 7 == sorted(sent.again for sent in found)
    assert 1 == count(engine)


def test_the_picture_is_on_the_shelf_and_in_the_store_when_the_report_is(reports: Reports, engine: Engine, tmp_path: Path) -> None:
    sent = send(reports, colour=3)
    assert sent.report.picture is not None
    assert photo(3) == Shelf(tmp_path / "pictures").get(sent.report.picture)
    with reading(engine) as connection:
        rows = connection.execute(select(PICTURES.c.picture, PICTURES.c.kind, PICTURES.c.public)).all()
    assert [(sent.report.picture, "report", 0)] == [tuple(row) for row in rows]
    followed = reports.follow(sent.code)
    assert followed is not None and followed.picture is not None
    assert (64, 48, len(photo(3))) == (followed.picture.width, followed.picture.height, followed.picture.bytes)


def test_a_full_shelf_costs_the_picture_and_not_the_report(reports: Reports, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: bytes) -> str:
        raise ShelfFull("full")

    monkeypatch.setattr(reports.shelf, "put", full)
    sent = send(reports, colour=1)
    assert ("no_room", None) == (sent.lost, sent.report.picture)
    assert 1 == count(engine)


def test_a_card_whose_time_is_over_is_refused_and_another_is_taken(reports: Reports, engine: Engine, clock: Clock) -> None:
    card = reports.card()
    clock.now_us += VALID_US + 1_000_000
    with pytest.raises(CardRefused) as refused:
        send(reports, card)
    assert "over" == refused.value.why and 0 == count(engine)
    send(reports, reports.card())
    assert 1 == count(engine)


def test_a_card_of_nobody_is_refused(reports: Reports, engine: Engine) -> None:
    with pytest.raises(CardRefused) as refused:
        send(reports, "A" * 46)
    assert "unknown" == refused.value.why and 0 == count(engine)


def test_a_store_that_is_away_leaves_the_card_good(reports: Reports, engine: Engine) -> None:
    card = reports.card()
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE reports RENAME TO elsewhere"))
    with pytest.raises(Exception, match="reports"):
        send(reports, card, colour=1)
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO reports"))
    assert not send(reports, card, colour=1).again
    assert 1 == count(engine)


def test_neither_code_nor_card_nor_whose_it_is_can_be_read_in_the_store(reports: Reports, engine: Engine) -> None:
    card = reports.card()
    sent = reports.send(card, wish(), None, reports.device("a mark"), reports.address("192.0.2.7"))
    with reading(engine) as connection:
        row = " ".join(map(str, connection.execute(select(REPORTS)).one()))
    assert [] == [secret for secret in (card, sent.code, shown(sent.code), "a mark", "192.0.2.7") if secret in row]


def test_a_household_is_one_address_and_what_is_none_is_none(reports: Reports) -> None:
    addresses = ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1", "2001:db8:1::1")
    one, other, third, _ = map(reports.address, addresses)
    assert one == other != third, "limits count a network (/64)"
    one, other, third, fourth = map(reports.source, addresses)
    assert one == other == third != fourth, "a customer (/48) is one source, however many networks there are"
    assert "" == reports.address("?") == reports.source("?") == reports.device("")


def test_who_names_another_low_point_is_in_another_group_even_where_the_first_is_out_of_sight(reports: Reports, clock: Clock) -> None:
    first = send(reports)
    assert "P1" != first.report.low_point
    clock.pass_s(20 * 60)
    between = send(reports, low_point=None, lat=LAT + 0.0001, place_by="map")
    clock.pass_s(20 * 60)
    other = send(reports, low_point="P1", lat=LAT + 0.0002)
    assert first.report.group_id == between.report.group_id
    assert other.report.report == other.report.group_id


def test_reports_of_one_water_are_one_group_in_the_store(reports: Reports, clock: Clock) -> None:
    first = send(reports)
    clock.pass_s(20 * 60)
    second = send(reports, low_point=None, lat=LAT + 0.001, place_by="map")
    clock.pass_s(20 * 60)
    third = send(reports, low_point=None, lat=LAT + 0.002, place_by="position")
    far = send(reports, low_point="P1", lat=LAT + 0.009)
    clock.pass_s(31 * 60)
    late = send(reports)
    groups = [sent.report.group_id for sent in (first, second, third, far, late)]
    own = [sent.report.report for sent in (first, far, late)]
    assert [own[0]] * 3 + own[1:] == groups


def test_no_group_of_places_grows_along_a_road(reports: Reports) -> None:
    """Each is 140 m from the last one; away from all low points, P1 being 1 km north of P0 and P2 2 km."""
    sent = [send(reports, low_point=None, place_by="map", lon=LON + 0.02, lat=LAT + number * 140 / M_PER_DEG) for number in range(12)]
    groups: dict[str, list[float]] = {}
    for one in sent:
        assert one.report.lat is not None and one.report.low_point is None
        groups.setdefault(one.report.group_id, []).append(one.report.lat)
    assert [3] * 4 == [len(lats) for lats in groups.values()]
    assert all(WIDEST_M >= (max(lats) - min(lats)) * M_PER_DEG for lats in groups.values())


def test_a_group_is_no_wider_than_it_may_be_by_members_of_long_ago(reports: Reports, clock: Clock) -> None:
    places = []
    for east_m in (0, 140, 280, 420):
        lon = LON + 0.02 + east_m / M_PER_DEG / cos(radians(LAT))
        places.append(send(reports, low_point=None, place_by="map", lon=lon).report)
        clock.pass_s(20 * 60)
    first, last = places[0].report, places[-1].report
    assert [first, first, first, last] == [one.group_id for one in places]


def test_many_first_reports_of_one_water_at_once_found_one_group(reports: Reports, engine: Engine) -> None:
    ready = threading.Barrier(8)

    def come() -> None:
        ready.wait()
        send(reports)

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as connection:
        assert 8 == count(engine) and 1 == len(set(connection.scalars(select(REPORTS.c.group_id))))


def test_an_exercise_is_apart(reports: Reports) -> None:
    real, exercise = send(reports), send(reports, reports.card(training=True))
    assert (False, True) == (real.report.training, exercise.report.training)
    assert real.report.group_id != exercise.report.group_id


def test_the_place_of_a_picture_counts_where_no_other_is_told(reports: Reports) -> None:
    easy = reports.taker
    assert isinstance(easy, Easy)
    easy.place = (LON, LAT + 0.0005)
    picture = easy.take(photo(), consent=True)
    told = reports.send(reports.card(), wish(low_point="P1", lat=LAT + 0.009), picture, DEVICE, ADDRESS)
    found = reports.send(reports.card(), wish(low_point=None, lon=None, lat=None, place_by=""), picture, DEVICE, ADDRESS)
    assert ("P1", "point") == (told.report.low_point, told.report.place_by)
    assert ("P0", "photo") == (found.report.low_point, found.report.place_by)
    assert (LON, LAT + 0.0005) == (found.report.taken_lon, found.report.taken_lat)


def test_a_picture_from_far_away_is_no_place(reports: Reports) -> None:
    easy = reports.taker
    assert isinstance(easy, Easy)
    easy.place = (2.35, 48.86)
    sent = reports.send(reports.card(), wish(low_point=None, lon=None, lat=None, place_by="", words="x"), easy.take(photo(), consent=True))
    assert (None, None, "") == (sent.report.lon, sent.report.low_point, sent.report.place_by)


@pytest.mark.parametrize(
    ("off_s", "expected"), [(0, True), (600, True), (601, False), (-7 * 86_400, True), (-7 * 86_400 - 1, False)], ids=str
)
def test_the_time_of_a_picture_is_held_against_when_it_came(reports: Reports, off_s: int, expected: bool) -> None:
    picture = msgspec.structs.replace(taken(), taken_us=NOW_US + off_s * SECOND_US)
    # the page's word is that the file is new: it counts for nothing where the picture speaks for itself
    sent = reports.send(reports.card(), wish(consent=True, taken_us=NOW_US), picture, DEVICE, ADDRESS)
    assert (picture.taken_us if expected else None) == sent.report.taken_us


def test_the_page_tells_when_a_picture_was_taken_that_does_not_say(reports: Reports) -> None:
    sent = reports.send(reports.card(), wish(consent=True, taken_us=NOW_US - SECOND_US), taken(), DEVICE, ADDRESS)
    assert NOW_US - SECOND_US == sent.report.taken_us


def test_a_code_finds_its_report_and_no_other_does(reports: Reports) -> None:
    sent = send(reports)
    followed = reports.follow(f" {shown(sent.code).lower()} ")
    assert followed is not None and sent.report == followed.report
    other = sent.code[:-1] + ("A" if sent.code[-1] != "A" else "C")
    assert [None] * 3 == [reports.follow(code) for code in (other, "", "x" * 500)]


def test_an_answer_is_kept_once_and_only_where_somebody_asked(reports: Reports, engine: Engine) -> None:
    sent = send(reports)
    assert not reports.answer(sent.code, "I was not asked")
    with writing(engine) as connection:
        connection.execute(update(REPORTS).values(state="asked", question="Which side?"))
    assert [False, True, False] == [reports.answer(sent.code, words) for words in (" \x00 ", "North\x00 side", "South side")]
    followed = reports.follow(sent.code)
    assert followed is not None
    assert ("asked", "Which side?", "North side") == (followed.report.state, followed.report.question, followed.report.answer)


def test_a_message_without_a_place_gets_it_from_the_next_one(reports: Reports, clock: Clock) -> None:
    unplaced = wish(low_point=None, lon=None, lat=None, place_by="", depth="")
    first = send(reports)
    sent = reports.send(reports.card_of("SM1"), unplaced, taken(1), DEVICE, "", channel="mms")
    assert sent.report.group_id == sent.report.report
    placed = reports.place_later(DEVICE, "P0")
    assert placed is not None
    assert (sent.report.report, "P0", "plate", first.report.group_id) == (placed.report, placed.low_point, placed.place_by, placed.group_id)
    assert reports.place_later(DEVICE, "P0") is None, "it has a place now"
    reports.send(reports.card_of("SM2"), unplaced, taken(2), DEVICE, "", channel="mms")
    clock.now_us += 121 * MINUTE_US
    assert [None] * 3 == [reports.place_later(*told) for told in ((DEVICE, "P0"), ("", "P0"), (DEVICE, "P9"))]


def test_the_nearest_of_many_reports_in_a_storm_is_found_among_those_of_this_place(reports: Reports, engine: Engine) -> None:
    """Whatever else comes in from the whole city."""
    first = send(reports, low_point=None, place_by="map")
    far = [{**_row(first, number), "lon": LON + 0.02 + number * 1e-5, "low_point": None} for number in range(400)]
    with writing(engine) as connection:
        connection.execute(REPORTS.insert(), far)
    assert first.report.group_id == send(reports, low_point=None, place_by="map").report.group_id


def _row(sent: Sent, number: int) -> dict[str, object]:
    fields = {name: getattr(sent.report, name) for name in sent.report.__struct_fields__}
    return fields | {"report": f"r{number}", "group_id": f"r{number}", "card": f"c{number}", "code": f"k{number}", "training": 0}
