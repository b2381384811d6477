"""Writes the table as CSV and JSON, and reads both back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from models.table.axes import AFTER_MIN, WET_MIN, WET_MM_H
from streams.scenarios.compute import CityTable
from streams.scenarios.rows import Row, rows_of

_BY_LEVEL = ("minutes_to", "minutes_above")
_PLAIN = tuple(name for name in Row.__struct_fields__ if name not in _BY_LEVEL)


class Document(msgspec.Struct, frozen=True):
    """The JSON export: what was computed, by what, and the rows."""

    about: dict[str, Any]
    rows: tuple[Row, ...]


def write(whole: CityTable, out: Path, formats: Iterable[str]) -> list[Path]:
    """Write scenarios.csv and scenarios.json (as `formats` has it) into a folder, which is made if it is missing."""
    out.mkdir(parents=True, exist_ok=True)
    rows = tuple(rows_of(whole))
    contents = {"csv": lambda: to_csv(rows), "json": lambda: to_json(whole, rows)}
    files = []
    for name in formats:
        files.append(out / f"scenarios.{name}")
        files[-1].write_bytes(contents[name]().encode("utf-8"))
    return files


def to_csv(rows: tuple[Row, ...]) -> str:
    """One line a row under a header; empty where there is nothing to say."""
    levels = max((len(row.minutes_to) for row in rows), default=0)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_PLAIN, *(f"{name}_{level}" for name in _BY_LEVEL for level in range(1, levels + 1))])
    for row in rows:
        writer.writerow([getattr(row, name) for name in _PLAIN] + [value for name in _BY_LEVEL for value in getattr(row, name)])
    return text.getvalue()


def to_json(whole: CityTable, rows: tuple[Row, ...]) -> str:
    """One object: `about`, and `rows` with the names of the CSV, minutes as lists by level."""
    table = whole.table
    about = {
        "city": whole.city.name,
        "simulated": whole.city.simulated,
        "formula": None if whole.formula is None else msgspec.to_builtins(whole.formula),
        "levels_m": {
            name: [limit for limit in limits if limit < float("inf")]
            for name, limits in zip(table.low_point, table.thresholds_m.tolist(), strict=True)
        },
        "followed_after_rain_min": AFTER_MIN,
        "wet_start": {"rain_mm_h": WET_MM_H, "minutes": WET_MIN},
        "balance_error": table.balance_error,
        "corrected_m": table.corrected_m,
        "corrected_min": table.corrected_min,
    }
    return msgspec.json.encode(Document(about, rows)).decode("utf-8") + "\n"


def from_json(text: str) -> Document:
    """Read what `to_json` wrote."""
    return msgspec.json.decode(text, type=Document)


def from_csv(text: str) -> tuple[Row, ...]:
    """Read what `to_csv` wrote."""
    return tuple(msgspec.convert(_nested(line), Row, strict=False) for line in csv.DictReader(io.StringIO(text)))


def _nested(line: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {name: line[name] or None for name in _PLAIN}
    for name in _BY_LEVEL:
        row[name] = [float(value) if value else None for key, value in line.items() if key.rsplit("_", 1)[0] == name]
    return row
