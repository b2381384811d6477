"""Counts the segments that a text is sent and paid in.

3GPP TS 23.038 (GSM 03.38) gives the default alphabet (6.2.1) and its extension table (6.2.1.1), whose characters are sent as an escape
and a second septet; a text with any other character is sent in UCS-2. 3GPP TS 23.040 (9.2.3.24.1) gives what is left of the 140 octets
of a message once a header joins several: 153 septets of 160, 67 units of 70. The standards let a sign of several characters be split;
Twilio's own counter does not, and its count is what is billed: see `clusters`.
"""

from __future__ import annotations

from collections.abc import Iterable

from streams.messages.clusters import cluster_units

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")

SEPTETS_ALONE, SEPTETS_JOINED = 160, 153
UNITS_ALONE, UNITS_JOINED = 70, 67


def segments(text: str) -> int:
    """How many segments a text takes; an empty one takes one.

    Neither an escaped character nor a sign of several units (an emoji, a flag, a family) is split over two segments, so a join may leave
    places empty.
    """
    if is_gsm(text):
        return _pack((2 if sign in GSM_EXTENSION else 1 for sign in text), SEPTETS_ALONE, SEPTETS_JOINED)
    return _pack(cluster_units(text), UNITS_ALONE, UNITS_JOINED)


def is_gsm(text: str) -> bool:
    """Whether every character is in the default alphabet or its extension; one curly quote turns a whole text into UCS-2."""
    return all(sign in GSM_BASIC or sign in GSM_EXTENSION for sign in text)


def _pack(sizes: Iterable[int], alone: int, joined: int) -> int:
    sizes = list(sizes)
    if sum(sizes) <= alone:
        return 1
    count, filled = 1, 0
    for size in sizes:
        if filled + size > joined:
            count, filled = count + 1, 0
        filled += size
    return count
