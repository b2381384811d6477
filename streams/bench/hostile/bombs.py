"""Files that cost far more than they weigh: pixels, scans, chunks, memory."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from streams.bench.hostile.file import Hostile, bare_png, chunk, encoded, frame_of, jpeg, png, riff, segment, with_chunk, zeros

MIB = 1024 * 1024


def bombs() -> Iterator[Hostile]:
    """All of them."""
    yield from _of_png()
    yield from _of_jpeg()
    yield from _of_webp()
    yield Hostile("more than 12 MiB", jpeg() + bytes(12 * MIB))


def _of_png() -> Iterator[Hostile]:
    rows = zeros(2000 * (1 + 12000 * 3))
    yield Hostile("png, 24 million black pixels in 70 KiB", bare_png(12000, 2000, 8, 2, rows))
    yield Hostile("png, 24 million with transparency", bare_png(12000, 2000, 8, 6, zeros(2000 * (1 + 12000 * 4))))
    yield Hostile("png, 24 million of 16 bits with transparency", bare_png(12000, 2000, 16, 6, zeros(2000 * (1 + 12000 * 8))))
    yield Hostile("png, 24 million grey of 16 bits", bare_png(12000, 2000, 16, 0, zeros(2000 * (1 + 12000 * 2))))
    yield Hostile("png, 24 million of a palette, interlaced", bare_png(12000, 2000, 1, 3, zeros(12 * MIB), 1, _palette()))
    yield Hostile("png, 24 million of a palette with transparency", bare_png(12000, 2000, 8, 3, zeros(24 * MIB), 0, _palette(True)))
    yield Hostile("png, 40 million black pixels", bare_png(12000, 3333, 8, 2, zeros(1000)))
    yield Hostile("png, 400 million pixels of one bit", bare_png(20000, 20000, 1, 0, zeros(20000 * 2501)))
    yield Hostile("png, 2147483647 x 2147483647", bare_png(2**31 - 1, 2**31 - 1, 8, 2, zeros(1000)))
    yield Hostile("png, a side of 12001", bare_png(12001, 1, 8, 0, zeros(12002)))
    yield Hostile("png, 64 pixels and 300 MiB of them", bare_png(8, 8, 8, 2, zeros(300 * MIB)))
    yield Hostile("png, a text of 300 MiB packed", with_chunk(png(), b"zTXt", b"Comment\0\0" + zeros(300 * MIB)))
    yield Hostile("png, an international text of 300 MiB packed", with_chunk(png(), b"iTXt", b"c\0\1\0\0\0" + zeros(300 * MIB)))
    yield Hostile("png, a profile of 300 MiB packed", with_chunk(png(), b"iCCP", b"icc\0\0" + zeros(300 * MIB)))
    yield Hostile("png, 400,000 empty chunks", png()[:33] + (struct.pack(">I", 0) + b"teXt" + b"\0\0\0\0") * 400_000 + png()[33:])


def _of_jpeg() -> Iterator[Hostile]:
    whole = jpeg()
    at = frame_of(whole)
    yield Hostile("jpeg, 65535 x 65535", whole[: at + 5] + b"\xff\xff\xff\xff" + whole[at + 9 :])
    wide = encoded(Image.new("RGB", (12000, 3333)), "JPEG", progressive=True)
    yield Hostile("jpeg, 40 million pixels, progressive", wide)
    yield Hostile("jpeg, the same in 60 scans", _more_scans(wide, 50))
    yield Hostile("jpeg, the same in 2,000 scans", _more_scans(wide, 2_000))
    yield Hostile("jpeg, 40 million pixels of four inks, progressive", encoded(Image.new("CMYK", (12000, 3333)), "JPEG", progressive=True))
    yield Hostile("jpeg, a comment 30,000 times", whole[:2] + segment(0xFE, b"x") * 30_000 + whole[2:])
    yield Hostile("jpeg, 4,000 tables", whole[:2] + segment(0xDB, bytes([0] + [1] * 64)) * 4_000 + whole[2:])
    yield Hostile("jpeg, 10 MiB of FF before a marker", whole[:2] + b"\xff" * 10 * MIB + whole[3:])
    yield Hostile("jpeg, 10 MiB of FF in its pixels", whole[:-2] + b"\xff" * 10 * MIB + b"\x00\xff\xd9")


def _of_webp() -> Iterator[Hostile]:
    flat = encoded(Image.new("RGB", (5000, 3200)), "WEBP", lossless=True)
    yield Hostile("webp, 16 million pixels in some bytes", flat)
    yield Hostile("webp, the same with transparency", encoded(Image.new("RGBA", (5000, 3200), (9, 9, 9, 9)), "WEBP", quality=10))
    large = bytes([0x2F]) + struct.pack("<I", 16383 | 16383 << 14)
    yield Hostile("webp, 268 million pixels", riff((b"VP8L", large + bytes(100))))
    yield Hostile("webp, a million empty chunks", riff(*[(b"XXXX", b"")] * 1_000_000))


def _palette(transparent: bool = False) -> bytes:
    return chunk(b"PLTE", bytes([200, 10, 10, 10, 200, 10])) + (chunk(b"tRNS", b"\x10\x80") if transparent else b"")


def _more_scans(raw: bytes, count: int) -> bytes:
    """The last scan again and again: each goes over every block."""
    last = raw.rindex(b"\xff\xda")
    return raw[:-2] + raw[last:-2] * count + raw[-2:]


def packed(raw: bytes) -> bytes:
    """A file packed by gzip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(raw) + packer.flush()
