"""Duty is held by one account: handing over announces, taking over completes, and what is said is what happened."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.duty.holder import (
    HAND_OVER,
    NOBODY,
    NOBODY_HAD_IT,
    NOTE,
    TAKE_OVER,
    TAKEN_OVER,
    WITHOUT,
    DutyRefused,
    Written,
    check_hand_over,
    duty_of,
    words_of_taking_over,
)

ACTS = st.lists(st.tuples(st.sampled_from(["li", "wang", "zhao"]), st.sampled_from([NOTE, HAND_OVER, TAKE_OVER])), max_size=30)


def written(acts: list[tuple[str, str]]) -> list[Written]:
    """What the log holds when people try these acts one after the other."""
    log: list[Written] = []
    for officer, kind in acts:
        text = ""
        try:
            if kind == HAND_OVER:
                check_hand_over(duty_of(log), officer)
            if kind == TAKE_OVER:
                text = words_of_taking_over(duty_of(log), officer)
        except DutyRefused:
            continue
        log.append(Written(len(log) + 1, len(log), officer, kind, text))
    return log


@given(ACTS)
def test_from_the_first_taking_over_on_exactly_one_has_duty_and_it_is_who_took_over_last(acts: list[tuple[str, str]]) -> None:
    log = written(acts)
    for end in range(len(log) + 1):
        takers = [one.officer for one in log[:end] if one.kind == TAKE_OVER]
        assert (takers[-1] if takers else "") == duty_of(log[:end]).officer


@given(ACTS)
def test_duty_moves_with_every_taking_over_and_with_nothing_else(acts: list[tuple[str, str]]) -> None:
    log = written(acts)
    for end, one in enumerate(log):
        before, after = duty_of(log[:end]), duty_of(log[: end + 1])
        assert (one.kind == TAKE_OVER) == (before.officer != after.officer)


@given(ACTS)
def test_the_log_says_without_a_hand_over_exactly_where_there_was_none(acts: list[tuple[str, str]]) -> None:
    log = written(acts)
    for end, one in enumerate(log):
        if one.kind == TAKE_OVER:
            places = [place for place, other in enumerate(log[:end]) if other.kind == TAKE_OVER]
            since = log[places[-1] : end] if places else []
            announced = any(other.kind == HAND_OVER for other in since)
            assert (TAKEN_OVER if announced else WITHOUT if places else NOBODY_HAD_IT) == one.text


@given(ACTS)
def test_only_who_has_duty_ever_hands_it_over_and_nobody_takes_over_from_themselves(acts: list[tuple[str, str]]) -> None:
    log = written(acts)
    for end, one in enumerate(log):
        has = duty_of(log[:end]).officer
        assert one.kind == NOTE or (has == one.officer) == (one.kind == HAND_OVER)


def test_what_is_refused_says_who_has_duty() -> None:
    with pytest.raises(DutyRefused, match="nobody has duty"):
        check_hand_over(NOBODY, "li")
    li = duty_of([Written(1, 0, "li", TAKE_OVER, NOBODY_HAD_IT)])
    with pytest.raises(DutyRefused, match="li has duty, so wang cannot"):
        check_hand_over(li, "wang")
    with pytest.raises(DutyRefused, match="li has duty already"):
        words_of_taking_over(li, "li")


def test_the_last_words_of_handing_over_are_those_that_wait() -> None:
    log = [Written(1, 0, "li", TAKE_OVER, ""), Written(2, 1, "li", HAND_OVER, "a"), Written(3, 2, "li", HAND_OVER, "b")]
    assert log[2] == duty_of(log).announced
    assert duty_of([*log, Written(4, 3, "wang", TAKE_OVER, TAKEN_OVER)]).announced is None
