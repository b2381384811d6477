"""Why a picture is not taken."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """One word for each reason: whoever shows it to a person finds words of their own language for it."""

    TOO_LARGE = "too_large"
    NOT_A_PICTURE = "not_a_picture"
    WRONG_KIND = "wrong_kind"
    TOO_MANY_PIXELS = "too_many_pixels"
    BROKEN = "broken"
    TOO_SLOW = "too_slow"


class PictureRefused(ValueError):
    """A picture that is not taken: `reason` is for programs, `detail` says in English what is wrong and what to do."""

    def __init__(self, reason: Refusal, detail: str):
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail
