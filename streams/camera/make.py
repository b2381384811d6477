"""Makes a calibration and writes it beside its dry picture."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import msgspec

from streams.camera.calibration import Calibration, CalibrationError, LevelLine, Pixel, Point, Reference, check, to_toml
from streams.camera.picture import NoPicture, Picture
from streams.camera.said import Said
from streams.camera.stored_frames import read_picture
from streams.camera.strip import Strips
from streams.whole_file import write_whole

_GREEN, _YELLOW = (80, 220, 80), (0, 220, 255)


def load_dry(file: Path) -> Picture:
    """The dry picture that is calibrated on.

    Raises
    ------
    CalibrationError
        Where it is no picture.
    """
    try:
        return read_picture(file)
    except NoPicture as error:
        raise CalibrationError(f"{file}: {error}") from None


def make_calibration(
    station: str,
    picture: Picture,
    points: Sequence[tuple[float, float, float]],
    levels: Sequence[tuple[float, float, float, float]] = (),
    gauge_width_px: float | None = None,
    water_area: Sequence[Pixel] = (),
) -> Calibration:
    """A calibration of points (x, y, height in m) and level lines (x, y, x, y) of a picture; not checked yet."""
    return Calibration(
        station=station,
        width_px=picture.shape[1],
        height_px=picture.shape[0],
        points=tuple(Point((x, y), height_m) for x, y, height_m in points),
        gauge_width_px=gauge_width_px,
        levels=tuple(LevelLine((one, two), (three, four)) for one, two, three, four in levels),
        water_area=tuple(water_area),
    )


def write_calibration(calibration: Calibration, picture: Picture, file: Path) -> tuple[Said, ...]:
    """Check a calibration and write it, its dry picture beside it; what a user should know of it.

    Raises
    ------
    CalibrationError
        Where it cannot be used, or not be written.
    """
    done, encoded = cv2.imencode(".png", picture)  # without loss, and without what the camera wrote into its file
    if not done:
        raise CalibrationError("the dry picture cannot be encoded")
    raw = encoded.tobytes()
    name = file.with_suffix(".dry.png").name
    whole = msgspec.structs.replace(calibration, reference=Reference(name, hashlib.sha256(raw).hexdigest()))
    told = check(whole)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file.with_name(name), raw)
        write_whole(file, to_toml(whole).encode("utf-8"))
    except OSError as error:
        raise CalibrationError(f"{file}: cannot be written: {error}") from None
    return told


def drawn(calibration: Calibration, picture: Picture) -> Picture:
    """The picture with the calibration on it: a mark each decimetre, and where the gauge and the wall beside it are looked at."""
    picture = picture.copy()
    scale, strips = calibration.scale, Strips(calibration)
    top_m = float(scale.heights_m[-1])
    for step in range(int(top_m * 10) + 1):
        height_m = step / 10
        at = scale.pixels([height_m])[0]
        half = calibration.gauge_px * (1.5 if step % 5 == 0 else 0.8)
        columns = (at[0] - half, at[0] + half)
        ends = [(round(x), round(float(strips.line_y(height_m, x)))) for x in columns]
        cv2.line(picture, ends[0], ends[1], _GREEN, 1, cv2.LINE_AA)
        if step % 5 == 0:
            cv2.putText(picture, f"{height_m:g}", (ends[1][0] + 4, ends[1][1] + 4), cv2.FONT_HERSHEY_SIMPLEX, 0.4, _GREEN, 1, cv2.LINE_AA)
    for point in calibration.points:
        cv2.drawMarker(picture, (round(point.pixel[0]), round(point.pixel[1])), _YELLOW, cv2.MARKER_CROSS, 11, 1, cv2.LINE_AA)
    return picture
