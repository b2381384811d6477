"""Writes answers from the water as it stands as CSV and JSON, and reads both back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from streams.scenarios.now import Now
from streams.scenarios.question import LEADS, Row

_NESTED = ("minutes_to", "depth_m")
_PLAIN = tuple(name for name in Row.__struct_fields__ if name not in _NESTED)


class Document(msgspec.Struct, frozen=True):
    """The JSON export: what was asked of what, and the rows."""

    about: dict[str, Any]
    rows: tuple[Row, ...]


def write(now: Now, model: str, rows: tuple[Row, ...], out: Path, formats: Iterable[str]) -> list[Path]:
    """Write what-if.csv and what-if.json (as `formats` has it) into a folder, which is made if it is missing."""
    out.mkdir(parents=True, exist_ok=True)
    contents = {"csv": lambda: to_csv(rows), "json": lambda: to_json(now, model, rows)}
    files = []
    for name in formats:
        files.append(out / f"what-if.{name}")
        files[-1].write_bytes(contents[name]().encode("utf-8"))
    return files


def to_csv(rows: tuple[Row, ...]) -> str:
    """One line a row under a header; empty where there is nothing to say."""
    levels = max((len(row.minutes_to) for row in rows), default=0)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_PLAIN, *(f"minutes_to_{level}" for level in range(1, levels + 1)), *(f"depth_m_{lead}" for lead in LEADS)])
    for row in rows:
        writer.writerow([getattr(row, name) for name in _PLAIN] + [value for name in _NESTED for value in getattr(row, name)])
    return text.getvalue()


def to_json(now: Now, model: str, rows: tuple[Row, ...]) -> str:
    """One object: `about`, and `rows` with the names of the CSV, minutes and depths as lists."""
    about = {
        "city": now.city.name,
        "simulated": now.city.simulated,
        "model": model,
        "levels_m": {
            point.low_point_id: [limit for limit in limits if limit < float("inf")]
            for point, limits in zip(now.city.low_points, now.thresholds_m.tolist(), strict=True)
        },
        "lead_min": LEADS,
    }
    return msgspec.json.encode(Document(about, rows)).decode("utf-8") + "\n"


def from_json(text: str) -> Document:
    """Read what `to_json` wrote."""
    return msgspec.json.decode(text, type=Document)


def from_csv(text: str) -> tuple[Row, ...]:
    """Read what `to_csv` wrote."""
    return tuple(msgspec.convert(_nested(line), Row, strict=False) for line in csv.DictReader(io.StringIO(text)))


def _nested(line: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {name: line[name] for name in _PLAIN}
    for name in _NESTED:
        row[name] = [float(value) if value else None for key, value in line.items() if key.rsplit("_", 1)[0] == name]
    return row
