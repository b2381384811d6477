"""Reads messages of the inner topic back into single observations, by the names of their stations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import numpy as np

from streams.observation.batch import Ints, WireBatch
from streams.observation.observation import Extra

_DECODER = msgspec.msgpack.Decoder(WireBatch)


class Row(NamedTuple):
    """One observation as it lies in a message, but for its arrival; equal rows are the same one, or one that came twice."""

    station: str
    observed_us: int
    value: float
    extra: Extra | None


class Letter(NamedTuple):
    """What of a message must be known before it is taken apart: its district, and when what it speaks of arrived."""

    district: str
    received_us: Ints
    ticks_us: Ints

    @property
    def begins_us(self) -> int | None:
        """The first moment that it speaks of."""
        return min((int(some.min()) for some in (self.received_us, self.ticks_us) if len(some)), default=None)


def opened(data: bytes) -> Letter:
    """What a message says about itself.

    Raises
    ------
    msgspec.DecodeError, ValueError
        Where the bytes are no batch.
    """
    wire = _DECODER.decode(data)
    received_us = _arrivals(wire)
    if not len(wire.station) // 2 == len(wire.observed_us) // 8 == len(wire.value) // 8 == len(received_us):
        raise ValueError(f"columns of a batch for {wire.district} differ in length")
    if len(received_us) and int(np.frombuffer(wire.station, "<u2").max()) >= len(wire.stations):
        raise ValueError(f"a batch for {wire.district} names too few stations")
    return Letter(wire.district, received_us, np.frombuffer(wire.ticks_us, "<i8"))


def rows_in(data: bytes) -> Iterator[tuple[int, Row]]:
    """Arrival and observation of everything in a message, in order of arrival; equal arrivals stay as they lie."""
    wire = _DECODER.decode(data)
    received_us = _arrivals(wire)
    order = np.argsort(received_us, kind="stable").tolist()
    stations = np.frombuffer(wire.station, "<u2").tolist()
    observed_us, values = np.frombuffer(wire.observed_us, "<i8").tolist(), np.frombuffer(wire.value, "<f8").tolist()
    arrivals = received_us.tolist()
    for at in order:
        yield arrivals[at], Row(wire.stations[stations[at]], observed_us[at], values[at], wire.extras.get(at))


def _arrivals(wire: WireBatch) -> Ints:
    return np.frombuffer(wire.received_us, "<i8")
