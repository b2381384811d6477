"""Reads recorded decisions of officers: one JSON object a line, each led to its districts or set aside as a dead letter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from streams.city.model import City
from streams.observation.dead_letter import DeadLetter, Reason, shown
from streams.observation.decision import Act, Decision, Role
from streams.observation.moments import parse_us
from streams.observation.parse import EARLIEST_US, LATEST_US
from streams.observation.route import Routes


class DecisionsError(ValueError):
    """A file of decisions that cannot be read at all."""


LARGEST_BYTES = 64 * 1024
"""A line is one act of one person; what is longer is something else."""

_Short = Annotated[str, msgspec.Meta(max_length=400)]
_Text = Annotated[str, msgspec.Meta(max_length=2000)]
_Subjects = Annotated[tuple[_Short, ...], msgspec.Meta(max_length=1000)]


class _Line(msgspec.Struct, frozen=True):
    """One line: times as RFC 3339, everything else as in `Decision`."""

    time: _Short
    officer: _Short
    act: Act
    id: _Short = ""
    role: Role = "officer"
    orders: _Subjects = ()
    points: _Subjects = ()
    zones: _Subjects = ()
    stations: _Subjects = ()
    level: Annotated[int, msgspec.Meta(ge=0, le=9)] | None = None
    until: _Short | None = None
    reason: _Text = ""
    texts: dict[_Short, _Text] = {}


def read_decisions(city: City, file: Path) -> tuple[list[tuple[str, Decision]], list[DeadLetter]]:
    """District and decision of each line, in order of time; equal times keep the order of the file.

    Raises
    ------
    DecisionsError
        Where the file is missing.
    """
    try:
        lines = file.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise DecisionsError(f"{file}: cannot be read ({error.strerror})") from None
    routes, found, dead = Routes(city), list[tuple[str, Decision]](), list[DeadLetter]()
    for number, raw in enumerate(lines, start=1):
        if not raw.strip():
            continue
        try:
            decision = _decision(raw, f"{file.name}/{number}")
        except (msgspec.DecodeError, ValueError) as error:
            dead.append(DeadLetter(Reason.BAD_DECISION, file.name, number, shown(raw), str(error)[:200]))
            continue
        split, lost = routes.split(decision)
        if lost or not split:
            what = f"{', '.join(lost)}: not in this city" if lost else "it is about nothing: name orders, points, zones or stations"
            dead.append(DeadLetter(Reason.BAD_DECISION, file.name, number, shown(raw), what[:200]))
        found += sorted(split.items())
    return sorted(found, key=lambda pair: pair[1].at_us), dead


def _decision(raw: bytes, name: str) -> Decision:
    if len(raw) > LARGEST_BYTES:
        raise ValueError(f"a line of {len(raw)} bytes: {LARGEST_BYTES} at most")
    line = msgspec.json.decode(raw, type=_Line)
    at_us = parse_us(line.time)
    until_us = parse_us(line.until) if line.until is not None else None
    if at_us is None or (line.until is not None and until_us is None):
        raise ValueError("time and until are RFC 3339 times with a zone")
    if not all(EARLIEST_US <= moment_us <= LATEST_US for moment_us in (at_us, until_us or at_us)):
        raise ValueError("time and until lie between 1900 and 2200")
    return Decision(
        line.id or name,
        at_us,
        line.officer,
        line.act,
        line.role,
        line.orders,
        line.points,
        line.zones,
        line.stations,
        line.level,
        until_us,
        line.reason,
        line.texts,
    )
