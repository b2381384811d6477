"""How far the readers of the log are behind: asked of Kafka beside everything else, so that no answer to anybody waits for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

from streams import clock
from streams.broker.errors import BrokerFailed
from streams.broker.lag import Lag, lags
from streams.broker.names import TopicNames
from streams.city.model import City
from streams.gateway.knock import knock
from streams.gateway.topic import open_topics
from streams.observation.moments import SECOND_US

log = logging.getLogger(__name__)

EVERY_S = 15.0
ANSWERS_S = 4.0
"""How long Kafka has for each of the few questions."""
OLD_US = 60 * SECOND_US
"""What was told longer ago is not what is now."""
ENDS_S = 2.0

Reader = Literal["gateway", "workers", "projector"]
Unknown = Literal["not_asked", "no_answer", "no_topics", "no_broker"]


class Told(msgspec.Struct, frozen=True):
    """What Kafka told last: when it was asked, what it said, and what kept it from saying anything.

    `detail` names the broker: it goes to the log of who mends it, never to a page.
    """

    as_of_us: int | None = None
    lags: tuple[Lag, ...] = ()
    unknown: Unknown | None = "not_asked"
    detail: str = ""


class Readers(msgspec.Struct, frozen=True):
    """The consumer groups of an installation, by what they are, and the topics that each reads, by its group's name."""

    groups: dict[str, Reader]
    topics: dict[str, list[str]]


def readers(names: TopicNames, city: City) -> Readers:
    """Who reads the log of a city: the gateway the open topics, the workers what is in, the projector what comes out."""
    return Readers(
        {names.gateway_group: "gateway", names.app_id: "workers", names.projector_group: "projector"},
        {
            names.gateway_group: sorted(open_topics(city)),
            names.app_id: [names.batches, names.orders],
            names.projector_group: [names.outputs, names.dead_letters],
        },
    )


class LagWatch(threading.Thread):
    """Asks again and again, and keeps what was told last.

    Parameters
    ----------
    ask
        Asks a broker: its address, the topics that each group reads, and the time that an answer may take; for tests.
    """

    def __init__(
        self,
        broker: str,
        readers: Readers,
        every_s: float = EVERY_S,
        now_us: Callable[[], int] = clock.now_us,
        ask: Callable[[str, Mapping[str, Sequence[str]], float], list[Lag]] = lags,
    ):
        super().__init__(name="lag", daemon=True)
        self.readers = readers
        self._broker, self._every_s, self._now_us, self._ask = broker, every_s, now_us, ask
        self._stop_asked = threading.Event()
        self._told = Told()

    def run(self) -> None:
        """Ask until closed."""
        while not self._stop_asked.is_set():
            self._told = self._noted(self._asked())
            self._stop_asked.wait(self._every_s)

    def told(self) -> Told:
        """What was told last, at once; nothing is known where that is too long ago."""
        told = self._told
        if told.as_of_us is not None and told.unknown is None and self._now_us() - told.as_of_us > OLD_US:
            return Told(told.as_of_us, (), "no_answer", "")
        return told

    def close(self) -> None:
        """Ask no more; a question under way is not waited for long."""
        self._stop_asked.set()
        if self.is_alive():
            self.join(ENDS_S)

    def _noted(self, told: Told) -> Told:
        if told.detail and told.detail != self._told.detail:  # once for each thing that is wrong, not every quarter of a minute
            log.warning("how many messages wait in Kafka is not known: %s", told.detail)
        return told

    def _asked(self) -> Told:
        now_us = self._now_us()
        try:
            knock(self._broker, ANSWERS_S)  # at once, where nobody is there
            found = tuple(self._ask(self._broker, self.readers.topics, ANSWERS_S))
        except (BrokerFailed, OSError) as error:
            return Told(now_us, (), "no_answer", str(error))
        except Exception as error:  # it must not end: nobody would see that the number stands still
            log.exception("how far readers are behind could not be found out")
            return Told(now_us, (), "no_answer", type(error).__name__)
        return Told(now_us, found, None if found else "no_topics", "")
