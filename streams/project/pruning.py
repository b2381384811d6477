"""Takes old rows out of the histories now and then, beside the projector's own work."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from streams import clock
from streams.store.prune import prune

log = logging.getLogger(__name__)

EVERY_S = 60.0


class Pruning:
    """Prunes at most once a minute; a store that does not answer is asked again a minute later."""

    def __init__(self, engine: Engine, monotonic_s: Callable[[], float] = clock.monotonic_s):
        self._engine, self._monotonic_s = engine, monotonic_s
        self._next_s = monotonic_s() + EVERY_S

    def now_and_then(self) -> int:
        """Prune if it is time to; how many rows were taken out."""
        now_s = self._monotonic_s()
        if now_s < self._next_s:
            return 0
        self._next_s = now_s + EVERY_S
        try:
            return prune(self._engine)
        except SQLAlchemyError as error:
            # the kind alone: its words may quote what was written (law 10)
            log.warning("old rows could not be taken out (%s): trying again in a minute", type(error).__name__)
            return 0
