"""Reads a JPEG segment by segment (ITU-T T.81, annex B) and takes over what its pixels need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from streams.pictures.bare import MOST_PIECES, Bare, broken

SOI, EOI, SOS, DQT, DHT, DRI, COM = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xFE
APP0, APP1, APP14 = 0xE0, 0xE1, 0xEE
FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive, by Huffman codes: what cameras write. Lossless, hierarchical and arithmetic ones no camera does."""
OTHER_FRAMES = frozenset(range(0xC3, 0xD0)) - {DHT, 0xC8, 0xCC}
ALLOWED_OUT = (SOI, APP0, DQT, *sorted(FRAMES), DHT, SOS, EOI)
"""The segments that a file of ours may have."""

MOST_SCANS = 64
"""A progressive picture usually has about 10 scans; each goes over all of its blocks again, which is how a small file takes minutes."""

_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
# within the coded pixels FF is followed by 00, by a restart marker or by one more FF
_NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


class Segment(NamedTuple):
    """A segment: its marker, what it holds without marker and length, and where it and the coded pixels after it stand in the file."""

    marker: int
    held: bytes
    begin: int
    end: int


def segments(raw: bytes) -> Iterator[Segment]:
    """The segments of a JPEG up to its end; the coded pixels after an SOS belong to it.

    Raises
    ------
    PictureRefused
        Where it is not a sequence of segments up to an EOI.
    """
    if raw[:2] != b"\xff\xd8":
        raise broken("a JPEG begins with FF D8")
    yield Segment(SOI, b"", 0, 2)
    at = 2
    for _ in range(MOST_PIECES):
        begin, marker, at = _marker(raw, at)
        if marker == EOI:
            yield Segment(EOI, b"", begin, at)
            return
        length = int.from_bytes(raw[at : at + 2], "big")
        if length < 2 or at + length > len(raw):
            raise broken(f"the segment at byte {begin} goes beyond the end of the file: it was cut off")
        held, at = raw[at + 2 : at + length], at + length
        if marker == SOS:
            at = _end_of_scan(raw, at)
        yield Segment(marker, held, begin, at)
    raise broken(f"over {MOST_PIECES} segments")


def bare_jpeg(raw: bytes) -> Bare:
    """Take over frame, tables and coded pixels, and of the application's segments the two that say how colours are coded.

    Thumbnails, camera data, profiles, comments, further pictures and whatever follows the end stay behind.

    Raises
    ------
    PictureRefused
        Where it is broken, or of a form that no camera writes.
    """
    kept, exif, frame, scans = bytearray(), None, None, 0
    for segment in segments(raw):
        if segment.marker in OTHER_FRAMES or (segment.marker in FRAMES and frame is not None):
            raise broken("it is coded in a way that cameras do not use, or holds two pictures: save it again as a plain JPEG")
        if segment.marker in FRAMES:
            frame = segment.held
        if segment.marker == SOS:
            scans += 1
        if scans > MOST_SCANS:
            raise broken(f"over {MOST_SCANS} passes over the same pixels: save it again as a plain JPEG")
        if segment.marker == APP1 and exif is None and segment.held[:6] == b"Exif\x00\x00":
            exif = segment.held
        kept += _taken_over(raw, segment)
    if frame is None or not scans:
        raise broken("it holds no picture")
    width, height = _size(frame)
    return Bare("JPEG", bytes(kept), width, height, exif)


def strangers(jpeg: bytes) -> list[str]:
    """What a JPEG of ours must not hold, in words; empty where it holds pixels and nothing else."""
    found, end = [], 0
    for segment in segments(jpeg):
        if segment.marker not in ALLOWED_OUT:
            found.append(f"segment FF{segment.marker:02X}")
        elif segment.marker == APP0 and jpeg[segment.begin : segment.end] != _JFIF:
            found.append("an APP0 that is not the plain JFIF one")
        end = segment.end
    if end != len(jpeg):
        found.append(f"{len(jpeg) - end} bytes after the end")
    return found


def _taken_over(raw: bytes, segment: Segment) -> bytes:
    if segment.marker == APP0:
        return _JFIF if segment.held[:5] == b"JFIF\x00" else b""
    if segment.marker == APP14 and segment.held[:5] == b"Adobe" and len(segment.held) == 12:
        # of its twelve bytes the last says whether YCC or plain colours are coded
        return b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + segment.held[11:]
    needed = segment.marker in (SOI, DQT, DHT, DRI, SOS, EOI) or segment.marker in FRAMES
    return raw[segment.begin : segment.end] if needed else b""


def _marker(raw: bytes, at: int) -> tuple[int, int, int]:
    """Where the next marker begins, what it is, and where it ends; any number of FF may stand before it."""
    begin = at
    if raw[at : at + 1] != b"\xff":
        raise broken(f"no segment begins at byte {at}: it was cut off, or written over")
    while raw[at : at + 1] == b"\xff":
        at += 1
    if at >= len(raw):
        raise broken("it has no end: it was cut off")
    return begin, raw[at], at + 1


def _end_of_scan(raw: bytes, at: int) -> int:
    found = _NEXT.search(raw, at)
    if found is None:
        raise broken("it has no end: it was cut off")
    return found.start()


def _size(frame: bytes) -> tuple[int, int]:
    if len(frame) < 6 or frame[0] != 8 or frame[5] not in (1, 3, 4) or len(frame) != 6 + 3 * frame[5]:
        raise broken("its frame is not one of 8 bits and 1, 3 or 4 colours")
    return int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big")
