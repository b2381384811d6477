"""How well cameras are read: rendered looks at held-out places with known truth, by condition."""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np

from streams import clock
from streams.camera.calibration import Calibration, LevelLine, Point
from streams.camera.picture import Reading, decode
from streams.camera.waterline import Waterline
from streams.demo.scene_place import Place, make_place
from streams.demo.scene_weather import CONDITIONS
from streams.demo.scenes import make_looks, make_reference

PLACES = 20
DRY_SHARE = 0.25
SHALLOWEST_M, DEEPEST_M = 0.02, 1.5
CLICK_SD_PX = 0.6
"""Whoever calibrates clicks so well."""
FALSE_DEPTH_M, WRONG_M, SURE = 0.05, 0.10, 0.5


@dataclass(frozen=True)
class Outcome:
    """One look: the truth, and what was said."""

    condition: str
    light: str
    truth_m: float
    depth_m: float | None
    confidence: float
    why: str
    place: int


@dataclass(frozen=True)
class Found:
    """All looks, and how long reading took."""

    outcomes: tuple[Outcome, ...]
    frames: int
    seconds: float
    cpu_seconds: float

    def lines(self) -> list[str]:
        """A table by condition, one line each."""
        head = "condition       n  cannot see  MAE cm [90 %]       p95 cm  bias cm  false depth  wrong, said sure  why not"
        groups = [(name, [one for one in self.outcomes if one.condition == name]) for name in CONDITIONS]
        by_light = [(f"by {light}", [one for one in self.outcomes if one.light == light]) for light in ("day", "dusk", "lamp", "ir")]
        every = [(name, group) for name, group in (*groups, *by_light, ("all", list(self.outcomes))) if group]
        return [head, *(_line(name, group) for name, group in every), *self._honesty(), self._speed()]

    def _honesty(self) -> list[str]:
        told = [one for one in self.outcomes if one.depth_m is not None]
        lines = []
        for low in (0.5, 0.6, 0.7, 0.8, 0.9):
            group = [one for one in told if low <= one.confidence < low + 0.1 + (low == 0.9)]
            if group:
                good = sum(abs((one.depth_m or 0.0) - one.truth_m) <= 0.05 for one in group)
                lines.append(f"said {low:.1f} to {low + 0.1:.1f} sure: {good} of {len(group)} within 5 cm ({good / len(group):.0%})")
        return lines

    def _speed(self) -> str:
        rate, of_cpu = self.frames / max(self.seconds, 1e-9), self.frames / max(self.cpu_seconds, 1e-9)
        return (
            f"{self.frames} frames of 768 x 432 decoded and read by one thread: {rate:.1f} frames/s, {of_cpu:.1f} a second of the processor"
        )


def measure(looks: int, seed: int, held_out: bool, processes: int, conditions: Sequence[str], tell: Callable[[str], None]) -> Found:
    """Render and read.

    Parameters
    ----------
    looks
        At each of the 20 places, of each condition.
    seed
        Another seed is other held-out places, weather, depths and clicks.
    held_out
        False takes the places that the reader was tuned on.
    """
    jobs = [(number, looks, seed, held_out, tuple(conditions)) for number in range(PLACES)]
    parts = []
    with ProcessPoolExecutor(processes) as pool:
        for number, part in enumerate(pool.map(_one_place, jobs), 1):
            parts.append(part)
            tell(f"{number} of {PLACES} places")
    outcomes = tuple(one for part in parts for one in part.outcomes)
    return Found(outcomes, *(sum(getattr(part, name) for part in parts) for name in ("frames", "seconds", "cpu_seconds")))


