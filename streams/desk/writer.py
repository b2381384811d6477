"""Writes decisions into the log that the districts read."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable

from streams.desk.gate import Crowded, Gate
from streams.gateway.packer import Packed
from streams.gateway.producer import Log, LogFailed
from streams.observation.batch import encode_decisions
from streams.observation.decision import Decision

log = logging.getLogger(__name__)

DEADLINE_S = 10.0
MOST_WAITING = 50


class NotTaken(Exception):
    """Kafka has not acknowledged: what was sent may or may not get through, and to send it again does no harm."""


class Writer:
    """One at a time, for a producer that fails is thrown away with all that is under way in it."""

    def __init__(self, kafka: Log, deadline_s: float = DEADLINE_S):
        self._log, self._deadline_s = kafka, deadline_s
        self._gate = Gate("decisions", 1, MOST_WAITING)

    async def write(self, decisions: Iterable[tuple[str, Decision]]) -> None:
        """Write decisions, each with its district, and return when the log has them all.

        Raises
        ------
        NotTaken
            Where it has not, or not in time.
        """
        of_district: dict[str, list[Decision]] = defaultdict(list)
        for district, decision in decisions:
            of_district[district].append(decision)
        messages = [Packed(district, 0, encode_decisions(district, tuple(own))) for district, own in of_district.items()]
        try:
            await asyncio.wait_for(self._gate.run(lambda: self._log.send(messages)), self._deadline_s)
        except (LogFailed, Crowded, TimeoutError) as error:
            log.warning("decisions were not taken: %s", error or type(error).__name__)
            raise NotTaken from error

    def close(self) -> None:
        """Close the log."""
        self._gate.close()
        self._log.close()
