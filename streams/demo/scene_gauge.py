"""Paints staff gauges: bands, E-type, checkers, and ticks with numerals."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from streams.demo.scene_paint import M_PER_PX, Picture

FINER = 4
"""It is painted so many times finer than the wall, and shrunk."""
_PX_PER_M = FINER / M_PER_PX
WHITE = (0.8, 0.82, 0.82)


def paint_gauge(pattern: str, colour: tuple[float, float, float], wide_m: float, top_m: float) -> Picture:
    """A staff gauge, upside down: row 0 is its foot at the road, height 0.

    Parameters
    ----------
    pattern
        A key of :data:`PATTERNS`.
    colour
        Albedo of the dark parts (blue, green, red).
    """
    rows, columns = round(top_m * _PX_PER_M), round(wide_m * _PX_PER_M)
    # painted right way up, as its numerals are, and then turned over
    board = np.ones((rows, columns, 3), np.float32) * np.asarray(WHITE, np.float32)
    PATTERNS[pattern](board, colour, top_m)
    small = cv2.resize(board, (round(wide_m / M_PER_PX), round(top_m / M_PER_PX)), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small[::-1])


def _box(board: Picture, colour: tuple[float, float, float], low_m: float, high_m: float, left: float, right: float) -> None:
    rows, columns = board.shape[:2]
    top, bottom = (max(0, rows - round(height_m * _PX_PER_M)) for height_m in (high_m, low_m))
    board[top:bottom, round(left * columns) : round(right * columns)] = colour


def _number(board: Picture, text: str, colour: tuple[float, float, float], low_m: float, left: float, high_m: float) -> None:
    scale = high_m * _PX_PER_M / 22
    at = (round(left * board.shape[1]), board.shape[0] - round(low_m * _PX_PER_M))
    cv2.putText(board, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, colour, max(1, round(3 * scale)), cv2.LINE_AA)


def _bands(board: Picture, colour: tuple[float, float, float], top_m: float) -> None:
    for step in range(0, round(top_m * 10), 2):
        _box(board, colour, step / 10, step / 10 + 0.1, 0, 1)


def _narrow_bands(board: Picture, colour: tuple[float, float, float], top_m: float) -> None:
    for step in range(0, round(top_m * 20), 2):
        _box(board, colour, step / 20, step / 20 + 0.05, 0, 1)


def _e_type(board: Picture, colour: tuple[float, float, float], top_m: float) -> None:
    """Each 5 cm an E or its mirror: a spine and three bars of 1 cm, and a numeral each decimetre."""
    for half in range(round(top_m * 20)):
        low_m = half / 20
        left = half % 2 == 0
        _box(board, colour, low_m, low_m + 0.05, *((0.0, 0.12) if left else (0.48, 0.6)))
        for bar in (0, 0.02, 0.04):
            _box(board, colour, low_m + bar, low_m + bar + 0.01, *((0.0, 0.4) if left else (0.2, 0.6)))
        if half % 2 == 0:
            _number(board, str(half // 2 % 10), colour, low_m + 0.01, 0.64, 0.06)


def _checker(board: Picture, colour: tuple[float, float, float], top_m: float) -> None:
    for step in range(round(top_m * 10)):
        _box(board, colour, step / 10, step / 10 + 0.1, *((0, 0.5) if step % 2 else (0.5, 1)))


def _ticks(board: Picture, colour: tuple[float, float, float], top_m: float) -> None:
    """A tick each 2 cm, a long one each decimetre, with its number in centimetres."""
    for tick in range(round(top_m * 50)):
        low_m = tick / 50
        _box(board, colour, low_m, low_m + 0.008, 0, 0.9 if tick % 5 == 0 else 0.35)
        if tick % 5 == 0 and tick:
            _number(board, str(tick * 2), colour, low_m + 0.018, 0.38, 0.05)


PATTERNS: Mapping[str, Callable[[Picture, tuple[float, float, float], float], None]] = {
    "bands": _bands,
    "narrow_bands": _narrow_bands,
    "e_type": _e_type,
    "checker": _checker,
    "ticks": _ticks,
}
