"""No second sees more segments than its line may carry."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.delivery.pace import SLACK_S, Pace


def played(pace: Pace, sizes: list[int]) -> list[tuple[float, int]]:
    now_s, sent = 100.0, []
    for size in sizes:
        while (wait_s := pace.wait_s(size, now_s)) > 0:
            now_s += wait_s
        pace.take(size, now_s)
        sent.append((now_s, size))
    return sent


def most_in_a_second(sent: list[tuple[float, int]], window_s: float = 1.0) -> int:
    return max(sum(size for at_s, size in sent if begin_s <= at_s < begin_s + window_s) for begin_s, _ in sent)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=80), st.integers(5, 30))
def test_no_second_has_more_even_where_posts_are_late_on_their_way(sizes: list[int], rate: int) -> None:
    sent = played(Pace(rate), sizes)
    assert most_in_a_second(sent, 1.0 + SLACK_S - 1e-6) <= rate


def test_the_average_is_nearly_all_there_is() -> None:
    sent = played(Pace(10), [1] * 600)
    assert 600 / (sent[-1][0] - sent[0][0] + 1) >= 9.5


def test_a_text_longer_than_the_pace_goes_alone() -> None:
    sent = played(Pace(2), [1, 5, 1])
    assert [1, 5, 1] == [size for _, size in sent]
    assert sent[1][0] - sent[0][0] >= 1.0
    assert sent[2][0] - sent[1][0] >= 1.0


def test_under_one_a_second_the_window_is_longer() -> None:
    sent = played(Pace(0.5), [1, 1])
    assert 2.0 <= sent[1][0] - sent[0][0] <= 2.1


def test_a_pause_that_the_provider_asks_for_is_kept() -> None:
    pace = Pace(10)
    pace.pause(103.0)
    assert 3.0 == pace.wait_s(1, 100.0)
    assert 0.0 == pace.wait_s(1, 103.0)
