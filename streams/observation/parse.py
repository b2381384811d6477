"""Checks one JSON object against the contract of DESIGN 5: an observation, or the reason why not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from streams.city.model import OBSERVED_BY, City
from streams.observation.dead_letter import Reason
from streams.observation.moments import MINUTE_US, parse_us
from streams.observation.observation import Extra, LenientObservation, Observation, WireObservation

LARGEST_BYTES = 1024 * 1024
FUTURE_US = 10 * MINUTE_US
EARLIEST_US, LATEST_US = -2_208_988_800_000_000, 7_258_118_400_000_000
"""1900 and 2200: no sensor speaks from outside, and arithmetic with such times could fail."""

LONGEST = {"id": 200, "image": 400}
"""Longer ones are left out and flagged: a thousand of them must fit into one message."""

KINDS = frozenset(OBSERVED_BY.values())
_NEEDED: tuple[tuple[str, type | tuple[type, ...]], ...] = (("station", str), ("kind", str), ("time", str), ("value", (int, float)))
_NUMBERS_OF = (("period_s", "rain"), ("quantile", "rain_forecast"), ("error_sd_m", "report_depth"), ("confidence", "camera_depth"))


class Refused(Exception):
    """An observation that goes to the dead letters; `reason` is counted, `detail` is for whoever mends the source."""

    def __init__(self, reason: Reason, detail: str = ""):
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


class Parser:
    """Checks observations for one city; holds the stations by name.

    Parameters
    ----------
    city
        The city whose stations are known.
    trusted_arrival
        True for files of a replay: a recorded ``received_at`` is believed, and the owner is not asked.
    """

    def __init__(self, city: City, trusted_arrival: bool):
        self._stations: Mapping[str, tuple[int, str, str]] = {
            station.station_id: (number, OBSERVED_BY[station.kind], station.owner) for number, station in enumerate(city.stations)
        }
        self._trusted = trusted_arrival
        self._fast = msgspec.json.Decoder(WireObservation)
        self._lenient = msgspec.json.Decoder(LenientObservation)

    def parse(self, raw: bytes, now_us: int | None = None, owner: str | None = None) -> Observation:
        """One JSON object to an observation.

        Parameters
        ----------
        raw
            The bytes of one JSON object in UTF-8.
        now_us
            When it was received, in microseconds; None in a replay, where the record says so.
        owner
            Who sent it; None where that is not asked.

        Raises
        ------
        Refused
            Where the contract sends it to the dead letters.
        """
        wire, flags = self._decoded(raw)
        number, kind, _ = self._station(wire, owner)
        observed_us = parse_us(wire.time)
        if observed_us is None or not EARLIEST_US <= observed_us <= LATEST_US:
            raise Refused(Reason.BAD_TIME, wire.time[:60])
        received_us, arrival_flags = self._received(wire, observed_us, now_us)
        if observed_us > received_us + FUTURE_US:
            raise Refused(Reason.FUTURE_TIME, f"{(observed_us - received_us) // MINUTE_US} min ahead")
        value = wire.value
        if not math.isfinite(value):
            raise Refused(Reason.NOT_FINITE)
        flags = flags + arrival_flags
        if kind == "depth" and wire.id is None and not flags:
            return Observation(number, observed_us, received_us, value)
        return Observation(number, observed_us, received_us, value, _extra(wire, kind, flags))

    def _decoded(self, raw: bytes) -> tuple[WireObservation, tuple[str, ...]]:
        if len(raw) > LARGEST_BYTES:
            raise Refused(Reason.TOO_LARGE, f"{len(raw)} bytes")
        try:
            if not raw.isascii():
                raw.decode("utf-8")
            return self._fast.decode(raw), ()
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self._second_look(raw)

    def _second_look(self, raw: bytes) -> tuple[WireObservation, tuple[str, ...]]:
        """What the strict decoder refused is either told apart by reason or kept without its unknown fields."""
        try:
            raw.decode("utf-8")
            data = msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            if "out of range" in str(error):
                raise Refused(Reason.NOT_FINITE, str(error)) from None
            raise Refused(Reason.NOT_JSON, str(error)) from None
        if not isinstance(data, dict):
            raise Refused(Reason.NOT_JSON, f"a {type(data).__name__}")
        for field, kind in _NEEDED:
            _check_type(data, field, kind)
        if isinstance(data["value"], int) and abs(data["value"]) > 2**1023:
            raise Refused(Reason.NOT_FINITE, "value")
        return self._lenient.decode(raw), ("unknown_field",)

    def _station(self, wire: WireObservation, owner: str | None) -> tuple[int, str, str]:
        known = self._stations.get(wire.station)
        if known is None:
            raise Refused(Reason.UNKNOWN_STATION, wire.station[:60])
        if wire.kind not in KINDS:
            raise Refused(Reason.UNKNOWN_KIND, wire.kind[:60])
        if wire.kind != known[1]:
            raise Refused(Reason.WRONG_KIND, f"{wire.station} gives {known[1]}, not {wire.kind}")
        if not self._trusted and owner is not None and owner != known[2]:
            raise Refused(Reason.WRONG_OWNER, f"{wire.station} is not a station of {owner}")
        return known

    def _received(self, wire: WireObservation, observed_us: int, now_us: int | None) -> tuple[int, tuple[str, ...]]:
        if not self._trusted:
            if now_us is None:
                raise ValueError("a live observation needs the time it was received")
            return now_us, ()
        if wire.received_at is None:
            return observed_us, ()
        received_us = parse_us(wire.received_at) if isinstance(wire.received_at, str) else None
        sane = received_us is not None and EARLIEST_US <= received_us <= LATEST_US
        return (received_us, ()) if received_us is not None and sane else (observed_us, ("bad_received_at",))


def _check_type(data: Mapping[str, Any], field: str, kind: type | tuple[type, ...]) -> None:
    value = data.get(field)
    if value is None:
        raise Refused(Reason.MISSING_FIELD, field)
    if isinstance(value, bool) or not isinstance(value, kind):
        raise Refused(Reason.WRONG_TYPE, f"{field} is a {type(value).__name__}")


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _extra(wire: WireObservation, kind: str, flags: Sequence[str]) -> Extra | None:
    """The optional fields of its kind; one of another JSON type is left out and flagged."""
    noticed = list(flags)
    values: dict[str, Any] = {}
    for field, asked in _NUMBERS_OF:
        if kind.startswith(asked) and getattr(wire, field) is not None:
            values[field] = _number(getattr(wire, field))
            if values[field] is None:
                noticed.append(f"bad_{field}")
    if kind in ("rain", "rain_forecast") and not (values.get("period_s") or 0) > 0:
        raise Refused(Reason.BAD_PERIOD, str(wire.period_s)[:60])
    if kind == "pump" and wire.value not in (0, 1):
        raise Refused(Reason.BAD_PUMP, str(wire.value))
    for field in ("id", "image"):
        text = getattr(wire, field)
        if isinstance(text, str) and len(text) <= LONGEST[field]:
            values[field] = text
        elif text is not None:
            noticed.append(f"bad_{field}")
    if wire.issued_at is not None:
        values["issued_at_us"] = parse_us(wire.issued_at) if isinstance(wire.issued_at, str) else None
        if values["issued_at_us"] is None:
            noticed.append("bad_issued_at")
    if values.get("confidence") is not None and not 0 <= values["confidence"] <= 1:
        noticed.append("bad_confidence")
        values["confidence"] = 0.0  # nobody can say how sure it is, so it is not believed
    extra = Extra(**values, flags=tuple(noticed))
    return None if extra == Extra() else extra
