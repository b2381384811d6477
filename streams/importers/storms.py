"""Storms: floods close in time under one window, which tells when water first came but not when the last of it went."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from streams.importers.floods import Flood
from streams.importers.problem import ImportProblem
from streams.importers.units import iso

BEFORE_S = 3600
"""A window opens an hour before the first water."""
AFTER_S = 3600
"""It stays open at least an hour after the last."""
STEP_S = 4 * 3600
"""It closes a whole number of these after the last flood began, so that its end says little of that flood's own."""


@dataclass(frozen=True)
class Storm:
    """A window of time, both ends included, and its floods by start."""

    name: str
    start_s: int
    end_s: int
    floods: tuple[Flood, ...]

    @property
    def date(self) -> str:
        """UTC date of the first water."""
        return self.name[:10]


def find_storms(floods: Iterable[Flood]) -> list[Storm]:
    """Group floods into storms; a flood joins the storm in whose window its own hour before lies, so windows never overlap."""
    groups: list[list[Flood]] = []
    for flood in sorted(floods, key=lambda flood: (flood.start_s, flood.sensor_id)):
        if groups and flood.start_s - BEFORE_S <= _close_s(groups[-1]):
            groups[-1].append(flood)
        else:
            groups.append([flood])
    of_day: Counter[str] = Counter()
    return [_storm(group, of_day) for group in groups]


def choose(storms: Iterable[Storm], from_s: int | None, to_s: int | None, dates: Collection[str]) -> list[Storm]:
    """Choose storms whose first water lies in [from, to), or on one of the UTC dates; all if nothing is asked.

    Raises
    ------
    ImportProblem
        If there is none.
    """
    known = list(storms)
    chosen = [s for s in known if _in_time(s, from_s, to_s) and (not dates or s.date in dates)]
    missing = sorted(set(dates) - {storm.date for storm in chosen})
    if missing or not chosen:
        asked = ", ".join(missing) or "the time asked for"
        raise ImportProblem(f"no storm began on {asked} (UTC); storms began on {_listed(known)}")
    return chosen


def _storm(floods: list[Flood], of_day: Counter[str]) -> Storm:
    day = iso(floods[0].start_s)[:10]
    of_day[day] += 1
    name = day if of_day[day] == 1 else f"{day}-{of_day[day]}"
    return Storm(name, floods[0].start_s - BEFORE_S, _close_s(floods), tuple(floods))


def _close_s(floods: list[Flood]) -> int:
    began_s, gone_s = floods[-1].start_s, max(flood.end_s for flood in floods)
    steps = -(-(gone_s + AFTER_S - began_s) // STEP_S)
    return began_s + max(steps, 1) * STEP_S


def _in_time(storm: Storm, from_s: int | None, to_s: int | None) -> bool:
    began_s = storm.start_s + BEFORE_S
    return (from_s is None or from_s <= began_s) and (to_s is None or began_s < to_s)


def _listed(storms: list[Storm]) -> str:
    dates = [storm.date for storm in storms]
    return ", ".join(dates) if len(dates) <= 12 else f"{len(dates)} dates from {dates[0]} to {dates[-1]}"
