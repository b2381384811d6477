"""Whatever comes, the process that asks lives on, and what is taken holds pixels and nothing else."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.bench.hostile.carriers import gps_exif
from streams.bench.hostile.file import SECRET, jpeg, png, webp, with_chunk, with_segment
from streams.bench.hostile_pictures import leaks
from streams.pictures.apart import Sheltered
from streams.pictures.refused import PictureRefused

SMALL = (48, 36)
GOOD = (
    with_segment(with_segment(jpeg(*SMALL), 0xE1, gps_exif()), 0xFE, SECRET),
    with_segment(jpeg(*SMALL, progressive=True), 0xE2, SECRET),
    with_chunk(with_chunk(png(*SMALL), b"eXIf", gps_exif()[6:]), b"tEXt", b"a\0" + SECRET),
    webp(*SMALL, exif=gps_exif()[6:], xmp=SECRET),
    webp(*SMALL, lossless=True, xmp=SECRET),
)
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def tried(sheltered: Sheltered, raw: bytes) -> None:
    try:
        taken = sheltered.take(raw, consent=False)
    except PictureRefused as refused:
        assert refused.detail
        return
    assert [] == leaks(taken.jpeg)
    assert (None, None, None) == (taken.taken_us, taken.lon, taken.lat)


@MANY
@given(st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBP"]), st.binary(max_size=3000))
def test_chance_behind_any_beginning(sheltered: Sheltered, head: bytes, rest: bytes) -> None:
    tried(sheltered, head + rest)


@MANY
@given(
    st.sampled_from(GOOD), st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), min_size=1, max_size=6)
)
def test_good_pictures_written_over_in_places(sheltered: Sheltered, good: bytes, places: list[tuple[float, bytes]]) -> None:
    raw = bytearray(good)
    for share, new in places:
        at = int(share * len(raw))
        raw[at : at + len(new)] = new
    tried(sheltered, bytes(raw))


@MANY
@given(st.sampled_from(GOOD), st.sampled_from(GOOD), st.floats(0, 1), st.floats(0, 1))
def test_the_beginning_of_one_and_the_end_of_another(sheltered: Sheltered, a: bytes, b: bytes, cut: float, on: float) -> None:
    tried(sheltered, a[: int(cut * len(a))] + b[int(on * len(b)) :])
