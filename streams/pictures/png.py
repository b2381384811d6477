"""Reads a PNG chunk by chunk (ISO/IEC 15948) and takes over what its pixels need."""

from __future__ import annotations

from collections.abc import Iterator

from streams.pictures.bare import MOST_PIECES, Bare, broken

SIGNATURE = b"\x89PNG\r\n\x1a\n"
NEEDED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
"""An animation's further frames, texts, profiles and times stand in other chunks: of an animation the first picture is left."""


def bare_png(raw: bytes) -> Bare:
    """Take over header, palette, transparency and coded pixels.

    Raises
    ------
    PictureRefused
        Where it is broken.
    """
    kept, exif, header = bytearray(SIGNATURE), None, None
    for kind, begin, end in _chunks(raw):
        if header is None:
            header = raw[begin + 8 : end - 4]
            if kind != b"IHDR" or len(header) != 13:
                raise broken("its first chunk is not a header")
        elif kind == b"IHDR":
            raise broken("it holds two headers")
        if kind == b"eXIf" and exif is None:
            exif = raw[begin + 8 : end - 4]
        if kind in NEEDED:
            kept += raw[begin:end]
    if header is None:
        raise broken("it holds no picture")
    return Bare("PNG", bytes(kept), int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big"), exif)


def _chunks(raw: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of each chunk up to IEND."""
    at = len(SIGNATURE)
    for _ in range(MOST_PIECES):
        length, kind = int.from_bytes(raw[at : at + 4], "big"), raw[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(raw):
            raise broken(f"the chunk at byte {at} goes beyond the end of the file: it was cut off")
        yield kind, at, end
        if kind == b"IEND":
            return
        at = end
    raise broken(f"over {MOST_PIECES} chunks")
