"""Reads one look at a calibrated gauge: a depth with its confidence, or why nothing can be seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from streams.camera.around import Around
from streams.camera.calibration import Calibration, CalibrationError
from streams.camera.cues import Cues, find_cues
from streams.camera.fuse import Line, fainter_from, fuse
from streams.camera.gates import blurred, glaring, sharpness, too_dark
from streams.camera.look import Look, make_look
from streams.camera.picture import Array, CannotSee, Picture, Reading, Why
from streams.camera.register import Register, Shift
from streams.camera.strip import STEP_M, Strips
from streams.camera.sure import Signs, confidence, dry_beside, like_a_car, like_a_mirror
from streams.camera.windows import smooth

LEAST_LEFT_M = 0.1
"""So much of the gauge must stand out of the water."""
UPPER_M = 0.3
"""What the gauge and its light are like is measured in its uppermost part, which water reaches last."""
GOES_ON_M = 0.3
"""Water that stands this near to where it stood a look ago is no new edge."""
_LEAST_MATCH = 0.3
_MUCH_GLARE = 0.3
_MUCH_ALIKE = 0.4
_DROPS_ABOVE = 0.7
_SMALL_M = 0.15

MaskOf = Callable[[Picture], Array]
"""A learned model: a picture to its mask of water, float32 of the picture's rows and columns, 0 to 1."""


