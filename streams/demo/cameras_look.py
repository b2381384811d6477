"""Has the demo's cameras keep pictures as `lowpoint camera` would: drawn from the true water, and put where the page looks for them."""

from __future__ import annotations

import logging
import threading
import zlib
from pathlib import Path

import cv2
import numpy as np
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from streams.camera.keep import Changes, encode
from streams.camera.picture import Reading, decode
from streams.city.model import City
from streams.demo.citizens_city import TrueWater
from streams.demo.moment import DARK_H, DRY_S, DUSK_H, local_hour
from streams.demo.scene_place import make_place
from streams.demo.scene_weather import make_weather
from streams.demo.scenes import make_look
from streams.observation.moments import SECOND_US
from streams.pictures.shelf import Shelf
from streams.store.station_pictures import StationPicture, call_picture, pictures_called

log = logging.getLogger(__name__)

SIMULATED = "simulated:"
"""How the recording names the pictures of cameras: nothing was ever taken."""
EVERY_US = 20 * 60 * SECOND_US
LOOK_S = 0.5
BACK_US = 10 * 60 * SECOND_US
"""How far back is looked for pictures whose message came late."""


class CamerasLook(threading.Thread):
    """Draws what a camera saw with each change of level, until told to stop.

    Parameters
    ----------
    truth
        The true water, out of which is drawn: a reading that errs is seen to err.
    """

    def __init__(self, city: City, engine: Engine, truth: Path, shelf: Shelf):
        super().__init__(name="cameras", daemon=True)
        self._engine, self._shelf, self._water = engine, shelf, TrueWater(truth)
        self._levels_m = {point.low_point_id: [level.depth_m for level in point.levels] for point in city.low_points}
        self._changes: dict[str, Changes] = {}
        self._done: set[tuple[str, int]] = set()
        self._newest_us = 0
        self._stop_told = threading.Event()
        self.drawn = 0

    def run(self) -> None:
        """Draw, each when its reading stands in the store."""
        while not self._stop_told.wait(LOOK_S):
            try:
                self.look()
            except (SQLAlchemyError, OSError) as error:
                log.warning("a camera of the demo kept no picture (%s)", type(error).__name__)
            except Exception:  # the storm goes on, and so do its other cameras
                log.exception("a camera of the demo drew no picture")

    def close(self) -> None:
        """Draw nothing more."""
        self._stop_told.set()
        self.join(10)

    def look(self) -> None:
        """Draw the pictures of all readings that have come since."""
        for low_point, seen in pictures_called(self._engine, SIMULATED, self._newest_us - BACK_US):
            if self._stop_told.is_set():
                return
            self._newest_us = max(self._newest_us, seen.observed_us)
            if (seen.station, seen.observed_us) in self._done or low_point not in self._levels_m or low_point not in self._water.depth_m:
                continue
            self._done.add((seen.station, seen.observed_us))
            changes = self._changes.setdefault(seen.station, Changes(self._levels_m[low_point], EVERY_US))
            if changes.to_keep(Reading(seen.depth_m, seen.confidence or 0.0), seen.observed_us):
                call_picture(self._engine, seen, self._shelf.put(self._draw(low_point, seen)))
                self.drawn += 1

    def _draw(self, low_point: str, seen: StationPicture) -> bytes:
        at_s = (seen.observed_us - self._water.start_us) / SECOND_US
        return draw_seen(seen.station, self._water.at(low_point, at_s), at_s)


def draw_seen(station: str, depth_m: float, at_s: float) -> bytes:
    """What a camera of the demo sees at a second of the storm, as a JPEG that says that it was never taken."""
    number = zlib.crc32(station.encode())
    rng = np.random.default_rng([number, int(at_s)])
    look = make_look(make_place(number, held_out=False), make_weather(_condition(at_s), rng), depth_m, rng, frames=1)
    picture = decode(look.frames[0])
    for colour, width in (((0, 0, 0), 4), ((255, 255, 255), 1)):  # read on light and on dark
        cv2.putText(picture, f"SIMULATED {station}", (12, 28), cv2.FONT_HERSHEY_SIMPLEX, 0.7, colour, width, cv2.LINE_AA)
    return encode(picture)


def _condition(at_s: float) -> str:
    hour = local_hour(at_s)
    if hour >= DARK_H:
        return "night"
    if hour >= DUSK_H:
        return "dusk"
    return "day" if at_s < DRY_S else "rain"
