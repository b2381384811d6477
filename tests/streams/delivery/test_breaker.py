"""A provider that is down is left alone, and tried now and then."""

from __future__ import annotations

from streams.delivery.breaker import FAILURES, PROBE_S, STOPPED_PROBE_S, Breaker


def broken() -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker.failed(10.0)
    return breaker


def test_it_opens_after_several_failures_in_a_row() -> None:
    breaker = Breaker()
    for _ in range(FAILURES - 1):
        breaker.failed(10.0)
    breaker.worked(10.0)
    breaker.failed(10.0)
    assert (False, True) == (breaker.open, breaker.lets(10.0))
    assert (True, False) == (broken().open, broken().lets(10.0))


def test_it_lets_one_through_at_a_time_and_closes_with_the_first_that_works() -> None:
    breaker = broken()
    assert breaker.lets(10.0 + PROBE_S)
    breaker.begin(10.0 + PROBE_S)
    assert not breaker.lets(10.0 + PROBE_S)
    breaker.worked(10.0 + PROBE_S)
    assert (False, True) == (breaker.open, breaker.lets(10.0 + PROBE_S))


def test_an_account_out_of_order_is_tried_seldom_until_it_is_mended() -> None:
    breaker = Breaker()
    breaker.stop(10.0)
    assert (True, False) == (breaker.open, breaker.lets(10.0 + PROBE_S))
    assert breaker.lets(10.0 + STOPPED_PROBE_S)
    breaker.worked(11.0)
    assert not breaker.open


def test_texts_that_were_begun_before_one_worked_say_nothing_new() -> None:
    breaker = Breaker()
    breaker.worked(10.0)
    for _ in range(2 * FAILURES):
        breaker.failed(10.5, begun_s=9.9)
    assert not breaker.open
    for _ in range(FAILURES):
        breaker.failed(10.5, begun_s=10.1)
    assert breaker.open
