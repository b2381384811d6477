"""What a text back wants: opt-outs by the whole text, and in doubt a call for rescue."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.delivery.reply import KINDS, kind_of

WHOLE = {
    "opt_out": ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "退订", "TD", "T"],
    "opt_in": ["START", "UNSTOP", "YES", "恢复订阅"],
    "help": ["HELP", "INFO", "帮助"],
}
EVERY_WHOLE = [(kind, word) for kind, words in WHOLE.items() for word in words]
ENGLISH = [
    "We are trapped in the basement",
    "stuck on the second floor",
    "my father is drowning",
    "Please rescue us",
    "SOS",
    "s.o.s.",
    "S O S!!!",
    "I can't get out",
    "I can’t get out of here",
    "cannot open the door",
    "water in the house",
    "The water is coming in",
    "water is up to my chest",
    "help me please",
    "please HELP",
    "HELP US",
    "Water rising fast, two children",
    "we are on the roof",
    "STOP! we are trapped",
    "don't stop, send a boat",
    "stu\u200bck in the lift",
    "ＴＲＡＰＰＥＤ",
    "911",
    "🆘",
]
CHINESE = [
    "救命",
    "救救我们",
    "我们被困在地下室",
    "出不去了",
    "家里进水了",
    "水进来了",
    "车被淹了",
    "水已经到胸口了",
    "水没过膝盖了",
    "水越涨越高",
    "老人走不动",
    "打不开门",
    "快来人",
    "家裡進水，被困",
    "帮帮我",
    "救 命！",
]
OTHER = [
    "",
    "   ",
    "OK",
    "Thanks",
    "thank you, very helpful",
    "收到",
    "谢谢",
    "好的",
    "Who are you?",
    "wrong number",
    "Is the road open again?",
    "stop texting me",
    "please unsubscribe me from this list",
    "🙂",
    "1",
]


@pytest.mark.parametrize(("kind", "word"), EVERY_WHOLE)
@given(st.data())
def test_a_word_that_is_the_whole_text_counts_however_it_is_written(kind: str, word: str, data: st.DataObject) -> None:
    around = st.text(" .,!?;:'\"-_()[]【】。！？、～…\n\t*\u200b\u3000", max_size=5)
    written = "".join(data.draw(st.sampled_from([sign.lower(), sign.upper(), _wide(sign)])) for sign in word)
    assert kind == kind_of(data.draw(around) + written + data.draw(around))


@pytest.mark.parametrize("text", ENGLISH + CHINESE)
@given(st.sampled_from([str.upper, str.lower, str.title, str]), st.sampled_from(["", "!!!", "。", " ", "...", "\n"]))
def test_a_word_of_danger_anywhere_is_a_call_for_rescue(text: str, written: type[str], end: str) -> None:
    assert "rescue" == kind_of(end + written(text) + end)


@pytest.mark.parametrize("text", OTHER)
def test_what_says_nothing_of_either_is_another_text(text: str) -> None:
    assert "other" == kind_of(text)


@pytest.mark.parametrize("word", WHOLE["opt_out"] + WHOLE["opt_in"])
@given(st.text(min_size=1))
def test_an_opt_out_is_never_found_within_a_text(word: str, more: str) -> None:
    text = f"{word} x{more}"
    assert kind_of(text) not in ("opt_out", "opt_in")


@given(st.text(max_size=200), st.sampled_from(["trapped", "被困"]))
def test_in_doubt_it_is_rescue(text: str, word: str) -> None:
    assert "rescue" == kind_of(f"{text} {word} {text}")


@given(st.text())
def test_every_text_has_a_kind(text: str) -> None:
    assert kind_of(text) in KINDS


def test_a_long_text_is_read_quickly() -> None:
    for text in ("water " * 10_000, "cant x " * 10_000, "水" * 60_000, "send a " * 10_000):
        kind_of(text)


def _wide(sign: str) -> str:
    """A letter as Chinese keyboards write it."""
    return chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign
