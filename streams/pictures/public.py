"""The copies that the public sees: only of pictures that may be shown, and each searched for faces and plates before its first reader."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, select

from streams.pictures.apart import Sheltered, TooBusy
from streams.pictures.refused import PictureRefused
from streams.pictures.shelf import Shelf, is_name, write_whole
from streams.store.reports_schema import PICTURES

log = logging.getLogger(__name__)

SEARCHED = "searched"
"""Folder on the shelf of what may be made again at any time."""
MOST_WAITING = 16
"""Pictures that wait to be searched: the last of them for a minute or so."""
SEARCH_S = 30.0
"""Three seconds of an idle processor."""


class Searcher(Protocol):
    """Searches a picture well, apart: `streams.pictures.apart.Sheltered`."""

    def hide_well(self, jpeg: bytes) -> bytes:
        """The same picture with more of it hidden; raises PictureRefused, and TooBusy."""

    def close(self) -> None:
        """End what does it."""


def is_public(connection: Connection, name: str) -> bool:
    """Whether a name is that of a picture whose searched copy the public may see."""
    query = select(PICTURES.c.picture).where(PICTURES.c.picture == name, PICTURES.c.public == 1)
    return connection.execute(query).first() is not None


class PublicCopies:
    """Public copies, each searched when it is first asked for, one at a time: few pictures are ever shown, and a search takes seconds.

    Parameters
    ----------
    searcher
        Belongs to this alone, so that pictures that come in never wait for it; it is closed with this.
    waiting
        How many pictures may wait to be searched.
    """

    def __init__(self, shelf: Shelf, searcher: Searcher, waiting: int = MOST_WAITING):
        self._shelf, self._searcher, self._waiting = shelf, searcher, waiting
        self._lock = threading.Lock()
        self._under_way: dict[str, Future[bytes | None]] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="searches")
        self._closed = False

    def find(self, name: str) -> Future[bytes | None]:
        """A copy that may be shown: at once where there is one, else when it is searched; None where there is no such picture, or it
        cannot be searched. What is given cannot be cancelled, for others wait for it too; it may raise TooBusy and OSError.

        Raises
        ------
        TooBusy
            Where too many wait to be searched.
        """
        file = searched_file(self._shelf, name)
        found = _read(file) if is_name(name) else None
        if found is not None or not self._shelf.has(name):
            return _done(found)
        with self._lock:
            if name in self._under_way:
                return self._under_way[name]
            if self._closed or len(self._under_way) > self._waiting:
                raise TooBusy("too many pictures wait to be searched: ask again in some seconds")
            copy = self._under_way[name] = Future()
            copy.set_running_or_notify_cancel()
            self._thread.submit(self._work, name, file, copy)
        return copy

    def close(self) -> None:
        """End the search; who waits for one is told to come again."""
        with self._lock:
            self._closed = True
        self._searcher.close()
        self._thread.shutdown()

    def _work(self, name: str, file: Path, copy: Future[bytes | None]) -> None:
        try:
            found = _read(file) or self._searched(name, file)
        except BaseException as error:
            log.warning("a public picture could not be searched (%s)", type(error).__name__)
            self._leave(name)
            copy.set_exception(error)
        else:
            self._leave(name)
            copy.set_result(found)

    def _leave(self, name: str) -> None:
        with self._lock:
            del self._under_way[name]

    def _searched(self, name: str, file: Path) -> bytes | None:
        jpeg = self._shelf.get(name)
        if jpeg is None:
            return None
        if self._closed:
            raise TooBusy("no more pictures are searched: the service ends")
        try:
            found = self._searcher.hide_well(jpeg)
        except PictureRefused as refused:
            log.warning("a picture that may be shown cannot be searched, and is not shown (%s)", refused.reason)
            return None
        write_whole(self._shelf.folder, file, found)
        return found


def open_copies(shelf: Shelf) -> PublicCopies:
    """Public copies, searched in a child of their own that starts with the first of them."""
    return PublicCopies(shelf, Sheltered(children=1, waiting=1, time_s=SEARCH_S))


def searched_file(shelf: Shelf, name: str) -> Path:
    """Where the searched copy of a picture is kept."""
    return shelf.folder / SEARCHED / name[:2] / f"{name}.jpg"


def _done(found: bytes | None) -> Future[bytes | None]:
    done: Future[bytes | None] = Future()
    done.set_result(found)
    return done


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
