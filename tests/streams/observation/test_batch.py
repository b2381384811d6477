"""The inner topic's messages: those that were written before there were swaps are read, and the others have not changed by a byte."""

from __future__ import annotations

import msgspec
import numpy as np

from streams.archive.wire import opened, rows_in
from streams.observation.batch import decode, encode, encode_swap
from streams.observation.observation import Extra


class OldBatch(msgspec.Struct, frozen=True, omit_defaults=True):
    """The message before it could name a model."""

    district: str
    stations: tuple[str, ...]
    station: bytes = b""
    observed_us: bytes = b""
    received_us: bytes = b""
    value: bytes = b""
    extras: dict[int, Extra] = {}
    ticks_us: bytes = b""


US = np.array([5, 6], np.int64)
READINGS = encode("D1", ["A", "B"], np.array([1, 0]), US, US, np.array([0.5, 0.25]), {1: Extra(period_s=60.0)}, US)


def test_readings_are_written_as_they_always_were() -> None:
    assert READINGS == msgspec.msgpack.encode(msgspec.msgpack.decode(READINGS, type=OldBatch))


def test_readings_ask_for_no_model() -> None:
    assert "" == decode(READINGS, {"A": 0, "B": 1}).model
    assert "" == decode(READINGS, {"A": 0}).model


def test_a_swap_has_a_district_a_name_and_nothing_else() -> None:
    batch = decode(encode_swap("D1", "learned-1"), {"A": 0})
    assert ("D1", "learned-1", 0, 0) == (batch.district, batch.model, len(batch.value), len(batch.ticks_us))


def test_whoever_does_not_know_of_swaps_reads_an_empty_message() -> None:
    old = msgspec.msgpack.decode(encode_swap("D1", "learned-1"), type=OldBatch)
    assert OldBatch("D1", ()) == old


def test_the_archive_passes_over_a_swap() -> None:
    letter = opened(encode_swap("D1", "learned-1"))
    assert (0, None) == (len(letter.received_us), letter.begins_us)
    assert [] == list(rows_in(encode_swap("D1", "learned-1")))
