"""Writes the list of those who were not reached, as a table that people open in a spreadsheet or print."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from streams.store.not_reached import NotReached

COLUMNS = ("zone", "address", "floor", "mobility", "contact", "phone", "level", "state", "why", "resident")
BETWEEN = "; "

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_not_reached(file: Path, people: Callable[[], Iterable[NotReached]]) -> int:
    """Write a new file that its owner alone may read, and return how many people are in it.

    Parameters
    ----------
    people
        Gives them; asked only once the file is there to take them, for the asking is told in the audit.

    Raises
    ------
    OSError
        Where the file is there already (FileExistsError) or cannot be written; what was begun is taken away.
    """
    # with a byte order mark, without which spreadsheets take Chinese for something else
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8-sig", newline="") as out:
        try:
            rows = [_row(one) for one in people()]
            lines = csv.writer(out)
            lines.writerow(COLUMNS)
            lines.writerows(rows)
            out.flush()
        except BaseException:
            file.unlink(missing_ok=True)
            raise
    return len(rows)


def plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_BEGINS_A_FORMULA) or cell.startswith(_BEGINS_A_FORMULA) else cell


def floor_words(floor: int | None) -> str:
    """A floor as people say it, without a sign that a spreadsheet would reckon with."""
    if floor is None:
        return ""
    return "ground" if floor == 0 else f"basement {-floor}" if floor < 0 else str(floor)


def _row(one: NotReached) -> list[str]:
    addresses, contacts, phone = BETWEEN.join(one.details.addresses), BETWEEN.join(one.details.contacts), one.phone
    if one.unreadable:
        addresses = addresses or "(cannot be opened with this key)"
    cells = (
        one.zone,
        addresses,
        floor_words(one.floor),
        one.mobility,
        contacts,
        phone,
        str(one.level),
        one.state,
        one.why,
        one.resident,
    )
    return [plain(cell) for cell in cells]
