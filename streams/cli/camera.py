"""`lowpoint camera`: calibrate a camera at a staff gauge once, then read how deep the water stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.cli.camera_read import read

if TYPE_CHECKING:
    from streams.camera.calibration import Calibration

NEW_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def camera() -> None:
    """Cameras that look at a staff gauge: calibrate one, read its frames, render some to try it on."""


camera.add_command(read)


@camera.command()
@click.option(
    "--picture", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True, help="a dry picture by day: JPEG or PNG"
)
@click.option("--station", required=True, help="the camera's station in the city's folder")
@click.option("--out", type=NEW_FILE, required=True, help="calibration to write (TOML); the dry picture is written beside it")
@click.option("--point", "points", multiple=True, metavar="X,Y,HEIGHT_M", help="a known height on the gauge, m above the road; at least 3")
@click.option("--level", "levels", multiple=True, metavar="X,Y,X,Y", help="two places of equal height on the gauge's wall; best twice")
@click.option("--area", default=None, metavar="X,Y,X,Y,...", help="outline of the ground that goes under water")
@click.option("--gauge-width", "gauge_width_px", type=float, default=None, help="how wide the gauge is in the picture, pixels")
@click.option("--proof", type=NEW_FILE, default=None, help="PNG to write with the calibration drawn on the picture")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="port of the page to click on; 0 takes a free one"
)
def calibrate(
    picture: Path,
    station: str,
    out: Path,
    points: tuple[str, ...],
    levels: tuple[str, ...],
    area: str | None,
    gauge_width_px: float | None,
    proof: Path | None,
    port: int,
) -> None:
    """Say which pixels are which heights: by --point, or without it by clicking on a page that this machine alone can open."""
    from streams.camera.calibration import CalibrationError
    from streams.camera.make import load_dry, make_calibration, write_calibration

    corners = _numbers(area, "--area") if area else ()
    if len(corners) % 2:
        raise click.BadParameter("needs pairs of numbers", param_hint="--area")
    try:
        dry = load_dry(picture)
        if not points:
            from streams.camera.page import calibrate_in_browser

            told = calibrate_in_browser(dry, station, out, port, lambda url: click.echo(f"open {url} on this machine; Ctrl-C gives up"))
            if told is None:
                raise click.ClickException("nothing was saved")
        else:
            made = make_calibration(
                station,
                dry,
                [_of(_numbers(point, "--point"), 3, "--point") for point in points],  # type: ignore[misc]
                [_of(_numbers(level, "--level"), 4, "--level") for level in levels],  # type: ignore[misc]
                gauge_width_px,
                list(zip(corners[::2], corners[1::2], strict=True)),
            )
            told = write_calibration(made, dry, out)
        for line in told:
            click.echo(str(line))
        click.echo(f"written: {out}")
        if proof:
            _write_proof(out, proof)
    except CalibrationError as error:
        raise click.ClickException(str(error)) from error


def _write_proof(file: Path, proof: Path) -> None:
    import cv2

    from streams.camera.calibration import load_calibration, load_reference
    from streams.camera.make import drawn
    from streams.whole_file import write_whole

    calibration: Calibration = load_calibration(file)
    dry = load_reference(calibration, file.parent)
    assert dry is not None
    write_whole(proof, cv2.imencode(".png", drawn(calibration, dry))[1].tobytes())


def _numbers(text: str, option: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise click.BadParameter(f"{text!r} is not numbers with commas between them", param_hint=option) from None


def _of(numbers: tuple[float, ...], number: int, option: str) -> tuple[float, ...]:
    if len(numbers) != number:
        raise click.BadParameter(f"{len(numbers)} numbers instead of {number}", param_hint=option)
    return numbers


@camera.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="folder for dry.jpg, frames/ and truth.ndjson")
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True, help="of the made-up place and its weather")
@click.option("--looks", type=click.IntRange(1, 1000), default=12, show_default=True, help="looks of five frames, five minutes apart")
@click.option("--condition", "conditions", multiple=True, help="only this one; may be given more than once  [default: all in turn]")
def scenes(out: Path, seed: int, looks: int, conditions: tuple[str, ...]) -> None:
    """Render a SIMULATED flood before a made-up camera, with the true depths, to try the other commands on."""
    from streams.demo.scene_files import ALL, write_scenes

    unknown = sorted(set(conditions) - set(ALL))
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}: known are {', '.join(ALL)}", param_hint="--condition")
    try:
        options = write_scenes(out, seed, looks, conditions or ALL, click.echo)
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error}") from error
    click.echo("\nNow calibrate, and read:\n")
    click.echo(f"lowpoint camera calibrate --picture {out}/dry.jpg --station LP01-camera --out {out}/camera.toml \\")
    click.echo("  " + " \\\n  ".join(options))
    click.echo(
        f"lowpoint camera read --calibration {out}/camera.toml --frames {out}/frames --out {out}/readings.ndjson --pictures {out}/kept"
    )
