"""One look at the gauge: a few frames, moved onto the reference and straightened, with what they have in common and how they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from streams.camera.picture import Array, linear

_FLOOR = 0.03
"""Light this far below that of the strip's bright parts counts as black: there only noise is left."""
_INFRARED = np.asarray((0.15, 0.25, 0.6), np.float32)
_GREY_SPREAD = 3.0


@dataclass(frozen=True)
class Look:
    """What is compared.

    Attributes
    ----------
    now, dry
        Logarithms of light, (rows, columns, channels), of the look's middle picture and of the dry reference; shadow and exposure only add.
    restless
        Spread from frame to frame, (rows, columns); None with fewer than three frames.
    noise
        Spread of one place of `now` by chance alone.
    levels
        The middle picture as the camera gave it, (rows, columns, 3).
    """

    now: Array
    dry: Array
    restless: Array | None
    noise: float
    levels: Array


def make_look(strips: Sequence[Array], reference: Array, upper: Array) -> Look:
    """Put the strips of a look together.

    Parameters
    ----------
    strips
        uint8, each (rows, columns, 3).
    reference
        The strip of the dry picture.
    upper
        Rows that water reaches last: light and noise are measured there.
    """
    frames = np.stack(strips)
    middle = np.median(frames, 0)
    grey = float(np.abs(middle - middle.mean(2, keepdims=True)).mean()) < _GREY_SPREAD
    now, dry = _logarithms(middle, upper, grey), _logarithms(reference, upper, grey)
    if grey:
        now, dry = now[..., :1], _most_alike(now[..., 0], dry, upper)
    restless = None
    if len(frames) >= 3:
        each = np.stack([_logarithms(frame, upper, True)[..., 0] for frame in frames])
        # the middle of the steps from frame to frame: one car or wiper that passes does not count
        restless = np.median(np.abs(np.diff(each, axis=0)), 0) / 0.954
    return Look(now, dry, restless, _noise(now, restless, upper, len(frames)), middle)


def _logarithms(levels: Array, upper: Array, grey: bool) -> Array:
    light = linear(np.clip(levels, 0, 255).astype(np.uint8))
    if grey:
        infrared = light @ _INFRARED
        light = np.stack([light.mean(2), infrared, light[..., 2], light[..., 1], light[..., 0]], 2)
    bright = np.percentile(light[upper].reshape(-1, light.shape[2]), 85, axis=0)
    return np.asarray(np.log(light / np.maximum(bright, 1e-4) + _FLOOR), np.float32)


def _most_alike(now: Array, dry: Array, upper: Array) -> Array:
    """The mixture of the reference's colours that a grey picture shows: an infrared camera sees other brightness than an eye."""
    alike = [_correlation(now[upper], dry[upper][..., channel]) for channel in range(dry.shape[2])]
    return np.asarray(dry[..., [int(np.argmax(alike))]])


def _correlation(one: Array, other: Array) -> float:
    one, other = one - one.mean(), other - other.mean()
    size = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / size if size > 0 else 0.0


def _noise(now: Array, restless: Array | None, upper: Array, frames: int) -> float:
    if restless is not None:
        return float(np.median(restless[upper]) / np.sqrt(2) * 1.25 / np.sqrt(frames))
    second = now[:, 2:] - 2 * now[:, 1:-1] + now[:, :-2]
    return float(np.median(np.abs(second[upper])) / 0.6745 / np.sqrt(6))
