"""A learned model of water: an ONNX file that gives a mask for a picture. None is shipped; its mask is one more cue.

It is run by OpenCV (`cv2.dnn`). In: float32, (1, 3, height, width), red, green, blue, each (level / 255 - mean) / scale.
Out: float32, (1, channels, rows, columns) or (1, rows, columns); the channel of water holds chances 0 to 1, or logits (a
sigmoid of one channel, a softmax over several).
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from streams.camera.calibration import LearnedModel
from streams.camera.picture import Array, Picture

LARGEST_FILE_BYTES = 512 * 1024 * 1024
LARGEST_SIDE_PX = 4096
LARGEST_CHANNELS = 256


class LearnedError(ValueError):
    """A model that cannot be used: which, and what is wrong."""


class Learned:
    """A model whose shapes were checked by one picture of zeros.

    Parameters
    ----------
    told
        What the calibration says of it.
    folder
        Where its file lies.

    Raises
    ------
    LearnedError
        Where it cannot be read or does not hold what it must.
    """

    def __init__(self, told: LearnedModel, folder: Path):
        self._told = told
        _check(told)
        file = folder / told.file
        try:
            size = file.stat().st_size
            if size > LARGEST_FILE_BYTES:
                raise LearnedError(f"{told.file}: {size} bytes is more than {LARGEST_FILE_BYTES}")
            self._net = cv2.dnn.readNetFromONNX(str(file))
        except OSError as error:
            raise LearnedError(f"{told.file}: cannot be read: {error}") from None
        except cv2.error as error:
            raise LearnedError(f"{told.file}: is no ONNX model that OpenCV reads: {str(error).strip()[-160:]}") from None
        self.mask(np.zeros((told.height_px, told.width_px, 3), np.uint8))

    def mask(self, picture: Picture) -> Array:
        """Chance of water at each pixel of a picture: float32, its rows and columns, 0 to 1.

        Raises
        ------
        LearnedError
            Where the model's answer is of another shape or no chance.
        """
        told = self._told
        small = cv2.resize(picture, (told.width_px, told.height_px), interpolation=cv2.INTER_AREA)[..., ::-1]
        levels = (small.astype(np.float32) / 255 - np.asarray(told.mean, np.float32)) / np.asarray(told.scale, np.float32)
        try:
            self._net.setInput(np.ascontiguousarray(levels.transpose(2, 0, 1)[None]))
            answer = np.asarray(self._net.forward())
        except cv2.error as error:
            raise LearnedError(f"{told.file}: cannot be run on {told.width_px} x {told.height_px}: {str(error).strip()[-160:]}") from None
        chance = self._chance(answer)
        return np.asarray(cv2.resize(chance, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR))

    def _chance(self, answer: Array) -> Array:
        told = self._told
        if answer.ndim == 3:
            answer = answer[:, None]
        if answer.ndim != 4 or answer.shape[0] != 1 or min(answer.shape) < 1 or answer.shape[1] > LARGEST_CHANNELS:
            raise LearnedError(f"{told.file}: gives {answer.shape}, not (1, channels, rows, columns)")
        if max(answer.shape[2:]) > LARGEST_SIDE_PX or min(answer.shape[2:]) < 2:
            raise LearnedError(f"{told.file}: gives a mask of {answer.shape[3]} x {answer.shape[2]}")
        if told.water_channel >= answer.shape[1]:
            raise LearnedError(f"{told.file}: has {answer.shape[1]} channels: there is no water_channel {told.water_channel}")
        if not np.isfinite(answer).all():
            raise LearnedError(f"{told.file}: gives values that are no numbers")
        if told.logits:
            answer = _from_logits(answer)
        chance = answer[0, told.water_channel].astype(np.float32)
        if chance.min() < -1e-3 or chance.max() > 1 + 1e-3:
            raise LearnedError(
                f"{told.file}: gives {chance.min():.2f} to {chance.max():.2f}, which are no chances: set logits = true if they are logits"
            )
        return np.ascontiguousarray(np.clip(chance, 0, 1))


def _from_logits(answer: Array) -> Array:
    if answer.shape[1] == 1:
        return np.asarray(1 / (1 + np.exp(-np.clip(answer, -60, 60))))
    raised = np.exp(answer - answer.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True))


def _check(told: LearnedModel) -> None:
    if Path(told.file).name != told.file or told.file in ("", ".", ".."):
        raise LearnedError(f"learned: {told.file!r} must be the plain name of a file beside the calibration")
    if not (16 <= told.width_px <= LARGEST_SIDE_PX and 16 <= told.height_px <= LARGEST_SIDE_PX):
        raise LearnedError(f"learned: width_px and height_px lie from 16 to {LARGEST_SIDE_PX}")
    if told.water_channel < 0 or not all(np.isfinite(told.mean)) or not all(np.isfinite(told.scale)) or 0 in told.scale:
        raise LearnedError("learned: water_channel is 0 or more, mean and scale are numbers, and no scale is 0")
