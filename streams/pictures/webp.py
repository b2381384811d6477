"""Reads a WebP chunk by chunk (RFC 9649) and takes over what its pixels need."""

from __future__ import annotations

from collections.abc import Iterator

from streams.pictures.bare import MOST_PIECES, Bare, broken
from streams.pictures.refused import PictureRefused, Refusal

_ALPHA = 0x10


def bare_webp(raw: bytes) -> Bare:
    """Take over the one coded picture, and its transparency where it has one apart.

    Raises
    ------
    PictureRefused
        Where it is broken, or moves.
    """
    pieces: dict[bytes, bytes] = {}
    for kind, held in _chunks(raw):
        if kind in (b"ANIM", b"ANMF"):
            raise PictureRefused(Refusal.WRONG_KIND, "a moving picture: send one that stands still")
        if kind in (b"VP8 ", b"VP8L", b"ALPH") and kind in pieces:
            raise broken("it holds two pictures")
        pieces.setdefault(kind, held)
    if (b"VP8 " in pieces) == (b"VP8L" in pieces):
        raise broken("it holds no picture, or two")
    coded = b"VP8 " if b"VP8 " in pieces else b"VP8L"
    width, height = _lossy(pieces[coded]) if coded == b"VP8 " else _lossless(pieces[coded])
    chunks = _chunk(coded, pieces[coded])
    if coded == b"VP8 " and b"ALPH" in pieces:
        size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        chunks = _chunk(b"VP8X", bytes([_ALPHA, 0, 0, 0]) + size) + _chunk(b"ALPH", pieces[b"ALPH"]) + chunks
    data = b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WEBP" + chunks
    return Bare("WEBP", data, width, height, pieces.get(b"EXIF"))


def _chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    end = 8 + int.from_bytes(raw[4:8], "little")
    if end > len(raw):
        raise broken("it has no end: it was cut off")
    at = 12
    for _ in range(MOST_PIECES):
        if at >= end:
            return
        length = int.from_bytes(raw[at + 4 : at + 8], "little")
        if at + 8 + length > end:
            raise broken(f"the chunk at byte {at} goes beyond the end of the file: it was cut off")
        yield raw[at : at + 4], raw[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    raise broken(f"over {MOST_PIECES} chunks")


def _chunk(kind: bytes, held: bytes) -> bytes:
    return kind + len(held).to_bytes(4, "little") + held + b"\x00" * (len(held) % 2)


def _lossy(held: bytes) -> tuple[int, int]:
    """Size from the header of a VP8 key frame (RFC 6386, 9.1)."""
    if len(held) < 10 or held[0] & 1 or held[3:6] != b"\x9d\x01\x2a":
        raise broken("its picture does not begin as one")
    return int.from_bytes(held[6:8], "little") & 0x3FFF, int.from_bytes(held[8:10], "little") & 0x3FFF


def _lossless(held: bytes) -> tuple[int, int]:
    if len(held) < 5 or held[0] != 0x2F:
        raise broken("its picture does not begin as one")
    bits = int.from_bytes(held[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
