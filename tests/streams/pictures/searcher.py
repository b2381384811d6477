"""Searches pictures without a look at them."""

from __future__ import annotations

import threading


class Searcher:
    """Finds one thing in each picture, or does as it is told; while `may_go_on` is cleared it takes its time."""

    def __init__(self) -> None:
        self.searched: list[bytes] = []
        self.fails: Exception | None = None
        self.closed = False
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def hide_well(self, jpeg: bytes) -> bytes:
        assert self.may_go_on.wait(30)
        self.searched.append(jpeg)
        if self.fails is not None:
            raise self.fails
        return jpeg + b" well"

    def close(self) -> None:
        self.closed = True
