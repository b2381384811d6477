"""Writes what a replay gave out, by the contract of DESIGN 6: every file always, sorted, the same bytes for the same inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from streams.messages.message import Message
from streams.observation.dead_letter import DeadLetter
from streams.rules.outputs import Forecast, Order, Output, Warning
from streams.whole_file import open_whole

_DROPPED = {"type", "number"}
_DROPPED_OF_ORDERS = {"type", "number", "texts", "reason", "unconfirmed", "low_point", "decided_by"}
_IF_DECIDED = {"signed_by", "decided_at", "decision"}
"""Stand in a line of orders.ndjson only where somebody or a rule decided."""


class DeadLine(msgspec.Struct, frozen=True):
    """One line of dead_letters.ndjson."""

    reason: str
    file: str
    line: int
    bytes: str


def write_files(
    out: Path, outputs: Iterable[Output], messages: Sequence[Message], dead: Sequence[DeadLetter], summary: Mapping[str, Any]
) -> None:
    """Write all files of a replay; what stood there under these names is replaced."""
    out.mkdir(parents=True, exist_ok=True)
    kinds: dict[type, list[tuple[str, str, bytes]]] = {Forecast: [], Warning: [], Order: []}
    outputs = list(outputs)
    orders = last_words([output for output in outputs if isinstance(output, Order)])
    for output in [*(output for output in outputs if not isinstance(output, Order)), *orders]:
        if type(output) in kinds and isinstance(output, (Forecast, Warning, Order)):
            kinds[type(output)].append((_sortable(output.issued_at), _id_of(output), _line(output)))
    for kind, name in ((Forecast, "forecasts"), (Warning, "warnings"), (Order, "orders")):
        _write(out / f"{name}.ndjson", [line for *_, line in sorted(kinds[kind])])
    ordered = sorted(messages, key=lambda m: (_sortable(m.issued_at), m.incident, m.version, m.resident))
    _write(out / "messages.ndjson", [msgspec.json.encode(message) for message in ordered])
    lines = sorted(dead, key=lambda letter: (letter.file, letter.line, letter.reason))
    _write(out / "dead_letters.ndjson", [msgspec.json.encode(DeadLine(d.reason, d.file, d.line, d.bytes)) for d in lines])
    _write(out / "summary.json", [msgspec.json.format(msgspec.json.encode(summary), indent=1)])


def last_words(orders: Sequence[Order]) -> list[Order]:
    """Each order as it was told last."""
    last: dict[str, Order] = {}
    for order in orders:
        if order.identifier not in last or order.number > last[order.identifier].number:
            last[order.identifier] = order
    return list(last.values())


def _sortable(issued_at: str) -> str:
    """Times with and without a fraction in one order."""
    return issued_at if "." in issued_at else issued_at.replace("Z", ".000000Z")


def _id_of(output: Forecast | Warning | Order) -> str:
    if isinstance(output, Warning):
        return f"{output.low_point}|{output.number:06d}"
    return output.low_point if isinstance(output, Forecast) else output.identifier


def _line(output: Forecast | Warning | Order) -> bytes:
    if isinstance(output, Forecast):
        return msgspec.json.encode(output).replace(b'"type":"forecast",', b"", 1)
    fields = msgspec.to_builtins(output)
    dropped = _DROPPED if isinstance(output, Warning) else _DROPPED_OF_ORDERS | {key for key in _IF_DECIDED if not fields[key]}
    return msgspec.json.encode({key: value for key, value in fields.items() if key not in dropped})


def _write(path: Path, lines: Sequence[bytes]) -> None:
    with open_whole(path) as stream:
        for line in lines:
            stream.write(line + b"\n")
