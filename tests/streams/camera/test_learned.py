"""A learned model through OpenCV: made here by hand, checked by its shapes, and no more than one more cue."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from streams.camera.calibration import LearnedModel
from streams.camera.learned import Learned, LearnedError


def field(number: int, kind: int, value: bytes | int) -> bytes:
    """One field of a protocol buffer."""
    head = varint(number << 3 | kind)
    return head + (varint(value) if isinstance(value, int) else varint(len(value)) + value)


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def shape(*sizes: int) -> bytes:
    dimensions = b"".join(field(1, 2, field(1, 0, size)) for size in sizes)
    return field(1, 2, field(1, 0, 1) + field(2, 2, dimensions))


def value(name: str, *sizes: int) -> bytes:
    return field(1, 2, name.encode()) + field(2, 2, shape(*sizes))


def tensor(name: str, array: np.ndarray) -> bytes:
    sizes = b"".join(field(1, 0, size) for size in array.shape)
    return sizes + field(2, 0, 1) + field(8, 2, name.encode()) + field(9, 2, array.astype("<f4").tobytes())


def node(kind: str, inputs: list[str], output: str) -> bytes:
    return b"".join(field(1, 2, name.encode()) for name in inputs) + field(2, 2, output.encode()) + field(4, 2, kind.encode())


def model(weights: list[list[float]], bias: list[float], sigmoid: bool, size: int = 32) -> bytes:
    """An ONNX file: water = weights times (red, green, blue) plus bias, by channel, and a sigmoid over it."""
    channels = len(weights)
    nodes = [node("Conv", ["picture", "w", "b"], "mixed" if sigmoid else "water")]
    nodes += [node("Sigmoid", ["mixed"], "water")] if sigmoid else []
    graph = b"".join(field(1, 2, one) for one in nodes) + field(2, 2, b"g")
    graph += field(5, 2, tensor("w", np.asarray(weights).reshape(channels, 3, 1, 1))) + field(5, 2, tensor("b", np.asarray(bias)))
    graph += field(11, 2, value("picture", 1, 3, size, size)) + field(12, 2, value("water", 1, channels, size, size))
    return field(1, 0, 8) + field(7, 2, graph) + field(8, 2, field(2, 0, 13))


BLUE_IS_WATER = model([[-20.0, 0.0, 20.0]], [0.0], sigmoid=True)
TOLD = LearnedModel("water.onnx", 32, 32)


def written(folder: Path, raw: bytes) -> Path:
    (folder / "water.onnx").write_bytes(raw)
    return folder


def half_blue() -> np.ndarray:
    picture = np.zeros((90, 160, 3), np.uint8)
    picture[:45, :, 2] = 255  # red above
    picture[45:, :, 0] = 255  # blue below
    return picture


def test_the_mask_lies_where_the_water_is(tmp_path: Path) -> None:
    mask = Learned(TOLD, written(tmp_path, BLUE_IS_WATER)).mask(half_blue())
    assert mask.shape == (90, 160)
    assert mask[:40].max() < 0.01
    assert mask[50:].min() > 0.99


def test_mean_and_scale_are_taken_off_before(tmp_path: Path) -> None:
    told = LearnedModel("water.onnx", 32, 32, mean=(0.0, 0.0, 1.0), scale=(1.0, 1.0, 10.0))
    mask = Learned(told, written(tmp_path, BLUE_IS_WATER)).mask(half_blue())
    assert mask[60, 80] == pytest.approx(0.5, abs=0.01)  # blue 1 less mean 1 is nothing


@pytest.mark.parametrize("weights", [[[-20.0, 0.0, 20.0]], [[20.0, 0.0, -20.0], [-20.0, 0.0, 20.0]]])
def test_logits_become_chances(tmp_path: Path, weights: list[list[float]]) -> None:
    told = LearnedModel("water.onnx", 32, 32, water_channel=len(weights) - 1, logits=True)
    mask = Learned(told, written(tmp_path, model(weights, [0.0] * len(weights), sigmoid=False))).mask(half_blue())
    assert mask[:40].max() < 0.01
    assert mask[50:].min() > 0.99


@pytest.mark.parametrize(
    ("raw", "told", "word"),
    [
        (b"", TOLD, "no ONNX"),
        (b"\x00garbage" * 50, TOLD, "no ONNX"),
        (BLUE_IS_WATER[: len(BLUE_IS_WATER) // 2], TOLD, "no ONNX"),
        (model([[-20.0, 0.0, 20.0]], [5.0], sigmoid=False), TOLD, "no chances"),
        (BLUE_IS_WATER, LearnedModel("water.onnx", 32, 32, water_channel=3), "no water_channel 3"),
        (model([[float("nan"), 0.0, 0.0]], [0.0], sigmoid=False), TOLD, "no numbers"),
        (BLUE_IS_WATER, LearnedModel("../water.onnx", 32, 32), "plain name"),
        (BLUE_IS_WATER, LearnedModel("other.onnx", 32, 32), "cannot be read"),
        (BLUE_IS_WATER, LearnedModel("water.onnx", 3, 32), "from 16"),
        (BLUE_IS_WATER, LearnedModel("water.onnx", 32, 32, scale=(1.0, 0.0, 1.0)), "no scale is 0"),
    ],
)
def test_a_model_that_cannot_be_used_says_why(tmp_path: Path, raw: bytes, told: LearnedModel, word: str) -> None:
    with pytest.raises(LearnedError, match=word):
        Learned(told, written(tmp_path, raw))
