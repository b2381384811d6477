"""A card is ours, for one purpose and for a while; whatever else somebody sends is none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.observation.moments import SECOND_US
from streams.reports.card import EARLY_US, VALID_US, card_digest, card_of, new_card, read_card
from streams.reports.codes import LETTERS, code_digest, code_of, plate_of, plates_in, plates_of, shown, typed
from streams.reports.key import ReportsKey
from tests.streams.reports.office import NOW_US

KEY, OTHER = ReportsKey(b"k" * 32), ReportsKey(b"o" * 32)


@given(st.booleans(), st.integers(min_value=0, max_value=10**16))
def test_a_card_says_what_it_was_made_for(training: bool, now_us: int) -> None:
    card = read_card(KEY, new_card(KEY, training, now_us))
    assert card is not None
    assert (training, now_us // SECOND_US * SECOND_US) == (card.training, card.issued_us)


def test_a_card_is_good_for_two_hours_and_not_before_its_time() -> None:
    card = read_card(KEY, new_card(KEY, False, NOW_US))
    assert card is not None
    moments = {at: card.is_over(at) for at in (NOW_US - EARLY_US - 1, NOW_US - EARLY_US, NOW_US + VALID_US, NOW_US + VALID_US + 1)}
    assert [True, False, False, True] == list(moments.values())


@given(st.integers(min_value=0, max_value=45), st.characters(codec="ascii"))
def test_no_letter_of_a_card_can_be_changed(at: int, sign: str) -> None:
    token = new_card(KEY, False, NOW_US)
    at %= len(token)
    changed = token[:at] + sign + token[at + 1 :]
    assert (read_card(KEY, changed) is not None) == (changed == token)


@given(st.text(max_size=200))
def test_what_is_no_card_is_none(text: str) -> None:
    assert read_card(KEY, text) is None


def test_a_card_of_another_key_is_none() -> None:
    assert read_card(OTHER, new_card(KEY, False, NOW_US)) is None


def test_a_card_cannot_be_made_one_of_an_exercise_or_of_what_is_real() -> None:
    digests = set()
    for training in (False, True):
        card = read_card(KEY, new_card(KEY, training, NOW_US))
        assert card is not None and card.training is training
        digests.add(card_digest(KEY, card))
    assert 2 == len(digests)


def test_a_message_has_one_card_however_often_it_comes() -> None:
    cards = [read_card(KEY, card_of(KEY, False, NOW_US + later, name)) for name, later in (("SM1", 0), ("SM1", SECOND_US), ("SM2", 0))]
    digests = [card_digest(KEY, card) for card in cards if card]
    assert digests[0] == digests[1] != digests[2]


@given(st.binary(min_size=12, max_size=12))
def test_a_code_is_the_same_each_time_and_read_back_as_people_type_it(nonce: bytes) -> None:
    card = read_card(KEY, card_of(KEY, False, NOW_US, nonce.hex()))
    assert card is not None
    code = code_of(KEY, card)
    assert code == code_of(KEY, card) and 10 == len(code) and set(code) <= set(LETTERS)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    assert [code] * 5 == [typed(text) for text in (code, shown(code), code.lower(), f" {code[:3]} {code[3:]} ", wide)]
    assert code_digest(KEY, code) != code_digest(OTHER, code)


@given(st.text(max_size=80))
def test_what_is_typed_is_a_code_or_none(text: str) -> None:
    code = typed(text)
    assert code is None or (10 == len(code) and set(code) <= set(LETTERS))


def test_letters_that_look_alike_are_in_no_code() -> None:
    assert set() == set("0O1IL2Z5S8B") & set(LETTERS)
    assert typed("ACDEFGHJK0") is None


def test_plates_are_always_the_same_and_found_in_what_people_write() -> None:
    names = [f"LP{number:02d}" for number in range(51)]
    plates = plates_of(names)
    assert 51 == len(plates)
    code = plate_of("LP07")
    assert "LP07" == plates[code] and plates == plates_of(reversed(names))
    assert plates_in(f"水很深 {code[:3]}-{code[3:].lower()}!") == [code]


def test_two_low_points_with_the_same_plate_have_none() -> None:
    seen: dict[str, str] = {}
    for number in range(200_000):
        name = f"P{number}"
        if plate_of(name) in seen:
            assert {} == plates_of([name, seen[plate_of(name)]])
            return
        seen[plate_of(name)] = name
    raise AssertionError("no two alike among so many: codes are longer than they were")
