"""What to do about a provider's error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.delivery.backoff import backoff_s
from streams.delivery.faults import again_after_s, fault_of


@pytest.mark.parametrize("code", ["21211", "21610", "21612", "21614", "30005", "30006", "30004", "30007", "30002", "99999", ""])
def test_what_must_not_be_posted_again_is_not(code: str) -> None:
    assert again_after_s(code, 4, 1) is None


@pytest.mark.parametrize(("code", "posts"), [("30003", 3), ("30008", 2)])
def test_what_may_be_posted_again_is_a_few_times(code: str, posts: int) -> None:
    waits = [again_after_s(code, 3, number) for number in range(1, 6)]
    assert posts - 1 == sum(1 for wait in waits if wait is not None)


@pytest.mark.parametrize("code", ["429", "20429", "21611"])
def test_what_was_never_processed_is_posted_as_often_as_it_takes(code: str) -> None:
    assert again_after_s(code, 1, 500) is not None
    assert "slower" == fault_of(code).cure


def test_what_ended_unknown_is_posted_again_for_an_evacuation_only() -> None:
    assert again_after_s("30410", 3, 1) is None
    assert again_after_s("30410", 4, 1) is not None


@given(st.integers(1, 10_000), st.floats(0.01, 60), st.floats(0, 1))
def test_a_wait_is_never_longer_than_the_longest_nor_none(tries: int, first_s: float, chance: float) -> None:
    wait_s = backoff_s(tries, first_s, lambda: chance)
    assert min(30.0, first_s) / 2 <= wait_s <= 30.0
