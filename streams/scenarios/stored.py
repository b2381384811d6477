"""A city as it stands now, out of what its districts last gave out: what-if without running the model again."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from msgspec import structs

from models.core.bank import Bank, lay_out
from models.core.filter import Ensemble, coast, joined, start, width
from models.core.hydraulics import Water as Volumes
from streams.city.model import City
from streams.city.sites import sites_of, thresholds_of
from streams.city.storm import load_storm
from streams.observation.moments import MINUTE_US, parse_us
from streams.rules.outputs import Water
from streams.scenarios.now import Now

OLD_US = 15 * MINUTE_US
"""Water is told every ten minutes at least: what is older than this is not how things stand."""

_COLUMNS = width() - 1


@dataclass(frozen=True)
class Stored:
    """What is known of a city's water.

    Attributes
    ----------
    now
        The points whose water is known, and nothing else; None where none is.
    missing
        Districts with a point whose water is not known.
    """

    now: Now | None
    missing: tuple[str, ...]


class Waters:
    """Lays out the ensembles of a city; what was laid out last is kept, for a slider asks again and again. For any thread.

    Attributes
    ----------
    formula
        The shape of the rain there, None where the city has no storm.toml.

    Raises
    ------
    CityError
        Where its storm.toml cannot be used.
    """

    def __init__(self, city: City):
        self._city = city
        self.formula = load_storm(Path(city.folder)) if city.folder else None
        self._lock = threading.Lock()
        self._bank: Bank | None = None
        self._last: tuple[object, Stored] | None = None

    def now(self, told: Sequence[Water], depth_m: Mapping[str, float | None], now_us: int, silent: Sequence[str] = ()) -> Stored:
        """The city at a moment.

        Parameters
        ----------
        told
            The newest water of each part of each district.
        depth_m
            What was last measured, by point; None or missing where nothing is known.
        now_us
            The moment of the log that there is: water that is older than `OLD_US` then is not known.
        silent
            Districts that say nothing any more: theirs is not known either.
        """
        fresh = [water for water in told if water.district not in silent and _as_of_us(water) >= now_us - OLD_US]
        key = tuple(sorted((water.district, water.part, water.issued_at) for water in fresh)), dict(depth_m)
        with self._lock:
            if self._last is None or self._last[0] != key:
                self._last = key, self._lay_out(fresh, depth_m)
            return self._last[1]

    def _lay_out(self, told: Sequence[Water], depth_m: Mapping[str, float | None]) -> Stored:
        if self._bank is None:
            self._bank = lay_out(sites_of(self._city))
        places = {point.low_point_id: place for place, point in enumerate(self._city.low_points)}
        newest: dict[int, tuple[Water, int]] = {}
        for water in sorted(told, key=_as_of_us):
            if _is_readable(water):
                newest |= {places[point]: (water, row) for row, point in enumerate(water.points) if point in places}
        known = sorted(newest)
        points = self._city.low_points
        missing = {point.district_id for place, point in enumerate(points) if place not in newest}
        silent = tuple(district for district in self._city.districts if district in missing)
        if not known:
            return Stored(None, silent)
        city = structs.replace(self._city, low_points=tuple(points[place] for place in known))
        bank = self._bank.part(np.array(known, np.int64))
        parts = {id(water): water for water, _ in newest.values()}
        ensembles = {name: _present(self._bank, water, places) for name, water in parts.items()}
        rows = [ensembles[id(water)].part(np.array([row])) for water, row in (newest[place] for place in known)]
        pumps = [water.pump_on[row] for water, row in (newest[place] for place in known)]
        return Stored(
            Now(
                city=city,
                at_us=min(_as_of_us(water) for water in parts.values()),
                bank=bank,
                ensemble=joined(rows),
                thresholds_m=thresholds_of(city),
                depth_m=np.array([_or_nan(depth_m.get(point.low_point_id)) for point in city.low_points]),
                pump_on=np.array([1.0 if on is None else on for on in pumps]),
            ),
            silent,
        )


def _present(bank: Bank, water: Water, places: Mapping[str, int]) -> Ensemble:
    """The members of a part as they stand when it was told."""
    # a point that the city does not have any more borrows the first one's members: nobody asks for it
    own = bank.part(np.array([places.get(point, 0) for point in water.points], np.int64))
    if not water.memory:
        return start(own, water.minute)
    columns = np.frombuffer(water.memory, "<f4").reshape(len(water.points), _COLUMNS).astype(float)
    surface, channel, pond, inflow, weight = np.split(columns, 5, axis=1)
    ensemble = Ensemble(water.minute, Volumes(surface, channel, pond), inflow.copy(), weight.copy())
    pump_on = np.array([1.0 if on is None else on for on in water.pump_on])
    coast(own, ensemble, _as_of_us(water) // MINUTE_US, pump_on)
    return ensemble


def _is_readable(water: Water) -> bool:
    """Whether it is of a bank as large as ours: another version of the workers may have told it."""
    return len(water.pump_on) == len(water.points) and len(water.memory) in (0, 4 * _COLUMNS * len(water.points))


def _as_of_us(water: Water) -> int:
    return parse_us(water.issued_at) or 0


def _or_nan(depth_m: float | None) -> float:
    return float("nan") if depth_m is None else depth_m
