"""What is in a JPEG is told segment by segment; of ours nothing but pixels is."""

from __future__ import annotations

import pytest

from streams.bench.hostile.carriers import gps_exif
from streams.bench.hostile.file import SECRET, encoded, jpeg, scene, with_segment
from streams.pictures.intake import clean
from streams.pictures.jpeg import ALLOWED_OUT, bare_jpeg, segments, strangers
from streams.pictures.refused import PictureRefused


@pytest.mark.parametrize("marker", [0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xEF, 0xFE, 0xDD])
def test_whatever_is_added_to_a_picture_of_ours_is_a_stranger(marker: int) -> None:
    ours = clean(jpeg())
    assert [] == strangers(ours)
    assert 1 == len(strangers(with_segment(ours, marker, SECRET)))


def test_bytes_behind_the_end_are_strangers() -> None:
    assert ["1 bytes after the end"] == strangers(clean(jpeg()) + b"\0")


def test_only_what_pixels_need_is_in_a_picture_of_ours() -> None:
    found = {segment.marker for segment in segments(clean(with_segment(jpeg(), 0xE1, gps_exif())))}
    assert found <= set(ALLOWED_OUT)
    assert {0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9} == found


def test_what_reaches_the_decoder_has_nothing_of_its_sender_in_it() -> None:
    raw = with_segment(with_segment(with_segment(jpeg(), 0xE1, gps_exif()), 0xE0, b"JFIF\0" + SECRET), 0xEE, b"Adobe\0\x64" + SECRET)
    bare = bare_jpeg(raw)
    assert SECRET not in bare.data
    assert SECRET in (bare.exif or b"")


def test_how_colours_are_coded_is_taken_over() -> None:
    inks = bare_jpeg(encoded(scene().convert("CMYK"), "JPEG")).data
    assert 1 == inks.count(b"Adobe")


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8\xff\xff\xff", b"\xff\xd8\xff\xda\x00\x02", b"\xff\xd8\xff\xd9x"]
)
def test_scraps_are_refused(raw: bytes) -> None:
    with pytest.raises(PictureRefused):
        bare_jpeg(raw)
