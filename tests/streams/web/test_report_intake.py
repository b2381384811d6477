"""A crowd at one place is nobody else's delay, and what was our fault is not counted against whoever comes again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from limits import parse
from sqlalchemy import Engine

from streams.pictures.apart import TooBusy
from streams.pictures.intake import Taken
from streams.reports.limits import Limits
from streams.reports.reports import Reports
from streams.web import report_intake
from streams.web.report_form import Form
from streams.web.report_intake import MOST_OF_PLACE, MOST_OF_SOURCE, MOST_WAITING, Intake, Outcome
from streams.web.report_room import Whose
from tests.streams.reports.office import LAT, LON, Easy, count, office, photo

WAITING = MOST_WAITING + 60


class Held(Easy):
    """Takes no picture before it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def take(self, raw: bytes, consent: bool, zone: str | None = None) -> Taken:
        assert self.go.wait(10)
        return super().take(raw, consent, zone)


class Busy(Easy):
    """Is too busy so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def take(self, raw: bytes, consent: bool, zone: str | None = None) -> Taken:
        self.times -= 1
        if self.times >= 0:
            raise TooBusy("x")
        return super().take(raw, consent, zone)


@pytest.fixture
def held(engine: Engine, store_url: str, tmp_path: Path) -> Iterator[Reports]:
    taker = Held()
    reports = office(store_url, tmp_path / "pictures", taker=taker, limits=Limits(crowd=parse("1/hour")))
    yield reports
    taker.go.set()
    reports.close()


def form(reports: Reports, point: str, picture: bool = True) -> Form:
    card = reports.card()
    if picture:
        reports.uploads.append(reports.slot(card), 0, photo())
    return Form({"card": card, "point": point, "depth": "knee", "ago": "0"})


def told_beside(held: Reports, crowd: list[tuple[str, str]], asked: tuple[str, str], picture: bool) -> tuple[list[Outcome], Outcome]:
    """What those of a crowd are told that cannot wait, and what somebody else is told then; places and addresses."""
    taker = held.taker
    assert isinstance(taker, Held)
    forms, other = [form(held, place) for place, _ in crowd], form(held, asked[0], picture)

    async def run() -> tuple[list[Outcome], Outcome]:
        intake = Intake(held)
        tasks = [
            asyncio.create_task(intake.take(one, "en", Whose("", held.address(address))))
            for one, (_, address) in zip(forms, crowd, strict=True)
        ]
        told, queued = [], asyncio.Event()
        waited = intake._waited

        async def counted(future: object) -> Outcome:
            nonlocal left
            left -= 1
            queued.set()
            return await waited(future)  # type: ignore[arg-type]

        def ended(task: asyncio.Task[Outcome]) -> None:
            nonlocal left
            if not taker.go.is_set():
                told.append(task.result())
                left -= 1
                queued.set()

        left = len(tasks)
        intake._waited = counted  # type: ignore[method-assign, assignment]
        for task in tasks:
            task.add_done_callback(ended)
        while left:
            queued.clear()
            await queued.wait()
        last = asyncio.create_task(intake.take(other, "en", Whose("", held.address(asked[1]))))
        if picture:
            left = 1
            while left and not last.done():
                queued.clear()
                await queued.wait()
            taker.go.set()
        result = await last
        taker.go.set()
        await asyncio.gather(*tasks)
        return told, result

    return asyncio.run(run())


@pytest.mark.parametrize("picture", [True, False])
def test_a_crowd_at_one_place_never_makes_another_places_report_wait_in_vain(held: Reports, engine: Engine, picture: bool) -> None:
    crowd = [("P0", f"198.51.100.{number % 200}") for number in range(WAITING)]
    held.limits.is_crowded("point P0")
    held.limits.is_crowded("point P2")
    refused, other = told_beside(held, crowd, ("P2", "203.0.113.1"), picture)
    assert "sent" == other.ended
    # each of the 200 addresses has one waiting, and none a second one
    assert {"away"} == {one.ended for one in refused} and WAITING - 2 * MOST_OF_PLACE == len(refused)


def test_who_is_over_the_limit_is_told_so_without_a_wait(held: Reports) -> None:
    held.limits = Limits(address=parse("1/hour"))
    assert held.limits.may_send("", held.address("198.51.100.1"))

    async def run() -> Outcome:
        intake = Intake(held)
        intake._worked = None  # type: ignore[method-assign, assignment]
        return await intake.take(form(held, "P0"), "en", Whose("", held.address("198.51.100.1")))

    assert "too_many" == asyncio.run(run()).ended


def test_an_address_has_a_share_of_a_queue(held: Reports) -> None:
    crowd = [(f"P{number % 3}", "198.51.100.1") for number in range(3 * MOST_OF_PLACE)]
    for place in ("P0", "P1", "P2"):
        held.limits.is_crowded(f"point {place}")
    refused, other = told_beside(held, crowd, ("P2", "203.0.113.1"), picture=False)
    assert "sent" == other.ended and 3 * MOST_OF_PLACE - MOST_OF_SOURCE == len(refused)


def test_a_card_that_comes_again_after_our_overload_is_counted_once(
    engine: Engine, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_intake, "PATIENCE_S", 10.0)
    reports = office(store_url, tmp_path / "pictures", taker=Busy(5), limits=Limits(device=parse("2/hour"), address=parse("2/hour")))
    whose = Whose("d", reports.address("198.51.100.1"))
    try:
        one = form(reports, "P0")

        async def run() -> list[str]:
            intake = Intake(reports)
            told = [(await intake.take(one, "en", whose)).ended for _ in range(8)]
            told.append((await intake.take(form(reports, "P1", picture=False), "en", whose)).ended)
            told.append((await intake.take(form(reports, "P1", picture=False), "en", whose)).ended)
            return told

        assert ["away"] * 5 + ["sent"] * 4 + ["too_many"] == asyncio.run(run())
        assert 2 == count(engine)
    finally:
        reports.close()


# ---- fair turns


def pictured(reports: Reports, number: int, words: str = "") -> Form:
    """A report with a picture of its own, of a place of its own."""
    card = reports.card()
    reports.uploads.append(reports.slot(card), 0, photo(number) + bytes([number % 256]))
    place = {"point": "@", "lon": f"{LON + 0.002 * (number % 8):.4f}", "lat": f"{LAT + 0.002 * (number // 8 % 8):.4f}"}
    return Form({"card": card, "depth": "knee", "ago": "0", "words": words, **place})


def other(reports: Reports, address: str) -> Whose:
    return Whose("", reports.address(address), reports.source(address))


def test_words_alone_never_wait_for_pictures_to_be_decoded(held: Reports, engine: Engine) -> None:
    async def run() -> Outcome:
        intake = Intake(held)
        crowd = [
            asyncio.create_task(intake.take(pictured(held, number), "en", other(held, f"198.51.100.{number}"))) for number in range(60)
        ]
        found = await asyncio.wait_for(intake.take(form(held, "P0", picture=False), "en", other(held, "203.0.113.1")), 5)
        taker = held.taker
        assert isinstance(taker, Held)
        taker.go.set()
        await asyncio.gather(*crowd)
        return found

    assert "sent" == asyncio.run(run()).ended and 61 == count(engine)


class Ordered(Held):
    """Notes in which order pictures are taken."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[bytes] = []

    def take(self, raw: bytes, consent: bool, zone: str | None = None) -> Taken:
        found = super().take(raw, consent, zone)
        self.order.append(raw)
        return found


