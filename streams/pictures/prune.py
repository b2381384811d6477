"""Takes pictures away that nobody needs any more, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Engine, delete, or_, select

from streams.city.model import KEPT_DAYS
from streams.observation.moments import HOUR_US
from streams.pictures.public import SEARCHED
from streams.pictures.shelf import NEW, Shelf, is_name
from streams.store.engine import reading, writing
from streams.store.reports_schema import PICTURES, REPORTS, STATION_PICTURES

DAY_US = 24 * HOUR_US
UNNAMED_US = DAY_US
"""A picture lies on the shelf before a row names it; whoever has not named it in a day will not."""
STEP = 500
SHARES = 256
"""The shelf's folders of the first two digits: one of them is looked through each time, so all of them every four hours or so."""

_MINUTE_US = 60_000_000


def prune_pictures(engine: Engine, shelf: Shelf, now_us: int, kept_days: int = KEPT_DAYS, step: int = STEP) -> int:
    """Take away old pictures that no accepted report shows, and files that no row names.

    Accepted reports are what is known of a storm afterwards: their pictures stay as long as they do.

    Parameters
    ----------
    now_us
        By the wall clock, by which files are dated too; each minute another part of the shelf is looked through. Rows may be dated by
        the time of a storm that a simulated city plays: a picture is as old as its file at most.
    kept_days
        How long the others are kept.
    step
        Pictures in one transaction; what is left waits for the next time.

    Returns
    -------
    int
        How many files were taken away.
    """
    old_us, unnamed_us = now_us - kept_days * DAY_US, now_us - UNNAMED_US
    share = f"{now_us // _MINUTE_US % SHARES:02x}"
    gone = _old_ones(engine, shelf, old_us, step)
    for names in _in_steps(_old_names(shelf, share, unnamed_us), step):
        with reading(engine) as connection:
            free = set(names) - _named_by(connection, names, old_us)
        gone += sum(shelf.drop_before(name, unnamed_us) for name in sorted(free))
    return gone + _leftovers(shelf, share, unnamed_us)


def _old_ones(engine: Engine, shelf: Shelf, before_us: int, step: int) -> int:
    """Rows first, then files: a file without a row is found by the next look through the shelf, a row without a file by nobody."""
    needed = select(REPORTS.c.picture).where(REPORTS.c.picture.is_not(None), _holds(before_us))
    old = select(PICTURES.c.picture).where(PICTURES.c.made_us < before_us, PICTURES.c.picture.not_in(needed))
    with reading(engine) as connection:
        every = connection.execute(old.order_by(PICTURES.c.made_us)).scalars()
        names = list(islice((name for name in every if not _is_young(shelf, name, before_us)), step))
    if not names:
        return 0
    with writing(engine) as connection:
        connection.execute(delete(PICTURES).where(PICTURES.c.picture.in_(names), PICTURES.c.picture.not_in(needed)))
        free = set(names) - _named_by(connection, names, before_us)
    # one that is being sent again at this moment is younger on the shelf than its row was
    return sum(shelf.drop_before(name, before_us) for name in sorted(free))


def _is_young(shelf: Shelf, name: str, before_us: int) -> bool:
    """Whether the file was put there since; one that is missing was not."""
    return shelf.has(name) and _put_us(shelf.folder / name[:2] / name[2:4] / f"{name}.jpg") >= before_us


def _holds(before_us: int) -> ColumnElement[bool]:
    """Whether a report holds its picture: an accepted one does, and a new one."""
    return or_(REPORTS.c.state == "accepted", REPORTS.c.made_us >= before_us)


def _named_by(connection: Connection, names: Sequence[str], before_us: int) -> set[str]:
    """Which of these a row names that holds them."""
    reports = select(REPORTS.c.picture).where(REPORTS.c.picture.in_(names), _holds(before_us))
    found = set(connection.execute(reports).scalars())
    found |= set(connection.execute(select(STATION_PICTURES.c.picture).where(STATION_PICTURES.c.picture.in_(names))).scalars())
    return found | set(connection.execute(select(PICTURES.c.picture).where(PICTURES.c.picture.in_(names))).scalars())


def _leftovers(shelf: Shelf, share: str, before_us: int) -> int:
    """What a crash left half written, and searched copies of pictures that are gone."""
    searched = [file for file in (shelf.folder / SEARCHED / share).glob("*.jpg") if not shelf.has(file.stem)]
    unfinished = [file for file in shelf.folder.glob(f"{NEW}*") if _put_us(file) < before_us]
    for file in (*searched, *unfinished):
        file.unlink(missing_ok=True)
    return len(searched) + len(unfinished)


def _old_names(shelf: Shelf, share: str, before_us: int) -> Iterator[str]:
    for file in sorted((shelf.folder / share).glob("??/*.jpg")):
        if is_name(file.stem) and _put_us(file) < before_us:
            yield file.stem


def _put_us(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns // 1000
    except FileNotFoundError:
        return 2**62


def _in_steps(names: Iterator[str], step: int) -> Iterator[list[str]]:
    some: list[str] = []
    for name in names:
        some.append(name)
        if len(some) == step:
            yield some
            some = []
    if some:
        yield some
