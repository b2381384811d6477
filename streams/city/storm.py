"""Reads storm.toml of a city folder: the local storm-intensity formula, and where it comes from."""

from __future__ import annotations

import tomllib
from math import log10
from pathlib import Path

import msgspec

from models.table.intensity import PEAK_RATIO, Formula
from streams.city.model import CityError

_SHAPE = "q = a1 (1 + c lg P) / (t + b_min)^n in L/(s ha)"


class StormFile(msgspec.Struct, frozen=True):
    """The keys of storm.toml; P is the return period in years, t the duration in min."""

    source: str
    a1: float
    c: float
    b_min: float
    n: float
    peak_ratio: float = PEAK_RATIO
    years: tuple[float, float] = (1.0, 100.0)
    minutes: tuple[float, float] = (5.0, 180.0)


def load_storm(folder: Path) -> Formula | None:
    """Read the city's formula; None where there is no storm.toml: then the table has a generic shape of rain and no return periods.

    Raises
    ------
    CityError
        Where the file cannot be used: which key, and what to do.
    """
    file = folder / "storm.toml"
    if not file.exists():
        return None
    try:
        read = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), StormFile)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityError(f"{file} is not TOML in UTF-8: {error}") from None
    except msgspec.ValidationError as error:
        raise CityError(f"{file}: {error}: it holds source, a1, c, b_min and n of {_SHAPE} (see docs/adding-a-city.md)") from None
    for wrong, advice in _faults(read):
        if wrong:
            raise CityError(f"{file}: {advice}")
    return Formula(**msgspec.structs.asdict(read))


def _faults(read: StormFile) -> list[tuple[bool, str]]:
    (first, last), (shortest, longest) = read.years, read.minutes
    return [
        (not read.source.strip(), "source is empty: say which document the formula is from"),
        (not 10 <= read.a1 <= 100_000, f"a1 is {read.a1:g}: it is in L/(s ha), about 500 to 10,000; a formula in mm/min times 166.7"),
        (not 0.01 <= read.c <= 5, f"c is {read.c:g}: write the factor of lg P (the logarithm to base 10), about 0.5 to 1.5"),
        (not 0 <= read.b_min <= 100, f"b_min is {read.b_min:g}: write minutes, about 5 to 30"),
        (not 0.1 <= read.n <= 1, f"n is {read.n:g}: it lies between 0.1 and 1, else a longer storm would bring less rain"),
        (not 0 <= read.peak_ratio <= 1, f"peak_ratio is {read.peak_ratio:g}: write a share of the duration from 0 to 1, such as 0.4"),
        (
            not 0.1 <= first < last <= 10_000,
            f"years is [{first:g}, {last:g}]: write shortest and longest return period, such as [2, 100]",
        ),
        (
            not 1 <= shortest < longest <= 4320,
            f"minutes is [{shortest:g}, {longest:g}]: write shortest and longest duration, such as [5, 180]",
        ),
        (not 1 + read.c * log10(max(first, 1e-9)) > 0, f"years begins at {first:g}, where the formula gives no rain: begin later"),
    ]