@pytest.mark.parametrize("addresses", [["198.51.100.1"], [f"2001:db8:0:{net:x}::1" for net in range(64)]])
@pytest.mark.parametrize("crowd", ["1/hour", "1000/hour"])
def test_one_household_that_sends_many_pictures_lets_another_have_the_next_turn(
    engine: Engine, store_url: str, tmp_path: Path, addresses: list[str], crowd: str
) -> None:
    taker = Ordered()
    reports = office(store_url, tmp_path / "pictures", taker=taker, limits=Limits(crowd=parse(crowd)))
    many = [pictured(reports, 0) for number in range(MOST_OF_PLACE + 20)]
    honest = pictured(reports, 0)
    reports.uploads.append(reports.slot(honest.fields["card"]), reports.uploads.offset(reports.slot(honest.fields["card"])), b"honest")

    async def run() -> list[str]:
        intake = Intake(reports)
        tasks = [
            asyncio.create_task(intake.take(one, "en", other(reports, addresses[number % len(addresses)])))
            for number, one in enumerate(many)
        ]
        while len(intake._under_way) + sum(task.done() for task in tasks) < len(many):
            await asyncio.sleep(0)
        last = asyncio.create_task(intake.take(honest, "en", other(reports, "203.0.113.1")))
        before = len(intake._under_way)
        while len(intake._under_way) == before and not last.done():
            await asyncio.sleep(0)
        taker.go.set()
        await asyncio.gather(*tasks)
        return [(await last).ended]

    try:
        assert ["sent"] == asyncio.run(run())
        at = [raw.endswith(b"honest") for raw in taker.order].index(True)
        assert at <= 4, "but for what was begun before it came"
    finally:
        taker.go.set()
        reports.close()


