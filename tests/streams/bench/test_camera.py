"""The bench of cameras counts as it says."""

from __future__ import annotations

from streams.bench.camera import Found, Outcome


def outcome(truth_m: float, depth_m: float | None, confidence: float = 0.9, why: str = "") -> Outcome:
    return Outcome("day", "day", truth_m, depth_m, confidence if depth_m is not None else 0.0, why, 0)


def line_of(*outcomes: Outcome) -> str:
    return next(line for line in Found(outcomes, 10, 1.0, 0.5).lines() if line.startswith("day "))


def test_what_is_not_seen_counts_for_no_error() -> None:
    line = line_of(outcome(0.5, 0.52), outcome(0.5, None, why="glare"), outcome(0.5, 0.48), outcome(0.5, None, why="blocked"))
    assert "50.0%" in line
    assert "2.00 [" in line
    assert "+0.00" in line or "-0.00" in line
    assert "glare 1" in line
    assert "blocked 1" in line


def test_depth_on_dry_ground_and_errors_said_sure_are_counted() -> None:
    line = line_of(
        outcome(0.0, 0.04), outcome(0.0, 0.06), outcome(0.5, 0.65, 0.4), outcome(0.5, 0.65, 0.5), outcome(0.0, None, why="drops")
    )
    assert "1 of   3" in line
    assert "1 of    5" in line


def test_a_condition_in_which_nothing_was_read_is_told() -> None:
    assert "none read" in line_of(outcome(0.5, None, why="too_dark"))


def test_honesty_is_told_by_what_was_claimed() -> None:
    lines = Found((outcome(0.5, 0.51, 0.95), outcome(0.5, 0.7, 0.95), outcome(0.5, 0.7, 0.55)), 10, 1.0, 0.5).lines()
    assert any("said 0.9 to 1.0 sure: 1 of 2" in line for line in lines)
    assert any("said 0.5 to 0.6 sure: 0 of 1" in line for line in lines)
    assert "10.0 frames/s, 20.0 a second of the processor" in lines[-1]
