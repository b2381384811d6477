"""The closing tables of a demo: per low point the first warning, the measured crossing and the lead; texts by zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from streams.city.model import City
from streams.observation.moments import parse_us, to_datetime
from streams.rules.outputs import Output, Warning


@dataclass(frozen=True)
class PointScore:
    """What was said of a point, and when its sensors saw it; microseconds, None where it never was."""

    low_point: str
    first_us: int | None
    first_level: int
    first_basis: str
    measured_us: int | None
    highest: int
    level3_told_us: int | None
    level3_measured_us: int | None

    @property
    def lead_min(self) -> float | None:
        """Minutes from the first warning to the measured crossing of the first level."""
        return _minutes(self.first_us, self.measured_us)

    @property
    def level3_lead_min(self) -> float | None:
        """The same for level 3, the first that sends texts."""
        return _minutes(self.level3_told_us, self.level3_measured_us)


def _minutes(told_us: int | None, measured_us: int | None) -> float | None:
    return None if told_us is None or measured_us is None else (measured_us - told_us) / 60e6


def scores(city: City, outputs: Iterable[Output]) -> list[PointScore]:
    """One score per low point that was ever warned of, in order of the first warning."""
    by_point: dict[str, list[Warning]] = {point.low_point_id: [] for point in city.low_points}
    for output in outputs:
        if isinstance(output, Warning) and output.level != "unknown" and output.level > 0:
            by_point[output.low_point].append(output)
    found = [_score(point, sorted(own, key=_when)) for point, own in by_point.items() if own]
    return sorted(found, key=lambda score: (score.first_us or 0, score.low_point))


def _when(warning: Warning) -> tuple[int, int]:
    return parse_us(warning.issued_at) or 0, warning.number


def _score(low_point: str, own: Sequence[Warning]) -> PointScore:
    first = own[0]
    return PointScore(
        low_point=low_point,
        first_us=_when(first)[0],
        first_level=int(first.level),
        first_basis=first.basis,
        measured_us=_first_us(own, 1, "measured"),
        highest=max(int(warning.level) for warning in own),
        level3_told_us=_first_us(own, 3, None),
        level3_measured_us=_first_us(own, 3, "measured"),
    )


def _first_us(own: Sequence[Warning], level: int, basis: str | None) -> int | None:
    return next((_when(w)[0] for w in own if int(w.level) >= level and basis in (None, w.basis)), None)


def point_table(city: City, found: Sequence[PointScore]) -> Table:
    """The table that a demo closes with."""
    table = Table(title=f"Low points warned of: {len(found)} of {len(city.low_points)} (simulated storm, local time)")
    for column in (
        "low point",
        "first warning",
        "level",
        "basis",
        "measured crossing",
        "lead min",
        "highest",
        "level 3 told",
        "level 3 measured",
        "lead min",
    ):
        table.add_column(column, justify="right" if "min" in column else "left")
    names = {point.low_point_id: point.name_en or point.name for point in city.low_points}
    for score in found:
        table.add_row(
            f"{score.low_point} {names[score.low_point]}",
            _clock(city, score.first_us),
            str(score.first_level),
            score.first_basis,
            _clock(city, score.measured_us),
            _lead(score.lead_min),
            str(score.highest),
            _clock(city, score.level3_told_us),
            _clock(city, score.level3_measured_us),
            _lead(score.level3_lead_min),
        )
    return table


def zone_table(city: City, texts: Mapping[str, int]) -> Table:
    """Texts by zone, most first."""
    table = Table(title=f"Texts by zone: {sum(texts.values())} in {len(texts)} zones (dry run: nothing left this machine)")
    table.add_column("zone")
    table.add_column("texts", justify="right")
    names = {zone.zone_id: zone.name for zone in city.zones}
    for zone, count in sorted(texts.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(f"{zone} {names.get(zone, '')}", str(count))
    return table


def _clock(city: City, moment_us: int | None) -> str:
    return "-" if moment_us is None else to_datetime(moment_us).astimezone(city.zone_info).strftime("%H:%M:%S")


def _lead(minutes: float | None) -> str:
    return "-" if minutes is None else f"{minutes:.1f}"
