"""What a camera's calibration file says, and whether it can be used."""

from __future__ import annotations

import hashlib
import math
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from streams.camera.picture import NoPicture, Picture, decode
from streams.camera.said import Said, t
from streams.camera.scale import Scale, ScaleError

LARGEST_FILE_BYTES = 256 * 1024
LARGEST_SIDE_PX = 10_000
HIGHEST_M = 20.0
COARSE_M = 0.015
"""A pixel that covers more of the gauge is coarse."""
WORST_RESIDUAL_M = 0.03
"""A click is a pixel or two off; more says that a height is wrong."""

Pixel = tuple[float, float]


class CalibrationError(ValueError):
    """A calibration that cannot be used: where, what is wrong, and what to do."""

    def __init__(self, said: Said | str):
        super().__init__(str(said))
        self.said = said if isinstance(said, Said) else Said("{problem}", {"problem": said})


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A known height on the gauge: a place (x, y) in the picture, and m above the road."""

    pixel: Pixel
    height_m: float


class LevelLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two places that are equally high on the wall that bears the gauge, such as the ends of its foot or of a course of bricks."""

    left: Pixel
    right: Pixel


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The dry picture by day: its file, beside the calibration, and its SHA-256."""

    picture: str
    sha256: str


class LearnedModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A learned model of water: an ONNX file and what it takes (`streams/camera/learned.py`)."""

    file: str
    width_px: int
    height_px: int
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    water_channel: int = 0
    logits: bool = False


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be set for a difficult place."""

    least_confidence: float = 0.7
    largest_shift_share: float = 0.06


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One camera before one gauge.

    Attributes
    ----------
    station
        The station of kind camera in the city's folder.
    width_px, height_px
        Size of the pictures that the pixels are of.
    points
        Known heights on the gauge, at least 3.
    gauge_width_px
        How wide the gauge is in the picture; a share of its length where it is not said.
    levels
        Lines that are level on the wall; without them the gauge is taken to stand upright.
    water_area
        Outline of the ground that goes under water; all below the gauge's foot where it is not said.
    """

    station: str
    width_px: int
    height_px: int
    points: tuple[Point, ...]
    gauge_width_px: float | None = None
    levels: tuple[LevelLine, ...] = ()
    water_area: tuple[Pixel, ...] = ()
    reference: Reference | None = None
    learned: LearnedModel | None = None
    thresholds: Thresholds = Thresholds()

    @property
    def scale(self) -> Scale:
        """Heights along the gauge."""
        return Scale([point.pixel for point in self.points], [point.height_m for point in self.points])

    @property
    def gauge_px(self) -> float:
        """How wide the gauge is in the picture."""
        return self.gauge_width_px or 0.07 * self.scale.length_px


def check(calibration: Calibration) -> tuple[Said, ...]:
    """What a user should know of a calibration that can be used.

    Raises
    ------
    CalibrationError
        Where it cannot be used.
    """
    _check_numbers(calibration)
    try:
        scale = calibration.scale
    except ScaleError as error:
        raise CalibrationError(error.said) from None
    worst = int(abs(scale.residuals_m).argmax())
    off_m = abs(float(scale.residuals_m[worst]))
    off = f"{off_m * 100:.1f}"
    if off_m > WORST_RESIDUAL_M:
        raise CalibrationError(
            t(
                "the point at {height} m is {off} cm off the line through the others (at most {most} cm): "
                "look whether its height or its pixel is wrong",
                height=f"{scale.heights_m[worst]:g}",
                off=off,
                most=f"{WORST_RESIDUAL_M * 100:g}",
            )
        )
    low, high = (f"{scale.heights_m[at]:g}" for at in (0, -1))
    px_m = float(scale.heights_m[-1] - scale.heights_m[0]) / scale.length_px
    told = [
        t("{number} heights from {low} to {high} m, at most {off} cm off", number=len(calibration.points), low=low, high=high, off=off),
        t("one pixel is {size} mm of the gauge", size=f"{px_m * 1000:.1f}"),
    ]
    if len(calibration.points) == 3:
        told.append(t("three heights fit any line: a fourth would show a wrong one"))
    if px_m > COARSE_M:
        told.append(t("that is coarse: errors of 3 cm and more must be expected; come nearer or zoom in"))
    if scale.heights_m[0] > 0.15:
        told.append(t("the lowest known height is {low} m: add one near the road, or shallow water is read by guess", low=low))
    if not calibration.levels:
        told.append(t("no level line: from a camera that looks along the wall readings are less sure; click the foot of the wall"))
    return tuple(told)


