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
from streams.web.report_intake import MOST_OF_ADDRESS, MOST_OF_PLACE, MOST_WAITING, Intake, Outcome, Whose
from tests.streams.reports.office import Easy, count, office, photo

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
    assert {"away"} == {one.ended for one in refused} and WAITING - MOST_OF_PLACE == len(refused)


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
    assert "sent" == other.ended and 3 * MOST_OF_PLACE - MOST_OF_ADDRESS == len(refused)


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
