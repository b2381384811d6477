"""Time and place are read with consent only, and only where they can be."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from streams.bench.hostile.carriers import gps_exif
from streams.bench.hostile.file import encoded, jpeg, png, scene, with_chunk, with_segment
from streams.pictures.intake import take
from streams.pictures.metadata import Told, read

TAKEN_US = round(datetime.fromisoformat("2021-07-20T16:31:00+08:00").timestamp() * 1e6)


def told(raw: bytes, consent: bool = True, zone: str | None = None) -> tuple[int | None, float | None, float | None]:
    taken = take(raw, consent, zone)
    return taken.taken_us, taken.lon, taken.lat


@pytest.mark.parametrize(
    "raw",
    [
        with_segment(jpeg(), 0xE1, gps_exif()),
        with_chunk(png(), b"eXIf", gps_exif()[6:]),
        encoded(scene(), "WEBP", exif=gps_exif()[6:]),
    ],
)
def test_with_consent_time_and_place_are_read_and_without_they_are_not(raw: bytes) -> None:
    assert (TAKEN_US, 113.665, 34.757) == told(raw)
    assert (None, None, None) == told(raw, consent=False)


@pytest.mark.parametrize(("lon", "lat"), [(-73.9857, 40.7484), (151.2153, -33.8568), (0.0, 51.4778), (-180.0, 0.5), (180.0, -90.0)])
def test_every_quarter_of_the_earth(lon: float, lat: float) -> None:
    found = read(gps_exif(lon, lat), consent=True)
    assert (lon, lat) == (pytest.approx(found.lon, abs=1e-5), pytest.approx(found.lat, abs=1e-5))


def test_a_time_without_its_offset_is_known_only_where_the_zone_is() -> None:
    exif = gps_exif(offset=None)
    assert None is read(exif, consent=True).taken_us
    assert TAKEN_US == read(exif, consent=True, zone="Asia/Shanghai").taken_us


@pytest.mark.parametrize("offset", ["+8", "08:00", "+25:00", "+08.00", "Z", "+0a:00", "\0" * 6])
def test_an_offset_that_is_none_does_not_count(offset: str) -> None:
    assert None is read(gps_exif(offset=offset), consent=True).taken_us


@pytest.mark.parametrize(
    "time", ["0000:00:00 00:00:00", "1970:01:01 00:00:00", "2199:01:01 00:00:00", "2021:13:40 99:00:00", "    :  :     :  :  "]
)
def test_a_time_that_cannot_be_is_none(time: str) -> None:
    exif = gps_exif().replace(b"2021:07:20 16:31:00", time.encode())
    assert time.encode() in exif
    assert None is read(exif, consent=True).taken_us


def placed(lat: tuple[float, ...], lon: tuple[float, ...], ns: str = "N", ew: str = "E") -> Told:
    exif = Image.Exif()
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = ns, lat
    place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = ew, lon
    return read(exif.tobytes(), consent=True)


def test_a_place_that_cannot_be_is_none() -> None:
    assert (113.0, 34.5) == (placed((34.0, 30.0, 0.0), (113.0, 0.0, 0.0)).lon, placed((34.0, 30.0, 0.0), (113.0, 0.0, 0.0)).lat)
    nowhere = [
        placed((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),  # a receiver without a fix
        placed((91.0, 0.0, 0.0), (113.0, 0.0, 0.0)),
        placed((34.0, 0.0, 0.0), (181.0, 0.0, 0.0)),
        placed((34.0, 75.0, 0.0), (113.0, 0.0, 0.0)),
        placed((34.0, 0.0), (113.0, 0.0, 0.0)),
        placed((34.0, 0.0, 0.0), (113.0, 0.0, 0.0), ns="?"),
    ]
    assert [(None, None)] * len(nowhere) == [(found.lon, found.lat) for found in nowhere]


@given(st.binary(max_size=2000))
def test_chance_in_the_block_never_raises(block: bytes) -> None:
    for head in (b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08", b"Exif\0\0II*\0\x08\0\0\0", b""):
        assert 1 <= read(head + block, consent=True, zone="UTC").orientation <= 8


@given(st.integers(0, 600), st.binary(min_size=1, max_size=12))
def test_a_block_that_was_written_over_never_tells_an_impossible_place(at: int, new: bytes) -> None:
    exif = gps_exif()
    found = read(exif[:at] + new + exif[at + len(new) :], consent=True)
    assert found.lon is None or -180 <= found.lon <= 180
    assert found.lat is None or -90 <= found.lat <= 90
