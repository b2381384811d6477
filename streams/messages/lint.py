"""Looks over texts before people get them: whether they say who speaks, and can be sent."""

from __future__ import annotations

from streams.messages.segments import segments
from streams.messages.texts import DRILL_MARK

MOST_SEGMENTS = 3
"""What takes longer to send than to say is no warning: every segment more is as many people later."""


def faults(text: str, language: str, sender: str) -> list[str]:
    """What is wrong with a text, in words; empty if nothing is."""
    found = []
    opening = f"【{sender}】" if language == "zh" else sender
    if not text.removeprefix(DRILL_MARK).startswith(opening):
        found.append(f"the text in {language} must open with {opening}: people must see who speaks")
    if any(ord(sign) < 0x20 and sign != "\n" for sign in text) or "\x7f" in text:
        found.append(f"the text in {language} holds control characters")
    if segments(text) > MOST_SEGMENTS:
        found.append(f"the text in {language} takes {segments(text)} segments: {MOST_SEGMENTS} at most")
    return found
