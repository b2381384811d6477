"""`lowpoint camera read`: frames in, observations of kind `camera_depth` out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.cli.replay import FILE

if TYPE_CHECKING:
    import threading
    from datetime import tzinfo

    from streams.camera.sender import Sender
    from streams.camera.shots import Shot
    from streams.camera.waterline import Waterline

OUT_FILE = click.Path(path_type=Path, dir_okay=False)
LEVELS_M = (0.15, 0.27, 0.40, 0.60)
_LAST_SEND_S = 20.0


@click.command()
@click.option("--calibration", "calibration_file", type=FILE, required=True, help="file of `lowpoint camera calibrate`")
@click.option("--frames", required=True, multiple=True, help="folder, pattern, video, http(s):// address of a snapshot, or rtsp:// stream")
@click.option(
    "--every", "every_s", type=click.FloatRange(0, 86_400), default=None, help="seconds between looks  [default: 60 live, else 0]"
)
@click.option("--names-zone", default="UTC", show_default=True, help="time zone of times in file names that say none")
@click.option("--out", type=OUT_FILE, default=None, help="NDJSON file to add the observations to")
@click.option("--post", "gateway", default=None, metavar="URL", help="gateway to send them to")
@click.option("--api-key-file", type=FILE, default=None, help="file with the owner's key for --post")
@click.option("--login-file", type=FILE, default=None, help="file with NAME:PASSWORD of the camera")
@click.option("--pictures", type=click.Path(path_type=Path, file_okay=False), default=None, help="folder to keep pictures in")
@click.option("--picture-every", "picture_every_min", type=click.FloatRange(1), default=10.0, show_default=True, help="minutes")
@click.option("--level", "levels_m", type=click.FloatRange(0, 20), multiple=True, help="depth of a level, m  [default: 0.15 0.27 0.4 0.6]")
@click.option("--status", "status_file", type=OUT_FILE, default=None, help="JSON file to tell how it goes")
@click.option("--log-level", default="INFO", show_default=True, type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]))
def read(
    calibration_file: Path,
    frames: tuple[str, ...],
    every_s: float | None,
    names_zone: str,
    out: Path | None,
    gateway: str | None,
    api_key_file: Path | None,
    login_file: Path | None,
    pictures: Path | None,
    picture_every_min: float,
    levels_m: tuple[float, ...],
    status_file: Path | None,
    log_level: str,
) -> None:
    """Read how deep the water stands, look by look. What cannot be seen is told on standard error, and written nowhere as dry."""
    from streams.camera.calibration import CalibrationError
    from streams.camera.keep import Changes, Shelf
    from streams.camera.learned import LearnedError
    from streams.camera.run import Camera
    from streams.camera.shots import looks
    from streams.camera.stored_frames import FramesError
    from streams.cli.service import start_logging, stop_on_signals

    if gateway and not api_key_file:
        raise click.UsageError("--post needs --api-key-file")
    if not (out or gateway):
        raise click.UsageError("say where the readings go: --out FILE, --post URL, or both")
    start_logging(log_level)
    logging.getLogger("httpx").setLevel("WARNING")  # it tells every address, and a camera's may hold a password
    stop = stop_on_signals()
    live = any(_is_live(source) for source in frames)
    pause_s = every_s if every_s is not None else (60.0 if live else 0.0)
    try:
        station, waterline = _waterline(calibration_file)
        shots = _shots(frames, pause_s, names_zone, login_file, stop)
        with ExitStack() as stack:
            stream = stack.enter_context(out.open("ab")) if out else None
            sender = _sender(gateway, api_key_file) if gateway and api_key_file else None
            changes = Changes(levels_m or LEVELS_M, round(picture_every_min * 60e6))
            camera = Camera(station, waterline, changes, stream, sender, Shelf(pictures) if pictures else None, status_file)
            camera.run(looks(_until(shots, stop), round(pause_s * 1e6)))
            if sender:
                _told_end(sender)
                camera.tell()
    except (CalibrationError, FramesError, LearnedError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"cannot be read or written: {error}") from error
    _summary(camera)


def _summary(camera: object) -> None:
    from streams.camera.run import Camera

    assert isinstance(camera, Camera)
    status = camera.status
    blind = ", ".join(f"{why} {number}" for why, number in status.cannot_see.most_common()) or "none"
    click.echo(f"{status.looks} looks, {status.readings} readings; cannot see: {blind}; frames missing: {status.troubles}", err=True)


def _waterline(file: Path) -> tuple[str, Waterline]:
    from streams.camera.calibration import load_calibration, load_reference
    from streams.camera.learned import Learned
    from streams.camera.waterline import Waterline

    calibration = load_calibration(file)
    learned = Learned(calibration.learned, file.parent) if calibration.learned else None
    return calibration.station, Waterline(calibration, load_reference(calibration, file.parent), learned.mask if learned else None)


def _is_live(source: str) -> bool:
    return "://" in source


def _shots(sources: tuple[str, ...], every_s: float, zone_name: str, login_file: Path | None, stop: threading.Event) -> Iterator[Shot]:
    if any(_is_live(source) for source in sources):
        if len(sources) > 1:
            raise click.UsageError("one live camera at a time: start one command for each")
        return _live_shots(sources[0], every_s, login_file, stop)
    return _stored_shots(sources, _zone(zone_name))


def _live_shots(source: str, every_s: float, login_file: Path | None, stop: threading.Event) -> Iterator[Shot]:
    import random

    from streams import clock
    from streams.camera.live_frames import Snapshots, open_rtsp, snapshot_shots, stream_shots

    scheme = source.partition("://")[0].lower()
    if scheme in ("http", "https"):
        camera = Snapshots(source, _login(login_file), clock.monotonic_s)
        return snapshot_shots(camera, every_s, clock.now_us, stop, random.random)
    if scheme in ("rtsp", "rtsps"):
        if login_file:
            raise click.UsageError("--login-file is for http(s):// snapshots; give the login of a stream in its address")
        return stream_shots(source, every_s, clock.now_us, stop, random.random, open_rtsp)
    raise click.BadParameter(f"{scheme}:// is none of http://, https://, rtsp://, rtsps://", param_hint="--frames")


def _login(file: Path | None) -> tuple[str, str] | None:
    if file is None:
        return None
    name, colon, password = file.read_text("utf-8").strip().partition(":")
    if not colon:
        raise click.BadParameter(f"{file} must hold NAME:PASSWORD", param_hint="--login-file")
    return name, password


def _stored_shots(sources: tuple[str, ...], zone: tzinfo) -> Iterator[Shot]:
    from streams.camera.stored_frames import VIDEOS, find_files, picture_shots, video_shots

    files = [file for source in sources for file in find_files(source)]
    videos = [file for file in files if file.suffix.lower() in VIDEOS]
    for video in videos:
        yield from video_shots(video, zone)
    yield from picture_shots([file for file in files if file not in videos], zone)


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise click.BadParameter(f"{name!r} is no time zone such as Asia/Shanghai", param_hint="--names-zone") from None


def _until(shots: Iterator[Shot], stop: threading.Event) -> Iterator[Shot]:
    for shot in shots:
        if stop.is_set():
            return
        yield shot


def _sender(gateway: str, key_file: Path) -> Sender:
    from streams.camera.post import Gateway
    from streams.camera.sender import Sender

    if gateway.partition("://")[0].lower() not in ("http", "https"):
        raise click.BadParameter(f"{gateway!r} is no http(s):// address", param_hint="--post")
    key = key_file.read_text("utf-8").strip()
    if not key or not key.isascii() or any(character.isspace() for character in key):
        raise click.BadParameter(f"{key_file} must hold one key and nothing else", param_hint="--api-key-file")
    return Sender(Gateway(gateway, key))


def _told_end(sender: Sender) -> None:
    counts = sender.close(_LAST_SEND_S)
    line = f"sent {counts.sent}, refused {counts.refused}, dropped {counts.dropped}, not sent {counts.waiting}"
    click.echo(f"{line}; pictures not taken: {counts.pictures_lost}", err=True)
    if counts.waiting:
        click.echo(f"the gateway was away: {sender.trouble}; read the same frames again later, which does no harm", err=True)
