"""Depth by picture: how far up a leg or a car the water stands, and how well that is known."""

from __future__ import annotations

import msgspec


class DepthWord(msgspec.Struct, frozen=True):
    """A word that people choose, the depth that it stands for and its standard error, both in metres."""

    word: str
    depth_m: float
    error_sd_m: float


DEPTH_WORDS: tuple[DepthWord, ...] = (
    DepthWord("dry", 0.0, 0.03),
    DepthWord("ankle", 0.10, 0.05),
    DepthWord("hub", 0.30, 0.07),
    DepthWord("knee", 0.48, 0.08),
    DepthWord("thigh", 0.70, 0.12),
    DepthWord("bonnet", 0.85, 0.12),
)
"""Heights above the road of a grown person's joints (ankle, knee, middle of the thigh) and of a car (middle of a wheel of 60 cm to 65 cm,
edge of the bonnet): what people of 1.55 m to 1.80 m and usual cars have. The errors hold that spread and a guess that is off by a hand."""

_BY_WORD = {known.word: known for known in DEPTH_WORDS}


def depth_of(word: str) -> DepthWord | None:
    """What a word stands for; None for one that nobody can choose."""
    return _BY_WORD.get(word)
