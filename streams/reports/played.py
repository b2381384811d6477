"""Brings observations of reports into a storm that a simulated city plays.

A gateway stamps what it takes in with the wall clock, and a storm of another day plays beside it: what came by the open topic would lie
days ahead. So the desk writes into the inner topic, dated by the storm's own time, as it does with decisions.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from streams.city.model import City
from streams.gateway.buffer import Letter
from streams.gateway.packer import Packed
from streams.gateway.producer import Log, LogFailed
from streams.observation.batch import encode
from streams.observation.dead_letter import DeadLetter, shown
from streams.observation.observation import Observation
from streams.observation.parse import Parser, Refused
from streams.reports.publisher import NotPublished
from streams.rules.plan import districts_of
from streams.store.reports_readings import ReportReading

log = logging.getLogger(__name__)

SOURCE = "reports"
"""By which the dead letters of reports are known."""


class PlayedLog:
    """The inner topic of a simulated city; `now_us` is the time of its log, None before anything is in it."""

    def __init__(self, city: City, kafka: Log, now_us: Callable[[], int | None]):
        self._city, self._log, self._now_us = city, kafka, now_us
        self._parser = Parser(city, trusted_arrival=False)
        self._ids = [station.station_id for station in city.stations]

    def write(self, readings: Sequence[ReportReading]) -> None:
        """Write them, and return when the log has them; one that the contract refuses goes to the dead letters, as at a gateway."""
        now_us = self._now_us()
        if now_us is None:
            raise NotPublished("nothing is played in the simulated city yet: its log has no time by which observations could be dated")
        letters: list[Letter] = []
        of_district: dict[str, list[Observation]] = defaultdict(list)
        for reading in readings:
            try:
                observation = self._parser.parse(reading.line.encode(), now_us, reading.owner)
            except Refused as refused:
                log.warning("an observation of a report cannot be heard: %s", refused.detail)
                letters.append(Letter(reading.reading, DeadLetter(refused.reason, SOURCE, 0, shown(reading.line.encode()), refused.detail)))
                continue
            for district in districts_of(self._city.stations[observation.station_no], self._city):
                of_district[district].append(observation)
        try:
            self._log.send([self._packed(district, own) for district, own in of_district.items()])
            if letters:
                self._log.dead_letters(letters)
        except LogFailed as failed:
            raise NotPublished(str(failed)) from failed

    def close(self) -> None:
        """Close the log."""
        self._log.close()

    def _packed(self, district: str, own: Sequence[Observation]) -> Packed:
        columns = (
            np.array([one.station_no for one in own], np.int64),
            np.array([one.observed_us for one in own], np.int64),
            np.array([one.received_us for one in own], np.int64),
            np.array([one.value for one in own], np.float64),
        )
        extras = {row: one.extra for row, one in enumerate(own) if one.extra is not None}
        return Packed(district, len(own), encode(district, self._ids, *columns, extras, np.zeros(0, np.int64)))
