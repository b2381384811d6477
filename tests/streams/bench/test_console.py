"""A drill as its people live it, in a real browser: every task gets done, and a fault is on the screen before anybody is misled by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.bench.drilling import Drilling, drilling, token_of
from streams.bench.pixels import has_browser
from streams.bench.screen_faults import try_faults
from streams.bench.tour import take_tour
from streams.settings import Settings

TOLD_WITHIN_S = 60.0


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drilling]:
    if not has_browser():
        pytest.skip("no browser: apt-get install chromium fonts-noto-cjk")
    with drilling(tmp_path_factory.mktemp("drill")) as there:
        yield there


def test_everybody_gets_done_what_they_came_for(drill: Drilling) -> None:
    """Pictures of each task's end stay in `.lowpoint/pictures`, to be looked at."""
    pictures = Settings().home / "pictures"
    report = take_tour(drill, pictures)
    found = {(task.who, task.task): task for task in report.tasks}
    assert "done" in found["officer2", "sign it as the second officer"].found, report.lines()
    assert "people" in found["officer1", "find who was not reached"].found
    assert "You have duty" in found["officer1", "take over the shift"].found
    assert [] == [str(task) for task in report.tasks if task.clicks > 4]
    assert [] == report.refused
    assert len(report.tasks) <= len(list(pictures.glob("*.png")))


@pytest.mark.parametrize("name", ["web", "network", "workers"])
def test_a_fault_is_told_within_a_minute_and_the_page_catches_up_by_itself(drill: Drilling, name: str, tmp_path: Path) -> None:
    fault = next(try_faults(drill, [name]))
    assert fault.told_s <= TOLD_WITHIN_S, str(fault)
    assert (0, 0) == (fault.lacking, fault.loads), str(fault)


def test_who_signs_in_twice_within_half_a_minute_comes_in_with_the_next_code(drill: Drilling) -> None:
    assert token_of(drill, "viewer") != token_of(drill, "viewer")