class Waterline:
    """Reads looks of one camera.

    Parameters
    ----------
    calibration
        A checked calibration.
    reference
        Its dry picture by day.
    mask_of
        A learned model, whose mask is one more cue.

    Raises
    ------
    CalibrationError
        Without a reference, or with one of another size.
    """

    def __init__(self, calibration: Calibration, reference: Picture | None, mask_of: MaskOf | None = None):
        if reference is None:
            raise CalibrationError("a dry picture by day is needed to compare with: give one with --reference")
        if reference.shape != (calibration.height_px, calibration.width_px, 3):
            raise CalibrationError(f"the dry picture must have {calibration.width_px} x {calibration.height_px} pixels, in colour")
        self._calibration, self._mask_of = calibration, mask_of
        self._strips = Strips(calibration)
        self.heights_m = self._strips.heights_m
        self.top_m = float(self.heights_m[-1])
        self._upper = self.heights_m > self.top_m - UPPER_M
        self._register = Register(reference, _anchor(self._strips, self.top_m))
        self._reference = self._strips.cut(reference, (0.0, 0.0))
        self._sharpness = sharpness(reference)
        self._around = Around(calibration, reference, self._strips)

    def read(self, frames: Sequence[Picture], before: Reading | None = None) -> Reading | CannotSee:
        """Read a look.

        Parameters
        ----------
        frames
            One or more pictures of the calibrated size, taken within a few seconds; from three on ripples and passing cars are told.
        before
            What was read a few minutes ago: water that goes on is believed sooner than an edge that is suddenly there.
        """
        usable = [frame for frame in frames if frame.shape == (self._calibration.height_px, self._calibration.width_px, 3)]
        if not usable:
            return CannotSee(Why.NO_GAUGE, f"no picture of {self._calibration.width_px} x {self._calibration.height_px} pixels")
        shifts = [self._register.find(frame) for frame in usable]
        look = self.look(usable, shifts)
        early = too_dark(look, self._upper) or self._not_found(look, usable, shifts)
        if early:
            return early
        line, cues = self.line(look, usable, shifts)
        return self._judge(self.signs(look, line, cues, usable, shifts), before, sharpness(usable[len(usable) // 2]))

    def look(self, frames: Sequence[Picture], shifts: Sequence[Shift]) -> Look:
        """The straightened look of frames whose shifts are known."""
        strips = [self._strips.cut(frame, shift.pair) for frame, shift in zip(frames, shifts, strict=True)]
        return make_look(strips, self._reference, self._upper)

    def line(self, look: Look, frames: Sequence[Picture], shifts: Sequence[Shift]) -> tuple[Line, Cues]:
        """The likeliest waterline of a look, and what speaks for it."""
        cues = find_cues(look, self._upper, self._learned(frames, shifts))
        return fuse(cues, self.heights_m, self.top_m - LEAST_LEFT_M), cues

    def _learned(self, frames: Sequence[Picture], shifts: Sequence[Shift]) -> Array | None:
        if self._mask_of is None:
            return None
        middle = len(frames) // 2
        mask = self._strips.cut(self._mask_of(frames[middle]), shifts[middle].pair)
        return np.asarray(np.median(mask, 1), np.float64)

    def signs(self, look: Look, line: Line, cues: Cues, frames: Sequence[Picture], shifts: Sequence[Shift]) -> Signs:
        """What the verdict hangs on, in numbers."""
        rows = np.arange(len(self.heights_m))
        above = rows >= line.row if line.depth_m > 0 else self.heights_m >= -0.1
        near = above & (self.heights_m < line.depth_m + 0.3)
        below = ~above
        part = round(0.1 / STEP_M)
        over, under = (rows >= line.row) & (rows < line.row + part), (rows < line.row) & (rows >= line.row - part)
        odds = smooth((cues.pattern + 0.5 * cues.wall)[:, None], part)[:, 0]
        far_below = self.heights_m < line.depth_m - 0.06
        return Signs(
            near=line.near,
            over=_mean(odds[over]),
            under=_mean(odds[under]),
            again=float(odds[far_below].max()) if far_below.any() and line.depth_m > 0 else -3.0,
            ripple=-_mean(cues.ripple[below]) if line.depth_m > 0 else 0.0,
            edge=float(cues.edge[max(0, line.row - 2) : line.row + 3].max()),
            other_edge=float(cues.edge[far_below].max()) if far_below.any() and line.depth_m > 0 else 0.0,
            mirror=float(cues.mirror[max(0, line.row - 2) : line.row + 3].max()),
            apart_m=_apart(line),
            fainter_m=fainter_from(cues, self.heights_m, self.top_m - LEAST_LEFT_M) - line.depth_m,
            covered=self._around.covered(self._around.alike(frames, [shift.pair for shift in shifts]), line.depth_m),
            glare=glaring(look, near),
            foot=_mean(odds[(self.heights_m > 0) & (self.heights_m < 0.12)]),
            road=_mean(odds[(self.heights_m < -0.02) & (self.heights_m > -0.2)]),
            depth_m=line.depth_m,
        )

    def _not_found(self, look: Look, frames: Sequence[Picture], shifts: Sequence[Shift]) -> CannotSee | None:
        """Where the gauge's upper part is not to be found again, why."""
        match = float(np.median([shift.match for shift in shifts]))
        shift = sorted(shifts, key=lambda one: one.match)[len(shifts) // 2]
        far = max(abs(shift.x) / self._calibration.width_px, abs(shift.y) / self._calibration.height_px)
        if match >= _LEAST_MATCH:
            most = self._calibration.thresholds.largest_shift_share
            return (
                CannotSee(Why.MOVED, f"the picture has moved by {shift.x:.0f}, {shift.y:.0f} pixels: calibrate again")
                if far > most
                else None
            )
        detail = f"the gauge's upper part is like the reference by {match:.2f} only"
        if glaring(look, self._upper) > _MUCH_GLARE:
            return CannotSee(Why.GLARE, detail)
        if blurred(sharpness(frames[len(frames) // 2]), self._sharpness):
            return CannotSee(Why.BLURRED, detail)
        alike = self._around.covered(self._around.alike(frames, [one.pair for one in shifts]), self.top_m / 2)
        return CannotSee(Why.BLOCKED if alike.above > _MUCH_ALIKE else Why.NO_GAUGE, detail)

    def _judge(self, signs: Signs, before: Reading | None, sharp: float) -> Reading | CannotSee:
        sure = confidence(signs)
        told = f"at most {sure:.2f} sure of {signs.depth_m:.2f} m"
        goes_on = before is not None and abs(before.depth_m - signs.depth_m) <= GOES_ON_M
        if dry_beside(signs):
            ground = f"dry ground is seen where water of {signs.depth_m:.2f} m would stand"
            if signs.glare > _MUCH_GLARE:
                return CannotSee(Why.GLARE, ground)
            # a car hides the wall beside the gauge too, a drop on the glass is small
            return CannotSee(Why.DROPS if signs.apart_m > _SMALL_M else Why.BLOCKED, ground)
        if like_a_mirror(signs):
            why = Why.GLARE if signs.glare > _MUCH_GLARE else Why.CUES_DISAGREE
            return CannotSee(why, f"{told}, but the gauge is faint up to {signs.depth_m + signs.fainter_m:.2f} m, as its image in water is")
        if like_a_car(signs) and not goes_on:
            return CannotSee(Why.BLOCKED, f"a sharp edge at {signs.depth_m:.2f} m, and nothing below it moves or mirrors as water does")
        if sure >= self._calibration.thresholds.least_confidence:
            return Reading(round(signs.depth_m, 3), round(sure, 2))
        if signs.glare > _MUCH_GLARE:
            return CannotSee(Why.GLARE, told)
        if blurred(sharp, self._sharpness):
            return CannotSee(Why.BLURRED, told)
        if signs.covered.above < _DROPS_ABOVE or (signs.apart_m > 0.2 and signs.again > 0):
            return CannotSee(Why.DROPS, f"{told}; parts of the wall are distorted")
        return CannotSee(Why.CUES_DISAGREE, told)


def _anchor(strips: Strips, top_m: float) -> tuple[int, int, int, int]:
    """The part of the picture by which its shake is measured: the gauge's upper part and the wall about it, which stay dry longest."""
    left, top, right, bottom = strips.box(0.6 * top_m, top_m)
    more = round(0.5 * (bottom - top))
    return left - more, top - more, right + more, bottom


def _mean(values: Array) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def _apart(line: Line) -> float:
    """How far the pattern on the gauge and that of the wall would put the line from where it is, m, at most 0.5."""
    return min(0.5, max((abs(row - line.row) * STEP_M for name, row in line.own.items() if name in ("pattern", "wall")), default=0.5))
