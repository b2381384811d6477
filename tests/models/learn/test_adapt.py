"""Adaptive intervals: wider after misses, narrower after none, only when the lead has passed."""

from __future__ import annotations

import numpy as np

from models.learn.adapt import LEADS, Adaptation
from tests.models.moments import moment


def after(edges: tuple[float, float], minutes: int, depth_m: float = 0.2) -> Adaptation:
    """Tell the same edges again and again while the water stands still."""
    adaptation = Adaptation.unpacked(np.zeros((1, 0)))
    for minute in range(30, 30 + minutes):
        now = moment([[depth_m] * (minute + 1)])
        adaptation = Adaptation.unpacked(adaptation.packed())
        adaptation.hear(now)
        adaptation.put_aside(now, np.tile(np.array(edges)[None, :, None], (1, 1, LEADS)))
    return adaptation


def test_edges_that_are_missed_are_drawn_out_and_those_that_hold_drawn_in() -> None:
    missed, held = after((0.0, 0.1), 60), after((0.1, 0.3), 60)
    assert missed.draw[1, 0] > 0.2, "the water stood above"
    assert missed.draw[0, 0] < 0, "never below"
    assert (held.draw[:, 0] < 0).all()


def test_feedback_waits_for_the_lead() -> None:
    drawn = after((0.0, 0.1), 40).draw[1]
    assert drawn[0] > drawn[1] > 0, "five and fifteen minutes have passed, more often the shorter"
    assert (drawn[3:] == 0).all(), "an hour has not"


def test_a_silent_sensor_judges_nothing() -> None:
    adaptation = Adaptation.unpacked(np.zeros((1, 0)))
    for minute in range(30, 90):
        now = moment([[0.2] * (minute + 1)], silent_min=minute - 25)
        adaptation.hear(now)
        adaptation.put_aside(now, np.tile(np.array([0.0, 0.1])[None, :, None], (1, 1, LEADS)))
    assert (adaptation.draw == 0).all()
