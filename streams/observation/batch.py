"""Readings of one district in one message, in columns: what travels on the inner topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from streams.observation.decision import Decision
from streams.observation.observation import Extra

MOST_READINGS = 10_000

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class WireBatch(msgspec.Struct, frozen=True, omit_defaults=True):
    """The inner topic's message.

    ``stations`` names each station once; ``station`` is its place in that list for every reading, ``observed_us`` and
    ``received_us`` are microseconds since 1970, ``value`` is in the unit of its kind; all as little-endian columns in order
    of arrival. ``extras`` holds the few readings with more fields, by row. A tick says: whatever arrived up to this moment has been sent.
    ``model`` names the model that is to forecast from this place in the log on; such a message holds no readings. ``decisions`` are
    heard at their own moments, after the readings that arrived until then and before the ticks of that instant.
    """

    district: str
    stations: tuple[str, ...]
    station: bytes = b""  # uint16
    observed_us: bytes = b""  # int64
    received_us: bytes = b""  # int64
    value: bytes = b""  # float64
    extras: dict[int, Extra] = {}
    ticks_us: bytes = b""  # int64
    model: str = ""
    decisions: tuple[Decision, ...] = ()


class Batch(msgspec.Struct, frozen=True):
    """A batch ready to be stepped through; ``station`` is the station's place in its district's plan."""

    district: str
    station: Ints
    observed_us: Ints
    received_us: Ints
    value: Floats
    extras: Mapping[int, Extra]
    ticks_us: Ints
    model: str = ""
    decisions: tuple[Decision, ...] = ()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(WireBatch)


def encode(
    district: str,
    station_ids: Sequence[str],
    station: npt.NDArray[np.integer],
    observed_us: Ints,
    received_us: Ints,
    value: Floats,
    extras: Mapping[int, Extra],
    ticks_us: Ints,
    decisions: tuple[Decision, ...] = (),
) -> bytes:
    """Pack columns of equal length; ``station`` counts in ``station_ids``, of which only those that speak are named."""
    spoken, local = np.unique(station, return_inverse=True)
    return _ENCODER.encode(
        WireBatch(
            district=district,
            stations=tuple(station_ids[number] for number in spoken.tolist()),
            station=local.astype("<u2").tobytes(),
            observed_us=observed_us.astype("<i8").tobytes(),
            received_us=received_us.astype("<i8").tobytes(),
            value=value.astype("<f8").tobytes(),
            extras=dict(extras),
            ticks_us=ticks_us.astype("<i8").tobytes(),
            decisions=decisions,
        )
    )


def encode_swap(district: str, model: str) -> bytes:
    """Ask a district to forecast by another model from this place in the log on."""
    return _ENCODER.encode(WireBatch(district=district, stations=(), model=model))


def encode_decisions(district: str, decisions: tuple[Decision, ...]) -> bytes:
    """Tell a district what was decided, in a message of its own."""
    return _ENCODER.encode(WireBatch(district=district, stations=(), decisions=decisions))


def decode(data: bytes, number_of: Mapping[str, int]) -> Batch:
    """Unpack; ``number_of`` gives a station's place in the district's plan. Stations it does not know are left out.

    Raises
    ------
    msgspec.DecodeError, ValueError
        Where the bytes are no batch.
    """
    wire = _DECODER.decode(data)
    table = np.array([number_of.get(name, -1) for name in wire.stations] or [-1], np.int64)
    station = table[np.frombuffer(wire.station, "<u2").astype(np.int64)]
    observed_us, received_us = np.frombuffer(wire.observed_us, "<i8"), np.frombuffer(wire.received_us, "<i8")
    value, ticks_us = np.frombuffer(wire.value, "<f8"), np.frombuffer(wire.ticks_us, "<i8")
    if not len(station) == len(observed_us) == len(received_us) == len(value):
        raise ValueError(f"columns of a batch for {wire.district} differ in length")
    batch = Batch(wire.district, station, observed_us, received_us, value, wire.extras, ticks_us, wire.model, wire.decisions)
    return _of_known_stations(batch) if (station < 0).any() else batch


def _of_known_stations(batch: Batch) -> Batch:
    keep = np.flatnonzero(batch.station >= 0)
    place = {int(row): new for new, row in enumerate(keep)}
    extras = {place[row]: extra for row, extra in batch.extras.items() if row in place}
    columns = (batch.station[keep], batch.observed_us[keep], batch.received_us[keep], batch.value[keep])
    return Batch(batch.district, *columns, extras, batch.ticks_us, batch.model, batch.decisions)
