"""Packs readings into messages of the inner topic, one district each, and puts the ticks after them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from streams.city.model import City
from streams.observation.batch import MOST_READINGS, encode
from streams.observation.observation import Extra, Observation
from streams.rules.plan import districts_of

MOST_EXTRA_BYTES = 1024 * 1024
"""Texts of the extra fields in one message; with one more reading at its largest a message stays under 3 MiB."""
READING_BYTES = 200
"""About what one buffered reading takes in memory, texts apart."""


@dataclass(frozen=True)
class Packed:
    """One message of the inner topic: its district, how many readings it carries, and its bytes."""

    district: str
    readings: int
    data: bytes


@dataclass
class _Page:
    """What goes into one message, in columns."""

    station: list[int] = field(default_factory=list)
    observed_us: list[int] = field(default_factory=list)
    received_us: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    extras: dict[int, Extra] = field(default_factory=dict)
    extra_bytes: int = 0


class Packer:
    """Readings that wait to be sent, by district. Not for several threads at once.

    What it hands out keeps one law for each district, message after message: arrival times never go back, a tick never lies before
    a reading sent ahead of it, and a reading never at or before a tick sent ahead of it, also when the wall clock is set back.

    Parameters
    ----------
    city
        Says which districts a station serves.
    batch_size
        Most readings in one message.
    """

    def __init__(self, city: City, batch_size: int = MOST_READINGS):
        if not 1 <= batch_size <= MOST_READINGS:
            raise ValueError(f"batch_size is {batch_size}: a message holds 1 to {MOST_READINGS} readings")
        self._ids = [station.station_id for station in city.stations]
        self._districts_of = [districts_of(station, city) for station in city.stations]
        self._batch_size = batch_size
        self._pages: dict[str, list[_Page]] = {district: [] for district in city.districts}
        self._received_us = 0
        self._tick_us = 0
        self.waiting_bytes = 0

    @property
    def received_us(self) -> int:
        """Arrival of the last reading, in microseconds; 0 before the first."""
        return self._received_us

    def add(self, observation: Observation) -> None:
        """Put a reading into the buffer of each district that its station serves."""
        self._received_us = received_us = max(observation.received_us, self._received_us, self._tick_us + 1)
        extra = observation.extra
        extra_bytes = len(extra.id or "") + len(extra.image or "") if extra else 0
        for district in self._districts_of[observation.station_no]:
            page = self._open_page(district)
            if extra is not None:
                page.extras[len(page.station)] = extra
                page.extra_bytes += extra_bytes
            page.station.append(observation.station_no)
            page.observed_us.append(observation.observed_us)
            page.received_us.append(received_us)
            page.value.append(observation.value)
            self.waiting_bytes += READING_BYTES + extra_bytes

    def drain(self, tick_us: int | None = None) -> list[Packed]:
        """Empty the buffers into messages, in the order in which those of a district must be sent.

        Parameters
        ----------
        tick_us
            The moment up to which everything has now arrived; it goes to every district, also to those without readings. One that
            lies before the last reading is moved up to it, one that is not after the last tick is left out. Between two of them a
            district with readings has a tick of its own at the last arrival: what its readings make due, a look ahead say, must not wait
            for the next second.
        """
        ticks = self._ticks(tick_us)
        own = ticks or self._ticks(self._received_us)
        messages = [message for district, pages in self._pages.items() for message in self._messages(district, own if pages else ticks)]
        self._pages = {district: [] for district in self._pages}
        self.waiting_bytes = 0
        return messages

    def _open_page(self, district: str) -> _Page:
        pages = self._pages[district]
        if not pages or len(pages[-1].station) >= self._batch_size or pages[-1].extra_bytes >= MOST_EXTRA_BYTES:
            pages.append(_Page())
        return pages[-1]

    def _ticks(self, tick_us: int | None) -> list[int]:
        moment_us = self._tick_us if tick_us is None else max(tick_us, self._received_us)
        if moment_us <= self._tick_us:
            return []
        self._tick_us = moment_us
        return [moment_us]

    def _messages(self, district: str, ticks: list[int]) -> Iterator[Packed]:
        pages = self._pages[district] or ([_Page()] if ticks else [])
        for place, page in enumerate(pages):
            yield self._packed(district, page, ticks if place == len(pages) - 1 else [])

    def _packed(self, district: str, page: _Page, ticks: list[int]) -> Packed:
        columns = (
            np.array(page.station, np.int64),
            np.array(page.observed_us, np.int64),
            np.array(page.received_us, np.int64),
            np.array(page.value, np.float64),
        )
        return Packed(district, len(page.station), encode(district, self._ids, *columns, page.extras, np.array(ticks, np.int64)))
