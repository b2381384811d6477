"""However a provider's words come, and however often, they come to one state."""

from __future__ import annotations

from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.delivery.lattice import STATE_OF_STATUS, AttemptState, Said, joined, of_attempts

STATES: list[AttemptState] = ["posting", "unknown", "refused", "accepted", "sent", "failed", "delivered"]
SAID = st.builds(Said, st.sampled_from(STATES), st.sampled_from(["", "30003", "30005"]))


@given(st.lists(SAID, min_size=1, max_size=6), st.randoms())
def test_order_and_repetition_do_not_matter(said: list[Said], random: object) -> None:
    shuffled = said + said
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert reduce(joined, said) == reduce(joined, shuffled)


@given(SAID, SAID, SAID)
def test_joining_is_that_of_a_lattice(one: Said, two: Said, three: Said) -> None:
    assert joined(one, one) == one
    assert joined(one, two) == joined(two, one)
    assert joined(joined(one, two), three) == joined(one, joined(two, three))


@pytest.mark.parametrize("last", ["delivered", "undelivered", "failed"])
def test_every_order_of_a_texts_callbacks_ends_where_it_ended(last: str) -> None:
    statuses = ["accepted", "queued", "sending", "sent", last]
    ends = {reduce(joined, (Said(STATE_OF_STATUS[status]) for status in order)).state for order in permutations(statuses)}
    assert {"delivered" if last == "delivered" else "failed"} == ends


def test_a_receipt_outweighs_a_failure() -> None:
    assert Said("delivered") == joined(Said("failed", "30008"), Said("delivered"))


def test_what_may_still_come_outweighs_what_failed() -> None:
    assert "accepted" == of_attempts(["failed", "accepted"])
    assert "posting" == of_attempts(["failed", "posting"])
    assert "delivered" == of_attempts(["delivered", "refused", "unknown"])


def test_a_row_without_attempts_has_no_state_of_its_own() -> None:
    with pytest.raises(ValueError, match="without attempts"):
        of_attempts([])
