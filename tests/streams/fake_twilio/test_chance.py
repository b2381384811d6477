"""The choices of a fake can be made again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.fake_twilio.behaviour import Behaviour, Fault
from streams.fake_twilio.chance import Chance, draw

NUMBERS = [f"+999{place:04d}" for place in range(300)]


@given(st.integers(), st.permutations(range(300)))
def test_equal_seeds_choose_equally_in_whatever_order_posts_come(seed: int, order: list[int]) -> None:
    def struck(places: list[int]) -> set[str]:
        chance = Chance(Behaviour(seed=seed, dropped=Fault(0.2)))
        return {NUMBERS[place] for place in places if chance.strikes("dropped", chance.key(NUMBERS[place]))}

    assert struck(list(range(300))) == struck(order)


@given(st.integers(), st.text(), st.text())
def test_a_draw_is_from_0_up_to_1(seed: int, what: str, key: str) -> None:
    assert 0.0 <= draw(seed, what, key) < 1.0


def test_another_seed_chooses_others() -> None:
    assert draw(1, "dropped", "a") != draw(2, "dropped", "a")


def test_setting_one_fault_leaves_the_count_of_another() -> None:
    chance = Chance(Behaviour(dropped=Fault(1.0, count=2)))
    assert chance.strikes("dropped", "a")
    chance.change(Behaviour(dropped=Fault(1.0, count=2), slow=Fault(1.0)), {"slow"})
    assert [True, False] == [chance.strikes("dropped", key) for key in "bc"]


def test_a_share_of_none_never_strikes_and_of_all_always() -> None:
    chance = Chance(Behaviour(slow=Fault(1.0)))
    assert {(False, True)} == {(chance.strikes("dropped", to), chance.strikes("slow", to)) for to in NUMBERS}
