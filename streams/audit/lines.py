"""The audit as a file: one row a line, NDJSON, and only one way to write a row, so that every byte of the file counts."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from streams.audit.chain import Broken, check
from streams.audit.row import AuditRow, Head


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: int
    at: str
    actor: str
    act: str
    subject: str
    detail: msgspec.Raw
    key: str | None
    previous: str
    hash: str


_DECODER = msgspec.json.Decoder(_Line)
_NO_ROW = AuditRow(0, "", "", "", "", "", None, "", "")


def line_of(row: AuditRow) -> bytes:
    """A row as a line, with its end."""
    raw = {**msgspec.structs.asdict(row), "detail": msgspec.Raw(row.detail.encode())}
    return msgspec.json.encode(_Line(**raw)) + b"\n"


def check_lines(lines: Iterable[bytes], *heads: Head) -> Head | Broken:
    """The head of an exported audit that is whole, or else the first line at which it is broken, as `chain.check` says it.

    Parameters
    ----------
    lines
        Of the whole file, each with its end.
    heads
        Heads that were exported earlier.
    """
    return check(map(_row, lines), *heads)


def _row(line: bytes) -> AuditRow:
    """The row of a line; of a line that is not, byte for byte, as a row is exported, one that its hash does not fit."""
    try:
        fields = msgspec.structs.asdict(_DECODER.decode(line))
        row = AuditRow(**{**fields, "detail": bytes(fields["detail"]).decode()})
    except ValueError:
        return _NO_ROW
    return row if line_of(row) == line else _NO_ROW
