"""One observation as it comes in, and the extra fields that a few of them carry."""

from __future__ import annotations

from typing import Any

import msgspec


class Extra(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an observation carries beyond station, time and value; `flags` are what the gateway noticed."""

    id: str | None = None
    period_s: float | None = None
    issued_at_us: int | None = None
    quantile: float | None = None
    error_sd_m: float | None = None
    confidence: float | None = None
    image: str | None = None
    flags: tuple[str, ...] = ()


class Observation(msgspec.Struct, frozen=True):
    """An accepted observation; `station_no` is the station's place in the city's list."""

    station_no: int
    observed_us: int
    received_us: int
    value: float
    extra: Extra | None = None


class WireObservation(msgspec.Struct, forbid_unknown_fields=True):
    """The contract's JSON object. Fields that the contract does not refuse for are taken as they are and judged later."""

    station: str
    kind: str
    time: str
    value: float
    received_at: Any = None
    id: Any = None
    period_s: Any = None
    issued_at: Any = None
    quantile: Any = None
    error_sd_m: Any = None
    confidence: Any = None
    image: Any = None


class LenientObservation(WireObservation, forbid_unknown_fields=False):
    """The same, for objects with fields that nobody knows: they are kept without them, and flagged."""
