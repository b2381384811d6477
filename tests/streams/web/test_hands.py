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