def _one_place(job: tuple[int, int, int, bool, tuple[str, ...]]) -> Found:
    number, looks, seed, held_out, conditions = job
    cv2.setNumThreads(1)
    place = make_place(10_000 * seed + number if held_out else number, held_out)
    rng = np.random.default_rng([seed, number, 5])
    waterline = Waterline(clicked(place, rng), decode(make_reference(place)))
    outcomes, frames, seconds, cpu_seconds = [], 0, 0.0, 0.0
    for condition in conditions:
        depths = [0.0 if rng.random() < DRY_SHARE else float(rng.uniform(SHALLOWEST_M, DEEPEST_M)) for _ in range(looks)]
        for look in make_looks(place, condition, depths, seed):
            begun_s, begun_cpu_s = clock.monotonic_s(), cpu_s()
            verdict = waterline.read([decode(raw) for raw in look.frames])
            seconds, cpu_seconds = seconds + clock.monotonic_s() - begun_s, cpu_seconds + cpu_s() - begun_cpu_s
            frames += len(look.frames)
            said = verdict if isinstance(verdict, Reading) else None
            why = "" if isinstance(verdict, Reading) else str(verdict.why)
            outcomes.append(
                Outcome(
                    condition,
                    look.weather.light,
                    look.depth_m,
                    said.depth_m if said else None,
                    said.confidence if said else 0.0,
                    why,
                    number,
                )
            )
    return Found(tuple(outcomes), frames, seconds, cpu_seconds)


def clicked(place: Place, rng: np.random.Generator) -> Calibration:
    """What somebody clicks: six heights, the foot of the wall and a line higher up, each a little off."""
    heights_m = np.linspace(0.1, place.gauge_top_m - 0.05, 6)
    pixels = place.gauge_pixels(heights_m) + rng.normal(0, CLICK_SD_PX, (6, 2))
    points = tuple(Point((float(x), float(y)), float(height_m)) for (x, y), height_m in zip(pixels, heights_m, strict=True))
    levels = []
    for height_m in (0.0, 1.6):
        ends = place.pixels_of(np.asarray([(-1.2, 0, height_m), (1.2, 0, height_m)])) + rng.normal(0, CLICK_SD_PX, (2, 2))
        levels.append(LevelLine((float(ends[0, 0]), float(ends[0, 1])), (float(ends[1, 0]), float(ends[1, 1]))))
    edges = place.pixels_of(np.asarray([(-place.gauge_wide_m / 2, 0, 1.0), (place.gauge_wide_m / 2, 0, 1.0)]))
    wide_px = float(np.linalg.norm(edges[1] - edges[0]))
    return Calibration("LP01-camera", place.size[0], place.size[1], points, wide_px, tuple(levels))


def _line(name: str, group: Sequence[Outcome]) -> str:
    told = [one for one in group if one.depth_m is not None]
    errors_cm = np.asarray([100 * ((one.depth_m or 0.0) - one.truth_m) for one in told])
    dry = [one for one in group if one.truth_m == 0]
    false = sum(one.depth_m is not None and one.depth_m >= FALSE_DEPTH_M for one in dry)
    wrong = sum(one.confidence >= SURE and abs((one.depth_m or 0.0) - one.truth_m) > WRONG_M for one in told)
    why = ", ".join(f"{reason} {number}" for reason, number in Counter(one.why for one in group if one.why).most_common())
    blind = 1 - len(told) / len(group)
    start = f"{name:12} {len(group):5}      {blind:6.1%}"
    if not len(errors_cm):
        return f"{start}  none read; {why}"
    low, high = _interval(np.abs(errors_cm), [one.place for one in told])
    mae = f"{np.abs(errors_cm).mean():.2f} [{low:.2f}, {high:.2f}]"
    p95 = np.percentile(np.abs(errors_cm), 95)
    end = f"{p95:6.2f}  {errors_cm.mean():+7.2f}  {false:3} of {len(dry):3}   {wrong:3} of {len(group):4}      {why}"
    return f"{start}  {mae:19} {end}"


def _interval(errors: np.ndarray, places: Sequence[int]) -> tuple[float, float]:
    """90 % of the mean, places drawn again as wholes (bootstrap)."""
    rng = np.random.default_rng(1)
    by_place = [errors[np.asarray(places) == place] for place in sorted(set(places))]
    means = []
    for _ in range(500):
        drawn = np.concatenate([by_place[index] for index in rng.integers(0, len(by_place), len(by_place))])
        means.append(drawn.mean())
    return float(np.percentile(means, 5)), float(np.percentile(means, 95))


def cpu_s() -> float:
    """Seconds of the processor that this process has used."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
