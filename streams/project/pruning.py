"""Takes old rows out of the histories, and old pictures off their shelf, now and then, beside the projector's own work."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from streams import clock
from streams.city.model import KEPT_DAYS
from streams.pictures.prune import prune_pictures
from streams.pictures.shelf import Shelf
from streams.store.prune import prune

log = logging.getLogger(__name__)

EVERY_S = 60.0


class Pruning:
    """Prunes at most once a minute; a store or a shelf that does not answer is asked again a minute later.

    Parameters
    ----------
    shelf
        Where pictures lie; None where this projector sees no folder of them.
    kept_days
        How long those are kept that no accepted report shows.
    """

    def __init__(
        self,
        engine: Engine,
        monotonic_s: Callable[[], float] = clock.monotonic_s,
        shelf: Shelf | None = None,
        now_us: Callable[[], int] = clock.now_us,
        kept_days: int = KEPT_DAYS,
    ):
        self._engine, self._monotonic_s, self._shelf, self._now_us, self._kept_days = engine, monotonic_s, shelf, now_us, kept_days
        self._next_s = monotonic_s() + EVERY_S

    def now_and_then(self) -> int:
        """Prune if it is time to; how many rows and files were taken out."""
        now_s = self._monotonic_s()
        if now_s < self._next_s:
            return 0
        self._next_s = now_s + EVERY_S
        # rows first, and each for itself: a shelf that cannot be read must not have the histories grow without end
        rows = self._tried("rows", lambda: prune(self._engine))
        return rows + self._tried("pictures", self._pictures)

    def _pictures(self) -> int:
        return prune_pictures(self._engine, self._shelf, self._now_us(), self._kept_days) if self._shelf is not None else 0

    def _tried(self, what: str, take_out: Callable[[], int]) -> int:
        try:
            return take_out()
        except (SQLAlchemyError, OSError) as error:
            # the kind alone: its words may quote what was written (law 10)
            log.warning("old %s could not be taken out (%s): trying again in a minute", what, type(error).__name__)
            return 0
