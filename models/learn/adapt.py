"""Keeps the intervals honest while a storm goes on: adaptive conformal inference, with feedback that comes when the lead has passed.

Every ten minutes the edges (.1 and .9) that were told are put aside. When their lead has passed and the water has been read, each side is
drawn out a little if more than a tenth missed it, and in if less did, for all points of the district together (Gibbs and Candes, 2021,
with the delay of the lead). What is put aside travels in the model's memory, so a replay does the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.learn.features import level_ago
from models.situation import LEAD_MIN, Situation

Floats = npt.NDArray[np.float64]

MARK_MIN = 10
MARKS = 12
LEADS = len(LEAD_MIN)
RATE = 0.12
"""How far one wholly missed round draws the logarithm of an edge's distance."""
MOST = 1.0
MISSED = 0.1
RESOLUTION_M = 0.0005
GAP_MIN = 10.0

WIDTH = 1 + 2 * LEADS + MARKS * (1 + 2 * LEADS)


@dataclass
class Adaptation:
    """What is adapted, of one district.

    Attributes
    ----------
    last_minute
        When it was last brought up to date.
    draw
        By how much the logarithm of each edge's distance from the median is drawn out, shape (2, leads).
    mark_minute, edges_m
        When edges were put aside (nan: never), shape (MARKS,), and they, nan where none was told, shape (P, MARKS, 2, leads).
    """

    last_minute: float
    draw: Floats
    mark_minute: Floats
    edges_m: Floats

    @staticmethod
    def unpacked(columns: Floats) -> Adaptation:
        """Out of the model's memory, shape (P, WIDTH); of another width it begins anew."""
        points = len(columns)
        if columns.shape[1] != WIDTH or not points:
            nothing = np.full((points, MARKS, 2, LEADS), np.nan)
            return Adaptation(np.nan, np.zeros((2, LEADS)), np.full(MARKS, np.nan), nothing)
        first, at = columns[0], 1 + 2 * LEADS
        return Adaptation(
            float(first[0]),
            first[1:at].reshape(2, LEADS).copy(),
            first[at : at + MARKS].copy(),
            columns[:, at + MARKS :].reshape(points, MARKS, 2, LEADS).copy(),
        )

    def packed(self) -> Floats:
        """Into the model's memory, shape (P, WIDTH)."""
        points = len(self.edges_m)
        same = np.concatenate([[self.last_minute], self.draw.reshape(-1), self.mark_minute])
        return np.hstack([np.broadcast_to(same, (points, len(same))), self.edges_m.reshape(points, -1)])

    def hear(self, now: Situation) -> None:
        """Judge what has come due since the last time against the readings."""
        if now.until_minute_min > 0:
            return
        for lead, lead_min in enumerate(LEAD_MIN.tolist()):
            due = self.mark_minute + lead_min
            for mark in np.flatnonzero((due <= now.minute) & (due > self.last_minute)).tolist():
                self._judge(now, mark, lead, float(now.minute - due[mark]))
        self.last_minute = float(now.minute)

    def _judge(self, now: Situation, mark: int, lead: int, ago_min: float) -> None:
        edges = self.edges_m[:, mark, :, lead]
        read = (now.history_min >= ago_min) & (now.history_min <= ago_min + GAP_MIN)
        judged = np.isfinite(edges).all(axis=1) & read.any(axis=1)
        if judged.any():
            came = np.maximum(level_ago(now, ago_min)[judged], 0.0)
            self.draw[:, lead] = drawn(self.draw[:, lead], edges[judged], came)

    def put_aside(self, now: Situation, edges_m: Floats) -> None:
        """Keep what was told for the points, shape (P, 2, leads), nan where nothing was, to be judged later."""
        if now.until_minute_min > 0 or now.minute % MARK_MIN:
            return
        place = (now.minute // MARK_MIN) % MARKS
        self.mark_minute[place] = now.minute
        self.edges_m[:, place] = edges_m


def drawn(draw: Floats, edges_m: Floats, came_m: Floats) -> Floats:
    """One round: each side drawn out or in by the share of what came that missed it.

    Parameters
    ----------
    draw
        Of the lower and the upper edge, shape (2,).
    edges_m, came_m
        What was told and what came, shape (N, 2) and (N,).
    """
    missed = np.array([(came_m < edges_m[:, 0] - RESOLUTION_M).mean(), (came_m > edges_m[:, 1] + RESOLUTION_M).mean()])
    return np.asarray(np.clip(draw + RATE * (missed - MISSED), -MOST, MOST), float)
