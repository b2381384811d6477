"""Good pictures that carry more than pixels: places, names, thumbnails, further files, programs."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from PIL import ExifTags, Image

from streams.bench.hostile.file import (
    SECRET,
    Hostile,
    bare_png,
    chunk,
    encoded,
    jpeg,
    png,
    riff,
    scene,
    segment,
    webp,
    with_chunk,
    with_segment,
)

PHP = b"<?php system($_GET['c']); /*" + SECRET + b"*/ ?>"
HTML = b"<html><script>alert('" + SECRET + b"')</script></html>"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>' + SECRET + b"</dc:creator></x:xmpmeta>"


def carriers() -> Iterator[Hostile]:
    """All of them."""
    yield from _told_in_jpeg()
    yield from _told_elsewhere()
    yield from _two_files_in_one()


def gps_exif(lon: float = 113.665, lat: float = 34.757, offset: str | None = "+08:00", thumbnail: bytes = b"") -> bytes:
    """A block of EXIF as a telephone writes it: maker, owner, time, place; the body of an APP1 segment."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Example"
    exif[ExifTags.Base.Artist] = SECRET.decode()
    exif[ExifTags.Base.Orientation] = 6
    times = exif.get_ifd(ExifTags.IFD.Exif)
    times[ExifTags.Base.DateTimeOriginal] = "2021:07:20 16:31:00"
    if offset is not None:
        times[ExifTags.Base.OffsetTimeOriginal] = offset
    times[ExifTags.Base.MakerNote] = SECRET
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = ("N" if lat >= 0 else "S"), _parts(abs(lat))
    place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = ("E" if lon >= 0 else "W"), _parts(abs(lon))
    block = exif.tobytes()
    return block + thumbnail


def _told_in_jpeg() -> Iterator[Hostile]:
    whole = jpeg()

    def told(name: str, marker: int, held: bytes) -> Hostile:
        return Hostile(f"jpeg, {name}", with_segment(whole, marker, held))

    yield told("time, place and owner", 0xE1, gps_exif())
    yield told("a thumbnail in its EXIF", 0xE1, gps_exif(thumbnail=jpeg(64, 48, comment=SECRET)))
    yield told("XMP", 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)
    yield told("extended XMP", 0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(40) + XMP)
    yield told("a colour profile", 0xE2, b"ICC_PROFILE\0\1\1" + SECRET * 20)
    yield told("IPTC in a Photoshop block", 0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(SECRET)) + SECRET)
    yield told("a comment", 0xFE, SECRET)
    yield told("a JFXX thumbnail", 0xE0, b"JFXX\0\x10" + jpeg(32, 24))
    yield told("FlashPix", 0xE2, b"FPXR\0" + SECRET)
    yield told("Ducky", 0xEC, b"Ducky" + SECRET)
    yield told("an Adobe segment with more in it", 0xEE, b"Adobe\0\x64\0\0\0\0\1" + SECRET)
    yield told("C2PA", 0xEB, b"JP\0\0" + SECRET)
    yield told("a segment that nobody knows", 0xEF, SECRET)
    yield Hostile("jpeg, all sixteen of them", whole[:2] + b"".join(segment(0xE0 + k, SECRET) for k in range(16)) + whole[2:])
    yield Hostile("jpeg, a second picture behind it (MPF)", with_segment(whole, 0xE2, b"MPF\0" + _mpf()) + jpeg(comment=SECRET))
    yield told("EXIF that leads to itself", 0xE1, b"Exif\0\0MM\0*" + struct.pack(">IHHHIII", 8, 1, 0x8769, 4, 1, 8, 8))
    yield told("EXIF with 4 billion values", 0xE1, b"Exif\0\0II*\0" + struct.pack("<IHHHIII", 8, 1, 0x0112, 3, 2**32 - 1, 2**31, 0))
    yield told("EXIF with 65,535 entries", 0xE1, b"Exif\0\0II*\0" + struct.pack("<IH", 8, 65535) + bytes(60_000))
    yield told("a place divided by zero", 0xE1, gps_exif().replace(struct.pack(">I", 1), bytes(4)))


def _told_elsewhere() -> Iterator[Hostile]:
    whole = png()
    yield Hostile("png, texts", with_chunk(with_chunk(whole, b"tEXt", b"Author\0" + SECRET), b"iTXt", b"Title\0\0\0\0\0" + SECRET))
    yield Hostile("png, a packed text", with_chunk(whole, b"zTXt", b"c\0\0" + zlib.compress(SECRET)))
    yield Hostile("png, EXIF", with_chunk(whole, b"eXIf", gps_exif()[6:]))
    yield Hostile("png, XMP", with_chunk(whole, b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP))
    yield Hostile("png, a time", with_chunk(whole, b"tIME", b"\x07\xe5\x07\x14\x10\x1f\x00"))
    yield Hostile("png, a profile", with_chunk(whole, b"iCCP", b"icc\0\0" + zlib.compress(SECRET * 9)))
    yield Hostile("png, a chunk that nobody knows", with_chunk(whole, b"prVt", SECRET))
    yield Hostile("webp, EXIF, XMP and a profile", webp(exif=gps_exif()[6:], xmp=XMP, icc_profile=SECRET * 9))
    yield Hostile("webp, a chunk that nobody knows", riff((b"VP8 ", webp()[20:]), (b"PRVT", SECRET)))


def _two_files_in_one() -> Iterator[Hostile]:
    whole = jpeg()
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", SECRET)
    gif = encoded(scene().convert("P"), "GIF")
    yield Hostile("jpeg and ZIP", whole + archive.getvalue())
    yield Hostile("gif and JAR", gif + archive.getvalue())
    yield Hostile("png and ZIP", png() + archive.getvalue())
    yield Hostile("webp and ZIP", webp() + archive.getvalue())
    yield Hostile("jpeg with a page in its comment", with_segment(whole, 0xFE, HTML))
    yield Hostile("jpeg with PHP behind it", whole + PHP)
    yield Hostile("jpeg with PHP in its comment", with_segment(whole, 0xFE, PHP))
    yield Hostile(
        "jpeg that is a script", whole[:2] + segment(0xE0, b"=1/*" + bytes(2)) + segment(0xFE, b"*/;alert('" + SECRET + b"')/*") + whole[2:]
    )
    yield Hostile("jpeg with a PDF in its head", with_segment(whole, 0xFE, b"%PDF-1.7\n" + SECRET + b"\n%%EOF"))
    yield Hostile("jpeg and a PNG behind it", whole + with_chunk(png(), b"tEXt", b"a\0" + SECRET))
    yield Hostile("png with PHP in its text", with_chunk(png(), b"tEXt", b"c\0" + PHP))
    text = PHP + b" " * (300 - len(PHP))
    yield Hostile("png whose pixels are PHP", bare_png(100, 20, 8, 2, zlib.compress((b"\0" + text) * 20, 0)))
    yield Hostile("png with a page behind it", png() + HTML)
    yield Hostile("png with pixels after its end", png() + chunk(b"IDAT", SECRET))


def _mpf() -> bytes:
    return b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHII", 0xB001, 4, 1, 2) + bytes(4)


def _parts(degrees: float) -> tuple[float, float, float]:
    whole = int(degrees)
    minutes = int((degrees - whole) * 60)
    return float(whole), float(minutes), round((degrees - whole - minutes / 60) * 3600, 4)
