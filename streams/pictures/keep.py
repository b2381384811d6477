"""Keeps a picture that was taken in: its file first, then its row, so that a row never names what is not there."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection

from streams.pictures.shelf import Shelf
from streams.pictures.taken import Taken
from streams.store.keep import keep_first
from streams.store.reports_schema import PICTURES

Kind = Literal["report", "camera"]


def keep_picture(connection: Connection, shelf: Shelf, taken: Taken, kind: Kind, made_us: int) -> str:
    """Keep a picture; again is once, and its first row stands. It is not public before somebody makes it so.

    Put on the shelf before a transaction that writes, it spares that transaction the wait for the disk.

    Returns
    -------
    str
        Its name on the shelf.

    Raises
    ------
    ShelfFull, OSError
        Where it cannot be put on the shelf; then there is no row either.
    """
    name = shelf.put(taken.jpeg)
    row = {
        "picture": name,
        "kind": kind,
        "made_us": made_us,
        "width": taken.width,
        "height": taken.height,
        "bytes": len(taken.jpeg),
        "likeness": taken.likeness,
        "public": 0,
    }
    keep_first(connection, PICTURES, [row])
    return name
