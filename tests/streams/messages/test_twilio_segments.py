"""Our count of segments is Twilio's, whose own counter is another program by other people."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

from streams.messages.segments import GSM_BASIC, GSM_EXTENSION, is_gsm, segments
from tests.streams.contract.node import node_packages

COUNTER = Path(__file__).with_name("twilio_segments.cjs")
TEXTS = 10_000
BASIC, EXTENSION = sorted(GSM_BASIC), sorted(GSM_EXTENSION)
CHINESE = tuple("洪水预警，解放路下穿隧道积水约五十厘米。请立即离开！【】")
CURLY = tuple("“”‘’—…")
PAIRS = tuple("🌊🚨🏠📞⛈☔𠮷𪚥")
CLUSTERS = (
    "👨‍👩‍👧‍👦",  # joined to a family
    "👩‍❤️‍💋‍👨",
    "👩🏽‍🚒",  # with a skin tone
    "👩🏽‍❤️‍👨🏽",
    "👍🏿",
    "🇨🇳",  # a flag of two halves, one of nine parts
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "🏳️‍🌈",
    "⚠️",  # shown in colour
    "1️⃣",
    "🐈‍⬛",  # newer than the counter's Unicode, which parts them
    "🧑‍🤝‍🧑",
    "e\u0301",  # a letter and its accent
    "\r\n",
)
MIXTURES: tuple[Sequence[Sequence[str]], ...] = (
    (BASIC,),
    (BASIC, BASIC, BASIC, EXTENSION),
    (EXTENSION,),
    (CHINESE,),
    (CHINESE, CHINESE, PAIRS),
    (CHINESE, CHINESE, CLUSTERS),
    (CLUSTERS,),
    (PAIRS, CLUSTERS),
    (BASIC, BASIC, BASIC, CURLY),
    (BASIC, EXTENSION, CHINESE, CURLY, PAIRS, CLUSTERS),
)


def random_text(source: random.Random) -> str:
    """Mix signs up to a length in characters: half the texts are near full segments, half are of any length, seldom a long one."""
    mixture = source.choice(MIXTURES)
    full = source.choice((70, 160, *(67 * count for count in range(1, 7)), *(153 * count for count in range(1, 4))))
    length = source.choice((full + source.randint(-3, 3), int(1001 * source.random() ** 3)))
    return "".join(source.choice(source.choice(mixture)) for _ in range(length))[:length]


def twilio_counts(texts: Sequence[str]) -> list[tuple[int, bool]]:
    """How many segments each text takes by Twilio's counter, and whether it is sent in the default alphabet."""
    node, modules = node_packages()
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    command = [str(node), str(COUNTER), str(modules / "sms-segments-calculator")]
    done = subprocess.run(command, input=lines, env={}, capture_output=True, text=True, check=True)
    return [(int(count), alphabet == "GSM-7") for count, alphabet in map(str.split, done.stdout.splitlines())]


def our_counts(texts: Sequence[str]) -> list[tuple[int, bool]]:
    return [(segments(text), is_gsm(text)) for text in texts]


def test_ten_thousand_texts_are_counted_as_twilio_counts_them() -> None:
    source = random.Random(20)
    texts = [random_text(source) for _ in range(TEXTS)]
    twilio, ours = twilio_counts(texts), our_counts(texts)
    assert TEXTS == len(twilio)
    assert [] == [(ascii(text), *both) for text, *both in zip(texts, twilio, ours, strict=True) if both[0] != both[1]]
    # and they are what they are meant to be: both alphabets, from none to many segments
    assert 2_000 < sum(gsm for _, gsm in ours) < 8_000
    assert set(range(1, 13)) <= {count for count, _ in ours}


def test_every_character_is_in_the_alphabet_that_twilio_finds() -> None:
    characters = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000]
    assert our_counts(characters) == twilio_counts(characters)
    full = [character * 160 for character in sorted(GSM_BASIC | GSM_EXTENSION)]
    assert our_counts(full) == twilio_counts(full)


def test_a_sign_of_several_characters_is_split_nowhere_where_twilio_keeps_it() -> None:
    texts = ["水" * before + cluster + "水" * 60 for cluster in CLUSTERS for before in range(50, 80)]
    assert our_counts(texts) == twilio_counts(texts)
