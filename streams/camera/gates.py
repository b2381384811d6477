"""Whether a look can tell anything at all: light, glare, focus, drops, and whether it is the calibrated gauge that is seen."""

from __future__ import annotations

import cv2
import numpy as np

from streams.camera.look import Look
from streams.camera.picture import Array, CannotSee, Picture, Why, grey_levels

_DARK_LEVEL = 14.0
_WHITE_LEVEL = 249.0
_SHARPNESS_SHARE = 0.3


def too_dark(look: Look, upper: Array) -> CannotSee | None:
    """Where noise is all that is left of the gauge's upper part."""
    bright = float(np.percentile(look.levels[upper].max(2), 90))
    if bright < _DARK_LEVEL:
        return CannotSee(Why.TOO_DARK, f"nine tenths of the gauge are darker than level {bright:.0f} of 255")
    return None


def glaring(look: Look, rows: Array) -> float:
    """Share of rows that are blinded."""
    white = (look.levels[rows].min(2) >= _WHITE_LEVEL).mean(1)
    return float((white > 0.4).mean()) if len(white) else 0.0


def sharpness(picture: Picture) -> float:
    """How much detail there is beside how much light: spread of the Laplacian of the brightness over its spread."""
    grey = cv2.resize(grey_levels(picture), (320, 180), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(grey, cv2.CV_32F).std() / (grey.std() + 2.0))


def blurred(now: float, reference: float) -> bool:
    """Whether the whole picture has lost its detail."""
    return now < _SHARPNESS_SHARE * reference
