"""What is asked of a file before anything of it is decoded: how large it is, what it says it is, and how many pixels it would have."""

from __future__ import annotations

from streams.pictures.bare import Bare, Kind, broken
from streams.pictures.jpeg import bare_jpeg
from streams.pictures.png import SIGNATURE, bare_png
from streams.pictures.refused import PictureRefused, Refusal
from streams.pictures.webp import bare_webp

MOST_BYTES = 12 * 1024 * 1024
LONGEST_SIDE_PX = 12_000
MOST_PIXELS: dict[Kind, int] = {"JPEG": 40_000_000, "PNG": 24_000_000, "WEBP": 16_000_000}
"""What telephones take by default has 12 to 24 million, as JPEG, which can be decoded small; a PNG or WebP is decoded whole, at four times
the memory and more."""

_READERS = {"JPEG": bare_jpeg, "PNG": bare_png, "WEBP": bare_webp}

_HEIC = "a HEIC picture: set the camera to 'Most compatible' (JPEG), or send a screenshot of it"
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "a GIF"),
    (b"%PDF", "a PDF"),
    (b"%!PS", "a PostScript file"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "a packed file"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"BM", "a BMP"),
    (b"II*\x00", "a TIFF or a raw picture"),
    (b"MM\x00*", "a TIFF or a raw picture"),
    (b"8BPS", "a Photoshop file"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"#!", "a program"),
    (b"<?php", "a program"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000"),
    (b"\xff\x0a", "a JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL"),
    (b"OggS", "a film or a sound"),
    (b"\x1aE\xdf\xa3", "a film"),
    (b"ID3", "a sound"),
)


def look(raw: bytes) -> Bare:
    """Check a file and take over what its pixels need, without decoding any of it.

    Raises
    ------
    PictureRefused
        Where it is too large, of another kind, broken, or has too many pixels.
    """
    if len(raw) > MOST_BYTES:
        raise PictureRefused(Refusal.TOO_LARGE, f"over {MOST_BYTES} bytes: send it smaller")
    bare = _READERS[kind_of(raw)](raw)
    if not bare.width or not bare.height:
        raise broken("it has no pixels")
    if max(bare.width, bare.height) > LONGEST_SIDE_PX or bare.width * bare.height > MOST_PIXELS[bare.kind]:
        most = f"{MOST_PIXELS[bare.kind]:,} pixels, {LONGEST_SIDE_PX:,} a side"
        raise PictureRefused(Refusal.TOO_MANY_PIXELS, f"{bare.width} x {bare.height}: at most {most}; send it smaller")
    return bare


def kind_of(raw: bytes) -> Kind:
    """What a file is by its first bytes; neither its name nor what its sender calls it counts.

    Raises
    ------
    PictureRefused
        Where it is none of the three kinds that are taken.
    """
    if raw[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if raw[:8] == SIGNATURE:
        return "PNG"
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "WEBP"
    other = _other(raw)
    if other is None:
        raise PictureRefused(Refusal.NOT_A_PICTURE, "not a picture: send a JPEG, PNG or WebP")
    raise PictureRefused(Refusal.WRONG_KIND, f"{other}: send a JPEG, PNG or WebP")


def _other(raw: bytes) -> str | None:
    if raw[4:8] == b"ftyp":
        return _HEIC if raw[8:12] in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1") else "an AVIF or a film"
    if raw[:4] == b"RIFF":
        return "a film or a sound"
    known = next((name for magic, name in _OTHERS if raw.startswith(magic)), None)
    return known or _marked_up(raw)


def _marked_up(raw: bytes) -> str | None:
    """SVG, HTML and the like: they begin with a tag, behind blanks or a byte order mark, in any of the usual codings."""
    head = raw[:1024].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if not head.startswith(b"<"):
        return None
    return "an SVG drawing" if b"<svg" in head else "an HTML or XML page"