def _check_numbers(calibration: Calibration) -> None:
    if not re.fullmatch(r"[^\x00-\x1f]{1,200}", calibration.station):
        raise CalibrationError(t("station: a name of 1 to 200 characters is needed"))
    for name in ("width_px", "height_px"):
        size = getattr(calibration, name)
        if not 64 <= size <= LARGEST_SIDE_PX:
            raise CalibrationError(t("{name}: {size} is not from 64 to {most}", name=name, size=size, most=LARGEST_SIDE_PX))
    if len(calibration.points) > 200 or len(calibration.water_area) > 200 or len(calibration.levels) > 20:
        raise CalibrationError(t("at most 200 points, 200 corners of the water's area and 20 level lines"))
    for number, point in enumerate(calibration.points, 1):
        _check_pixel(calibration, point.pixel, f"points {number}")
        if not (math.isfinite(point.height_m) and -1 <= point.height_m <= HIGHEST_M):
            height = f"{point.height_m:g}"
            raise CalibrationError(
                t(
                    "points {number}: height_m {height} is not from -1 to {most} m above the road",
                    number=number,
                    height=height,
                    most=HIGHEST_M,
                )
            )
    for number, line in enumerate(calibration.levels, 1):
        _check_pixel(calibration, line.left, f"levels {number}")
        _check_pixel(calibration, line.right, f"levels {number}")
        if abs(line.right[0] - line.left[0]) < 10:
            raise CalibrationError(t("levels {number}: its ends need to lie at least 10 pixels apart", number=number))
    for number, corner in enumerate(calibration.water_area, 1):
        _check_pixel(calibration, corner, f"water_area {number}")
    if calibration.water_area and len(calibration.water_area) < 3:
        raise CalibrationError(t("water_area: an outline needs at least 3 corners"))
    width = calibration.gauge_width_px
    if width is not None and not (math.isfinite(width) and 2 <= width <= calibration.width_px / 2):
        raise CalibrationError(t("gauge_width_px: {width} is not from 2 to half the picture", width=f"{width:g}"))
    limits = calibration.thresholds
    if not 0 < limits.least_confidence <= 1 or not 0 < limits.largest_shift_share <= 0.25:
        raise CalibrationError(t("thresholds: least_confidence lies from 0 to 1, largest_shift_share from 0 to 0.25"))


def _check_pixel(calibration: Calibration, pixel: Pixel, where: str) -> None:
    inside = all(math.isfinite(value) for value in pixel) and 0 <= pixel[0] < calibration.width_px and 0 <= pixel[1] < calibration.height_px
    if not inside:
        at, size = f"{pixel[0]:g}, {pixel[1]:g}", f"{calibration.width_px} x {calibration.height_px}"
        raise CalibrationError(t("{where}: pixel {at} lies outside the picture of {size}", where=where, at=at, size=size))


def load_calibration(file: Path) -> Calibration:
    """Read and check a calibration file.

    Raises
    ------
    CalibrationError
        Where it cannot be read or used.
    """
    try:
        if file.stat().st_size > LARGEST_FILE_BYTES:
            raise CalibrationError(f"{file}: larger than {LARGEST_FILE_BYTES} bytes is no calibration")
        data = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise CalibrationError(f"{file}: cannot be read as TOML: {error}") from None
    try:
        calibration = msgspec.convert(data, Calibration)
        check(calibration)
    except (msgspec.ValidationError, CalibrationError) as error:
        raise CalibrationError(f"{file}: {error}") from None
    return calibration


def load_reference(calibration: Calibration, folder: Path) -> Picture | None:
    """The dry picture that lies beside the calibration; None where it names none.

    Raises
    ------
    CalibrationError
        Where it is not there, another one, or of another size.
    """
    named = calibration.reference
    if named is None:
        return None
    if Path(named.picture).name != named.picture or named.picture in ("", ".", ".."):
        raise CalibrationError(f"reference: {named.picture!r} must be the plain name of a file beside the calibration")
    try:
        raw = (folder / named.picture).read_bytes()
        picture = decode(raw)
    except (OSError, NoPicture) as error:
        raise CalibrationError(f"reference: {named.picture} cannot be read: {error}") from None
    if hashlib.sha256(raw).hexdigest() != named.sha256:
        raise CalibrationError(
            f"reference: {named.picture} is not the picture that was calibrated on (its SHA-256 differs): calibrate again"
        )
    if picture.shape[:2] != (calibration.height_px, calibration.width_px):
        raise CalibrationError(
            f"reference: {named.picture} has {picture.shape[1]} x {picture.shape[0]} pixels, "
            f"not {calibration.width_px} x {calibration.height_px}"
        )
    return picture


def to_toml(calibration: Calibration) -> str:
    """The text of a calibration file."""
    lines = [f"station = {_text(calibration.station)}", f"width_px = {calibration.width_px}", f"height_px = {calibration.height_px}"]
    if calibration.gauge_width_px is not None:
        lines.append(f"gauge_width_px = {calibration.gauge_width_px:.1f}")
    if calibration.water_area:
        lines.append(f"water_area = {_pixels(calibration.water_area)}")
    for point in calibration.points:
        lines += ["", "[[points]]", f"pixel = {_pixel(point.pixel)}", f"height_m = {float(point.height_m)!r}"]
    for line in calibration.levels:
        lines += ["", "[[levels]]", f"left = {_pixel(line.left)}", f"right = {_pixel(line.right)}"]
    for name in ("reference", "learned", "thresholds"):
        table = getattr(calibration, name)
        if table is not None and table != Thresholds():
            lines += ["", f"[{name}]", *(f"{key} = {_value(value)}" for key, value in msgspec.structs.asdict(table).items())]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(repr(float(part)) for part in value)}]" if isinstance(value, tuple) else repr(value)


def _text(text: str) -> str:
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")  # a text of JSON is one of TOML, but for this one


def _pixel(pixel: Pixel) -> str:
    return f"[{pixel[0]:.1f}, {pixel[1]:.1f}]"


def _pixels(pixels: Sequence[Pixel]) -> str:
    return f"[{', '.join(_pixel(pixel) for pixel in pixels)}]"
