"""Files that break the rules of their kind, so that readers who trust them read beyond the end, or two readers see two pictures."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from streams.bench.hostile.file import Hostile, bare_png, chunk, encoded, frame_of, jpeg, png, riff, scene, segment, webp, zeros


def torn() -> Iterator[Hostile]:
    """All of them."""
    yield from _jpegs()
    yield from _pngs()
    yield from _webps()
    yield from _odd_but_true()


def _jpegs() -> Iterator[Hostile]:
    whole = jpeg()
    at = frame_of(whole)

    def framed(**changed: bytes) -> bytes:
        head = bytearray(whole)
        for place, new in changed.items():
            begin = at + int(place[1:])
            head[begin : begin + len(new)] = new
        return bytes(head)

    yield Hostile("jpeg, cut off in its middle", whole[: len(whole) // 2])
    yield Hostile("jpeg, without its end", whole[:-2])
    yield Hostile("jpeg, three bytes of it", whole[:3])
    yield Hostile("jpeg, a segment that goes beyond the end", whole[:2] + b"\xff\xe1\xff\xff" + whole[2:])
    yield Hostile("jpeg, a segment of length 0", whole[:2] + b"\xff\xe1\x00\x00" + whole[2:])
    yield Hostile("jpeg, something between its segments", whole[:2] + b"<script>" + whole[2:])
    yield Hostile("jpeg, height 0, to be told later", framed(_5=b"\x00\x00"))
    yield Hostile("jpeg, arithmetic codes", framed(_1=b"\xc9"))
    yield Hostile("jpeg, lossless", framed(_1=b"\xc3"))
    yield Hostile("jpeg, 12 bits", framed(_4=b"\x0c"))
    yield Hostile("jpeg, 200 colours", framed(_9=b"\xc8"))
    yield Hostile("jpeg, two frames", whole[:at] + whole[at : at + 19] + whole[at:])
    yield Hostile(
        "jpeg, pixels of chance",
        whole[: whole.index(b"\xff\xda") + 14] + random.Random(1).randbytes(9000).replace(b"\xff", b"") + b"\xff\xd9",
    )
    yield Hostile("jpeg, tables of zeros", whole[:2] + segment(0xDB, bytes(65)) + whole[2:])
    yield Hostile("jpeg, a Huffman table that overflows", whole[:2] + segment(0xC4, bytes([0]) + b"\xff" * 16 + bytes(100)) + whole[2:])
    yield Hostile("jpeg, nothing but begin and end", b"\xff\xd8\xff\xd9")


def _pngs() -> Iterator[Hostile]:
    whole = png()
    yield Hostile("png, cut off in its middle", whole[: len(whole) // 2])
    yield Hostile("png, without its end", whole[:-12])
    yield Hostile("png, a wrong checksum", whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])
    yield Hostile("png, pixels for a tenth of it", bare_png(300, 300, 8, 2, zeros(27_000)))
    yield Hostile("png, two headers", whole[:33] + whole[8:])
    yield Hostile("png, header not first", whole[:8] + chunk(b"tEXt", b"a\0b") + whole[8:])
    yield Hostile("png, no pixels", bare_png(0, 0, 8, 2, zeros(1)))
    yield Hostile("png, a depth that does not exist", bare_png(8, 8, 7, 2, zeros(300)))
    yield Hostile("png, a palette that is not there", bare_png(8, 8, 8, 3, zeros(72)))
    rows = zlib.compress(b"".join(b"\x00" + bytes([255] * 8) for _ in range(8)))
    yield Hostile("png, colours beyond its palette", bare_png(8, 8, 8, 3, rows, 0, chunk(b"PLTE", b"\x01\x02\x03")))
    yield Hostile("png, a filter that does not exist", bare_png(8, 8, 8, 2, zlib.compress((b"\x77" + bytes(24)) * 8)))
    yield Hostile("png, a chunk of 4 GiB", whole[:33] + b"\xff\xff\xff\xffIDAT" + whole[33:])


def _webps() -> Iterator[Hostile]:
    whole = webp()
    yield Hostile("webp, cut off in its middle", whole[: len(whole) // 2])
    yield Hostile("webp, a length that lies", b"RIFF\xff\xff\xff\xff" + whole[8:])
    yield Hostile("webp, an outer size that lies", riff((b"VP8X", bytes([0x10, 0, 0, 0]) + b"\xff\xff\x3f" * 2), (b"VP8 ", whole[20:])))
    yield Hostile("webp, two pictures", riff((b"VP8 ", whole[20:]), (b"VP8 ", whole[20:])))
    lossless = webp(lossless=True)
    yield Hostile("webp, codes of chance", lossless[:40] + random.Random(2).randbytes(len(lossless) - 40))
    frames = [scene(seed=seed) for seed in range(3)]
    yield Hostile("webp, three moving frames", encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    yield Hostile("png, three moving frames", encoded(frames[0], "PNG", save_all=True, append_images=frames[1:]))


def _odd_but_true() -> Iterator[Hostile]:
    """Within the rules, and still what a careless reader falls over."""
    for kind in ("JPEG", "PNG", "WEBP"):
        yield Hostile(f"{kind.lower()}, one pixel", encoded(Image.new("RGB", (1, 1), (9, 99, 200)), kind))
    yield Hostile("png, 12000 x 1", encoded(Image.new("RGB", (12000, 1)), "PNG"))
    yield Hostile("jpeg, 1 x 12000", encoded(Image.new("RGB", (1, 12000)), "JPEG"))
    yield Hostile("jpeg, four inks", encoded(scene().convert("CMYK"), "JPEG"))
    yield Hostile("jpeg, grey", encoded(scene().convert("L"), "JPEG"))
    yield Hostile("png, one bit", encoded(scene().convert("1"), "PNG"))
    yield Hostile("png, grey of 16 bits", encoded(Image.linear_gradient("L").convert("I;16"), "PNG"))
    yield Hostile("png, a palette with transparency", encoded(scene().convert("P"), "PNG", transparency=3))
    yield Hostile("png, grey with transparency", encoded(scene().convert("LA"), "PNG"))
    yield Hostile("webp, with transparency", encoded(scene().convert("RGBA"), "WEBP"))
    yield Hostile("jpeg, every orientation that is none", _oriented(struct.pack(">H", 777)))


def _oriented(value: bytes) -> bytes:
    exif = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + struct.pack(">HHI", 0x0112, 3, 1) + value + b"\0\0" + struct.pack(">I", 0)
    whole = jpeg()
    return whole[:2] + segment(0xE1, exif) + whole[2:]
