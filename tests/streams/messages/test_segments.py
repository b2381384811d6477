"""A text is counted as it is sent and paid."""

import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.messages.clusters import cluster_units
from streams.messages.segments import GSM_BASIC, GSM_EXTENSION, is_gsm, segments

BASIC = st.text(alphabet=sorted(GSM_BASIC), max_size=350)
GSM = st.text(alphabet=sorted(GSM_BASIC | GSM_EXTENSION), max_size=350)
ANY = st.text(max_size=300)
ASTRAL = "\U0001f30a"
LAW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine breaks no law


def up(amount: int, size: int) -> int:
    return -(-amount // size)


def test_the_alphabet_has_the_127_characters_of_the_standard_and_10_more_by_the_escape() -> None:
    assert (127, 10) == (len(GSM_BASIC), len(GSM_EXTENSION))
    assert not GSM_BASIC & GSM_EXTENSION
    assert is_gsm(string.ascii_letters + string.digits)


def test_one_segment_holds_160_septets_and_each_of_several_153() -> None:
    assert [1, 2, 2, 3] == [segments("a" * length) for length in (160, 161, 306, 307)]


def test_one_segment_holds_70_units_and_each_of_several_67() -> None:
    assert [1, 2, 2, 3] == [segments("水" * length) for length in (70, 71, 134, 135)]


def test_one_curly_quote_turns_a_whole_text_into_ucs_2() -> None:
    plain = "Don't wade. " * 13
    assert 156 == len(plain)
    assert 1 == segments(plain)
    assert 3 == segments(plain.replace("'", "’", 1))


def test_one_emoji_turns_a_whole_text_into_ucs_2() -> None:
    assert (1, 3) == (segments("a" * 140), segments("a" * 140 + ASTRAL))


def test_an_escaped_character_takes_two_septets() -> None:
    assert (1, 2) == (segments("€" * 80), segments("€" * 80 + "a"))


def test_an_escaped_character_is_not_split_over_two_segments() -> None:
    assert (2, 3) == (segments("a" * 306), segments("a" * 152 + "€" + "a" * 152))


def test_a_surrogate_pair_is_not_split_over_two_segments() -> None:
    assert (2, 3) == (segments("水" * 134), segments("水" * 66 + ASTRAL + "水" * 66))


def test_a_family_and_a_flag_are_not_split_over_two_segments() -> None:
    family, flag = "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e8\U0001f1f3"
    assert [8, 4, 1] == cluster_units(family + flag + "水")
    assert (2, 3) == (segments("水" * 59 + family + "水" * 67), segments("水" * 60 + family + "水" * 66))
    assert (2, 3) == (segments("水" * 63 + flag + "水" * 67), segments("水" * 64 + flag + "水" * 66))


def test_an_empty_text_is_one_segment() -> None:
    assert 1 == segments("")


@LAW
@given(BASIC)
def test_basic_characters_fill_segments_to_the_last_septet(text: str) -> None:
    assert (1 if len(text) <= 160 else up(len(text), 153)) == segments(text)


@LAW
@given(st.text(alphabet="水位警报路口。", max_size=400))
def test_chinese_characters_fill_segments_to_the_last_unit(text: str) -> None:
    assert max(1, 1 if len(text) <= 70 else up(len(text), 67)) == segments(text)


@LAW
@given(st.integers(min_value=36, max_value=300))
def test_surrogate_pairs_leave_a_place_empty_in_each_segment(pairs: int) -> None:
    assert up(pairs, 33) == segments(ASTRAL * pairs)


@LAW
@given(st.one_of(GSM, ANY))
def test_no_text_takes_less_than_its_units_or_more_than_a_sign_but_one_place_lost_in_each_segment(text: str) -> None:
    units = sum(2 if sign in GSM_EXTENSION else 1 for sign in text) if is_gsm(text) else len(text.encode("utf-16-le", "surrogatepass")) // 2
    alone, joined = (160, 153) if is_gsm(text) else (70, 67)
    if units <= alone:
        assert 1 == segments(text)
    else:
        longest = 2 if is_gsm(text) else max(cluster_units(text))
        assert up(units, joined) <= segments(text) <= up(units, joined - longest + 1)


@LAW
@given(st.one_of(GSM, ANY), st.characters())
def test_a_longer_text_never_takes_fewer_segments(text: str, sign: str) -> None:
    assert segments(text) <= segments(text + sign)


@LAW
@given(GSM, st.sampled_from("“”’—…水é̂"))
def test_one_character_outside_the_alphabet_never_makes_a_text_cheaper(text: str, sign: str) -> None:
    assert segments(text) <= segments(text + sign)
