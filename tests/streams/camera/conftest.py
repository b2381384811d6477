"""One made-up camera, calibrated, and looks at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from streams.bench.camera import clicked
from streams.camera.calibration import Calibration
from streams.camera.make import write_calibration
from streams.camera.picture import Picture, decode
from streams.camera.waterline import Waterline
from streams.demo.scene_place import Place, make_place
from streams.demo.scene_weather import make_weather
from streams.demo.scenes import make_look, make_reference

SEED = 21


@dataclass(frozen=True)
class Site:
    """A camera with its calibration and dry picture."""

    place: Place
    calibration: Calibration
    dry: Picture
    waterline: Waterline

    def frames(self, condition: str, depth_m: float, seed: int = 1, number: int = 5, **weather: Any) -> list[Picture]:
        """Frames of a look."""
        rng = np.random.default_rng([SEED, seed])
        changed = replace(make_weather(condition, rng), **weather)
        return [decode(raw) for raw in make_look(self.place, changed, depth_m, rng, number).frames]

    def write(self, folder: Path) -> Path:
        """The calibration's file, with its dry picture beside it."""
        write_calibration(self.calibration, self.dry, folder / "camera.toml")
        return folder / "camera.toml"


@cache
def the_site() -> Site:
    cv2.setNumThreads(1)
    place = make_place(SEED, held_out=False)
    calibration = clicked(place, np.random.default_rng(2))
    dry = decode(make_reference(place))
    return Site(place, calibration, dry, Waterline(calibration, dry))


@pytest.fixture(scope="session")
def site() -> Site:
    return the_site()


Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def until() -> Until:
    """Waits for a condition, at most ten seconds."""
    import threading
    import time

    def wait(holds: Callable[[], bool]) -> None:
        ends_s = time.monotonic() + 10
        pause = threading.Event()
        while not holds():
            assert time.monotonic() < ends_s, "it did not come true"
            pause.wait(0.01)

    return wait
