"""A hostile file, and the pieces that such are made of."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from io import BytesIO
from typing import NamedTuple

import numpy as np
from PIL import Image

SECRET = b"SECRET-of-17-Example-Road"
"""Stands wherever a picture can hold what its sender does not know of; none of it may come out."""


class Hostile(NamedTuple):
    """A file, and what it would do."""

    name: str
    raw: bytes


def scene(width: int = 320, height: int = 240, seed: int = 1) -> Image.Image:
    """A small picture with something on it: coarse noise, made smooth."""
    noise = np.random.default_rng(seed).integers(0, 255, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    """A picture as a file."""
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def jpeg(width: int = 320, height: int = 240, **options: object) -> bytes:
    """An honest JPEG."""
    return encoded(scene(width, height), "JPEG", **options)


def png(width: int = 320, height: int = 240, **options: object) -> bytes:
    """An honest PNG."""
    return encoded(scene(width, height), "PNG", **options)


def webp(width: int = 320, height: int = 240, **options: object) -> bytes:
    """An honest WebP."""
    return encoded(scene(width, height), "WEBP", **options)


def segment(marker: int, held: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(held) + 2) + held


def with_segment(raw: bytes, marker: int, held: bytes) -> bytes:
    """A JPEG with one more segment at its beginning."""
    return raw[:2] + segment(marker, held) + raw[2:]


def chunk(kind: bytes, held: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))


def with_chunk(raw: bytes, kind: bytes, held: bytes) -> bytes:
    """A PNG with one more chunk after its header."""
    return raw[:33] + chunk(kind, held) + raw[33:]


def bare_png(width: int, height: int, depth: int, colour: int, data: bytes, interlaced: int = 0, before: bytes = b"") -> bytes:
    """A PNG by hand: its header may say what it likes."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP by hand."""
    held = b"".join(kind + struct.pack("<I", len(one)) + one + b"\0" * (len(one) % 2) for kind, one in chunks)
    return b"RIFF" + struct.pack("<I", len(held) + 4) + b"WEBP" + held


@cache
def zeros(count: int) -> bytes:
    """So many zeros, deflated: a thousand times smaller."""
    packer, out = zlib.compressobj(9), bytearray()
    for begin in range(0, count, 1 << 20):
        out += packer.compress(bytes(min(1 << 20, count - begin)))
    return bytes(out + packer.flush())


def frame_of(raw: bytes) -> int:
    """Where the frame header (SOF) of a JPEG begins."""
    return next(raw.index(mark) for mark in (b"\xff\xc0", b"\xff\xc2") if mark in raw)
