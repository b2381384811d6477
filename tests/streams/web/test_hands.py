"""What is given is done, whoever waits, and a thread that hangs keeps nothing else."""

from __future__ import annotations

import threading

import pytest

from streams.web.hands import Hands


def test_what_is_given_comes_back_or_says_what_went_wrong() -> None:
    hands = Hands(2, "test")
    assert [1, 4, 9] == [hands.give(lambda n=n: n * n).result(10) for n in (1, 2, 3)]  # type: ignore[misc]
    with pytest.raises(ZeroDivisionError):
        hands.give(lambda: 1 // 0).result(10)
    assert 5 == hands.give(lambda: 5).result(10), "a thread outlives what went wrong in it"


def test_no_more_work_at_once_than_there_are_and_none_of_them_keeps_the_process() -> None:
    hands, go, begun = Hands(2, "test-hands"), threading.Event(), threading.Semaphore(0)

    def work() -> bool:
        begun.release()
        return go.wait(10)

    futures = [hands.give(work) for _ in range(5)]
    assert begun.acquire(timeout=10) and begun.acquire(timeout=10)
    assert not begun.acquire(blocking=False)
    assert [True, True] == [thread.daemon for thread in threading.enumerate() if thread.name == "test-hands"]
    go.set()
    assert [True] * 5 == [future.result(10) for future in futures]


def one_at_a_time(given: list[str], most: int | None = None) -> list[str]:
    """In which order one hand works through what sources gave, when it is busy first."""
    hands, go, done = Hands(1, "test", most), threading.Event(), list[str]()
    first = hands.give(lambda: go.wait(10), "busy")
    futures = [hands.give(lambda source=source: done.append(source), source) for source in given]  # type: ignore[misc]
    go.set()
    assert first.result(10)
    for future in futures:
        future.result(10)
    return done


def test_sources_take_turns_however_much_one_of_them_gave() -> None:
    assert ["a", "b", "c", "a", "b", "a", "a"] == one_at_a_time(["a", "a", "a", "a", "b", "b", "c"])


def test_what_one_source_gave_is_done_in_its_order() -> None:
    hands, done = Hands(1, "test"), list[int]()
    for future in [hands.give(lambda n=n: done.append(n), "a") for n in range(20)]:  # type: ignore[misc]
        future.result(10)
    assert list(range(20)) == done


def test_a_source_whose_work_takes_long_leaves_hands_for_others_and_takes_its_turn_later() -> None:
    hands, go, begun = Hands(3, "test", most_of_source=2), threading.Event(), threading.Semaphore(0)

    def work() -> bool:
        begun.release()
        return go.wait(10)

    slow = [hands.give(work, "slow") for _ in range(4)]
    assert begun.acquire(timeout=10) and begun.acquire(timeout=10)
    assert "other" == hands.give(lambda: "other", "other").result(10), "a hand is left"
    assert not begun.acquire(blocking=False)
    go.set()
    assert [True] * 4 == [future.result(10) for future in slow]