def test_sources_that_fill_a_queue_leave_one_that_has_nothing_in_it_a_place(held: Reports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_intake, "MOST_WAITING", 40)
    forms = [pictured(held, number) for number in range(50)]
    last = pictured(held, 7)

    async def run() -> tuple[int, Outcome]:
        intake = Intake(held)
        held.limits.is_crowded = lambda _: False  # type: ignore[method-assign]
        tasks = [asyncio.create_task(intake.take(one, "en", other(held, f"198.51.100.{number % 3}"))) for number, one in enumerate(forms)]
        while len(intake._under_way) + sum(task.done() for task in tasks) < len(forms):
            await asyncio.sleep(0)
        refused = sum(task.done() for task in tasks)
        task = asyncio.create_task(intake.take(last, "en", other(held, "203.0.113.1")))
        while len(intake._under_way) <= 40 and not task.done():
            await asyncio.sleep(0)
        taker = held.taker
        assert isinstance(taker, Held)
        taker.go.set()
        await asyncio.gather(*tasks)
        return refused, await task

    refused, found = asyncio.run(run())
    assert (10, "sent") == (refused, found.ended)


# ---- a picture that is lost


@pytest.mark.parametrize("lost", ["no_room", "too_large"])
@pytest.mark.parametrize("point", ["P0", "+"])
def test_a_report_whose_picture_was_not_taken_is_sent_without_it_and_says_so(held: Reports, engine: Engine, lost: str, point: str) -> None:
    one = form(held, point)
    one.fields |= {"picture_lost": lost, "words": "by the school"}
    found = asyncio.run(Intake(held).take(one, "en", Whose("", held.address("198.51.100.1"))))
    assert found.sent is not None and (lost, "by the school", None) == (found.sent.lost, found.sent.report.words, found.sent.report.picture)
    assert 0 == held.uploads.offset(held.slot(one.fields["card"])), "what had come of it"


def test_only_our_own_reasons_lose_a_picture(held: Reports) -> None:
    taker, one = held.taker, form(held, "P0")
    assert isinstance(taker, Held)
    taker.go.set()
    one.fields["picture_lost"] = "<b>"
    found = asyncio.run(Intake(held).take(one, "en", Whose("", held.address("198.51.100.1"))))
    assert found.sent is not None and ("", True) == (found.sent.lost, found.sent.report.picture is not None)


@pytest.mark.parametrize(("point", "depth"), [("P0", ""), ("+", "knee")])
def test_a_report_of_nothing_but_a_lost_picture_is_told_what_is_wrong_with_that(held: Reports, point: str, depth: str) -> None:
    one = form(held, point)
    one.fields |= {"picture_lost": "too_large", "depth": depth, "consent": "1"}
    found = asyncio.run(Intake(held).take(one, "en", Whose("", held.address("198.51.100.1"))))
    assert ("wrong", "picture too_large") == (found.ended, found.wrong)
