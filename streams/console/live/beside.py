"""Deliveries, stations, the system itself and the duty log as entities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from streams.city.model import City, Station
from streams.console.live.says import Beside, Water
from streams.console.live.water import Entities
from streams.observation.moments import to_text
from streams.store.account import Tally, ZoneAccount
from streams.store.live_rows import DutyEntry, ModelSwap, SenderSeen, StationSeen
from streams.store.senders import ALIVE_US
from streams.web.freshness import Freshness

MOST_STATIONS = 500
"""Up to so many a city, stations that are well are told too."""

WORST_FIRST = ("aside", "never", "silent", "suspect", "ok")
UNHEARD = "its district says nothing"
UNNAMED = "its district has said nothing of it"


def account(rows: Iterable[ZoneAccount]) -> Entities:
    """What became of everybody who was targeted, by zone: counts, never who."""
    return {row.zone: msgspec.json.encode({"texts": _tally(row.texts), "calls": _tally(row.calls)}) for row in rows}


def _tally(tally: Tally) -> dict[str, Any]:
    return {"targeted": tally.targeted, "states": tally.states}


def reticent(city: City) -> frozenset[str]:
    """Districts of so many stations that they name only those that are not well."""
    count = Counter(district for station in city.stations for district in _districts(station, _district_of(city)))
    return frozenset(district for district, stations in count.items() if stations > MOST_STATIONS)


def stations(
    city: City, rows: Iterable[StationSeen], spoken: Collection[str], fresh: Freshness, brief: Collection[str] | None = None
) -> Entities:
    """Stations that are not well, in a city that is not too large all of them.

    Parameters
    ----------
    spoken
        Districts that have said anything of their stations; those of the others were never heard.
    brief
        Those of them that are `reticent`; None to find out. Of a station that any other one does not name nothing is known (law 3):
        its workers know another city than we, or are of a version before this one.
    """
    seen = {(row.station, row.district): row for row in rows}
    district_of, brief = _district_of(city), reticent(city) if brief is None else brief
    every = len(city.stations) <= MOST_STATIONS
    found: Entities = {}
    for station in city.stations:
        told = [
            _word(seen.get((station.station_id, district)), district in spoken, district in brief, district in fresh.silent)
            for district in _districts(station, district_of)
        ]
        word = min(told, key=lambda one: WORST_FIRST.index(one["state"]) if one["state"] in WORST_FIRST else -1)
        if every or word["state"] != "ok":
            found[station.station_id] = msgspec.json.encode(word)
    return found


def _district_of(city: City) -> dict[str, str]:
    return {point.low_point_id: point.district_id for point in city.low_points}


def _districts(station: Station, district_of: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(station.district_ids) or (district_of.get(station.low_point_id or "", ""),)


def _word(row: StationSeen | None, spoken: bool, brief: bool, silent: bool) -> dict[str, Any]:
    """What one of its districts says of a station; of many, only those are named that are not well."""
    if row is None:
        state, why, observed_us, value = "ok" if spoken and brief else "never", UNNAMED if spoken and not brief else "", None, None
    else:
        state, why, observed_us, value = row.state, row.why, row.observed_us, row.value
    if silent and state == "ok":
        state, why = "silent", UNHEARD  # what it said last is not what is
    return {"state": state, "why": why, "observed_at": to_text(observed_us) if observed_us is not None else None, "value": value}


def system(water: Water, beside: Beside, now_us: int) -> Entities:
    """Dead letters, the senders that are alive at this moment of the wall clock, reports that wait, and the models that forecast."""
    return {
        "letters": msgspec.json.encode({"count": sum(beside.letters.values()), "by_reason": beside.letters}),
        "senders": msgspec.json.encode(_senders(beside.senders, now_us)),
        "reports": msgspec.json.encode({"waiting": beside.reports_waiting, "points": beside.reports_at}),
        "model": msgspec.json.encode(
            {"models": sorted({forecast.model for forecast in water.expected.values()}), "last_change": _swap(beside.swap)}
        ),
    }


def _senders(seen: Iterable[SenderSeen], now_us: int) -> dict[str, Any]:
    alive = [sender for sender in seen if sender.beat_us >= now_us - ALIVE_US]
    return {"alive": len({sender.owner for sender in alive}), "lines": sorted({sender.line for sender in alive})}


def _swap(swap: ModelSwap | None) -> dict[str, Any] | None:
    if swap is None:
        return None
    return {
        "district": swap.district,
        "at": to_text(swap.issued_us),
        "what": swap.what,
        "model": swap.model,
        "other": swap.other,
        "reason": swap.reason,
    }


def duty(entries: Iterable[DutyEntry]) -> Entities:
    """Entries of the duty log by their number."""
    return {
        str(one.entry): msgspec.json.encode(
            {"at": to_text(one.at_us), "officer": one.officer, "kind": one.kind, "text": one.text, "refers": one.refers}
        )
        for one in entries
    }
