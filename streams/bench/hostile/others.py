"""Files that are none of the kinds that are taken, whatever they are called."""

from __future__ import annotations

import random
from collections.abc import Iterator

from streams.bench.hostile.bombs import packed
from streams.bench.hostile.file import SECRET, Hostile, encoded, jpeg, scene

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>' + SECRET + b"</script></svg>"
XXE = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + SVG


def others() -> Iterator[Hostile]:
    """All of them."""
    yield Hostile("svg", SVG)
    yield Hostile("svg behind a byte order mark and blanks", b"\xef\xbb\xbf \n\t" + SVG)
    yield Hostile("svg in UTF-16", SVG.decode().encode("utf-16"))
    yield Hostile("svg that asks for a file", XXE)
    yield Hostile("svg, packed", packed(SVG))
    yield Hostile("html", b"<!doctype html><script>alert(1)</script>")
    yield Hostile("php", b"<?php phpinfo();")
    yield Hostile("script", b"#!/bin/sh\nrm -rf /\n")
    yield Hostile("pdf", b"%PDF-1.7\n" + SECRET)
    yield Hostile("postscript", b"%!PS-Adobe-3.0 EPSF-3.0\n(r) file\n")
    yield Hostile("gif", encoded(scene().convert("P"), "GIF"))
    yield Hostile("gif, 65535 x 65535", b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\2\2D\1\0;")
    yield Hostile("bmp", encoded(scene(), "BMP"))
    yield Hostile("bmp that is a script", b"BM=1/*" + bytes(60) + b"*/;alert(1)")
    yield Hostile("tiff", encoded(scene(), "TIFF"))
    yield Hostile("icon", encoded(scene(32, 32), "ICO"))
    yield Hostile("photoshop", b"8BPS\0\1" + bytes(100))
    yield Hostile("heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    yield Hostile("avif", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1")
    yield Hostile("film", b"\0\0\0\x18ftypisom\0\0\2\0isomiso2")
    yield Hostile("wave", b"RIFF\x24\0\0\0WAVEfmt ")
    yield Hostile("zip", b"PK\3\4" + bytes(60))
    yield Hostile("program", b"\x7fELF\2\1\1" + bytes(60))
    yield Hostile("jpeg 2000", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60))
    yield Hostile("nothing", b"")
    yield Hostile("one byte", b"\xff")
    yield Hostile("chance", random.Random(3).randbytes(100_000))
    yield Hostile("words", b"a picture of the underpass, really")
    yield Hostile("jpeg behind one byte", b"\n" + jpeg())
    yield Hostile("jpeg that goes on as a PNG", b"\xff\xd8\xff" + encoded(scene(), "PNG"))
