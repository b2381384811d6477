"""Has the demo's citizens report while the storm plays: through the intake that the public page has too, by the storm's own time."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from streams.city.model import City
from streams.demo.citizens import Citizens, Said
from streams.demo.citizens_city import TrueWater, streets_of
from streams.demo.citizens_photo import draw_photo
from streams.pictures.apart import TooBusy
from streams.pictures.refused import PictureRefused
from streams.pictures.taken import Taken
from streams.reports.moment import moment_of
from streams.reports.reports import CardRefused, Reports
from streams.reports.wish import Wish

log = logging.getLogger(__name__)

SEED = 51
REPORTERS = 4.0
"""Of each place under water: fewer than really would, so that a small machine has time for the storm."""
LOOK_S = 0.25


class CitizensReport(threading.Thread):
    """Sends what citizens say when the storm has come so far, until told to stop or all is said."""

    def __init__(self, city: City, engine: Engine, truth: Path, reports: Reports):
        super().__init__(name="citizens", daemon=True)
        self._city, self._engine, self._reports = city, engine, reports
        water = TrueWater(truth)
        streets = streets_of(city, water, np.random.default_rng([SEED, 9]))
        self._said = Citizens(streets, water.start_us, water.duration_s, SEED, REPORTERS).reports()
        self._now_us = moment_of(city, lambda: engine)
        self._stop_told = threading.Event()
        self.sent = 0

    def run(self) -> None:
        """Send, each when it is due."""
        for said in self._said:
            while not self._is_due(said) and not self._stop_told.wait(LOOK_S):
                pass
            if self._stop_told.is_set():
                return
            try:
                self.send(said)
                self.sent += 1
            except (SQLAlchemyError, OSError, CardRefused, PictureRefused, TooBusy) as error:
                log.warning("a report of the demo was not taken (%s)", type(error).__name__)

    def close(self) -> None:
        """Say nothing more."""
        self._stop_told.set()
        self.join(10)

    def send(self, said: Said) -> None:
        """Send one report, with the drawn picture that it has."""
        told = said.report
        wish = Wish(
            told.language,
            low_point=told.low_point,
            lon=told.lon,
            lat=told.lat,
            place_by=told.place_by,
            place_error_m=told.place_error_m,
            depth=told.depth,
            ago_us=told.made_us - told.observed_us,
        )
        address = self._reports.key.digest("address", told.address)
        self._reports.send(self._reports.card(), wish, self._picture(said), self._reports.device(told.device), address)

    def _picture(self, said: Said) -> Taken | None:
        if said.shot is None:
            return None
        return self._reports.taker.take(draw_photo(said.shot, said.report.depth_m or 0.0), consent=False)

    def _is_due(self, said: Said) -> bool:
        try:
            return self._now_us() >= said.report.made_us
        except SQLAlchemyError:
            return False
