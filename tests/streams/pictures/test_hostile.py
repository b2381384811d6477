"""Every hostile file is refused with a reason, or comes out as pixels and nothing else, within memory and time."""

from __future__ import annotations

import pytest

from streams.bench.hostile.carriers import carriers
from streams.bench.hostile.every import hostile_files
from streams.bench.hostile.file import SECRET
from streams.bench.hostile.others import others
from streams.bench.hostile_pictures import MIB, Met, meet_all
from streams.pictures.apart import MEMORY_BYTES, Sheltered
from streams.pictures.refused import Refusal

LIBRARIES_MIB = 200
SHOWN = {"jpeg, cut off in its middle": "broken", "png, 2147483647 x 2147483647": "too_many_pixels", "more than 12 MiB": "too_large"}


@pytest.fixture(scope="module")
def met(sheltered: Sheltered) -> list[Met]:
    return list(meet_all(sheltered))


def test_there_are_sixty_and_more_and_each_has_a_name(met: list[Met]) -> None:
    assert len(met) >= 60
    assert len(met) == len({one.name for one in met})


def test_nothing_but_pixels_comes_out(met: list[Met]) -> None:
    assert [] == [(one.name, one.leaked) for one in met if one.leaked]
    assert any(one.outcome == "taken" for one in met)


def test_the_carriers_do_carry_what_must_not_come_out() -> None:
    plain = [one.name for one in carriers() if SECRET not in one.raw and not one.name.startswith("jpeg, EXIF that")]
    # packed, or not words: a thumbnail, a time, a count
    assert len(plain) < 12


def test_every_refusal_says_why_and_what_to_do(met: list[Met]) -> None:
    refused = [one for one in met if one.outcome != "taken"]
    assert {"broken", "too_many_pixels", "too_large", "wrong_kind", "not_a_picture"} == {one.outcome for one in refused}
    assert [] == [one.name for one in refused if one.outcome not in set(Refusal) or not one.detail]
    assert SHOWN == {one.name: one.outcome for one in met if one.name in SHOWN}


def test_what_is_no_jpeg_png_or_webp_is_never_taken(met: list[Met]) -> None:
    names = {one.name for one in others()}
    assert [] == [one.name for one in met if one.name in names and one.outcome == "taken"]


def test_memory_of_the_child_is_bounded(met: list[Met]) -> None:
    peaks = [one.peak_mib for one in met if one.peak_mib is not None]
    assert peaks, "memory cannot be read here"
    assert max(peaks) < MEMORY_BYTES / MIB + LIBRARIES_MIB


def test_none_takes_longer_than_a_picture_may(met: list[Met]) -> None:
    # its limit is ten seconds of an idle machine; none comes near a minute even beside other work
    assert [] == [one.name for one in met if one.seconds > 60 or one.outcome == Refusal.TOO_SLOW]


def test_each_is_made_anew_the_same(met: list[Met]) -> None:
    assert [one.name for one in hostile_files()] == [one.name for one in met]
