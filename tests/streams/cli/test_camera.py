"""`lowpoint camera` from rendered frames to readings, as a user would try it."""

from __future__ import annotations

import json
import logging
import os
import shlex
import signal
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from streams.cli.camera import camera
from tests.streams.camera.conftest import the_site
from tests.streams.camera.server import say, serving


@pytest.fixture(autouse=True)
def left_as_found() -> Iterator[None]:
    """Commands set signals and logging for their process, which here is the tests'."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    http_level = logging.getLogger("httpx").level
    yield
    logging.getLogger("httpx").setLevel(http_level)
    for number, handler in before.items():
        signal.signal(number, handler)
    root.handlers[:], root.level = handlers, level


def run(*arguments: object) -> Result:
    return CliRunner().invoke(camera, [str(argument) for argument in arguments])


def test_scenes_are_calibrated_and_read_by_the_very_lines_that_are_told(tmp_path: Path) -> None:
    told = run("scenes", "--out", tmp_path, "--looks", 4, "--condition", "day", "--seed", 3)
    assert 0 == told.exit_code, told.output
    commands = told.output.replace("\\\n", "").splitlines()[-2:]
    for command in commands:
        result = run(*shlex.split(command)[2:])
        assert 0 == result.exit_code, result.output
    truth = {line["time"][:16]: line["depth_m"] for line in map(json.loads, (tmp_path / "truth.ndjson").read_text().splitlines())}
    read = [json.loads(line) for line in (tmp_path / "readings.ndjson").read_text().splitlines()]
    assert len(read) >= 2
    for line in read:
        assert line["value"] == pytest.approx(truth[line["time"][:16]], abs=0.06)
    kept = {file.stem for file in (tmp_path / "kept").iterdir()}
    assert kept == {line["image"] for line in read if "image" in line}


def test_a_live_camera_is_read_into_the_gateway_until_told_to_stop(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Snapshots from one server, observations and pictures to another, SIGTERM when one observation is there; no password is told."""
    caplog.set_level(logging.INFO)
    site, got = the_site(), dict[str, list[bytes]]()
    frames = [cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes() for frame in site.frames("day", 0.5, dirt=0.0)]
    taken = iter(frames * 100)

    def gateway(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        got.setdefault(handler.path, []).append(body)
        if handler.path == "/pictures":
            say(handler, 201, json.dumps({"picture": "ab" * 32}).encode())
        else:
            say(handler, 202, b'{"accepted": 1, "refused": []}')
            os.kill(os.getpid(), signal.SIGTERM)

    (tmp_path / "key").write_text("k" * 32)
    with serving(lambda handler, _: say(handler, 200, next(taken), "image/jpeg")) as camera_url, serving(gateway) as gateway_url:
        with_password = f"{camera_url.replace('://', '://admin:secret@')}/snapshot.jpg?token=secret"
        told = run(
            "read", "--calibration", site.write(tmp_path), "--frames", with_password, "--every", 1,
            "--post", gateway_url, "--api-key-file", tmp_path / "key", "--status", tmp_path / "status.json",
        )  # fmt: skip
    assert 0 == told.exit_code, told.output
    assert "secret" not in told.output + caplog.text + (tmp_path / "status.json").read_text()
    (first, *_) = json.loads(got["/observations"][0])
    assert ("LP01-camera", "camera_depth", "ab" * 32) == (first["station"], first["kind"], first["image"])
    assert first["value"] == pytest.approx(0.5, abs=0.05)
    assert got["/pictures"][0].startswith(b"\xff\xd8\xff")
    status = json.loads((tmp_path / "status.json").read_text())
    assert 1 <= status["sending"]["sent"]
    assert 0 == status["sending"]["dropped"]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--point", "1,2,0.1", "--point", "1,100,0.5"], "at least 3"),
        (["--point", "1,2"], "2 numbers instead of 3"),
        (["--point", "a,b,c"], "not numbers"),
        (["--point", "1,2,0.1", "--area", "1,2,3"], "pairs"),
    ],
)
def test_a_wrong_click_is_told(tmp_path: Path, options: list[str], word: str) -> None:
    cv2.imwrite(str(tmp_path / "dry.png"), np.zeros((432, 768, 3), np.uint8))
    told = run("calibrate", "--picture", tmp_path / "dry.png", "--station", "LP01-camera", "--out", tmp_path / "c.toml", *options)
    assert 0 != told.exit_code
    assert word in told.output
    assert not (tmp_path / "c.toml").exists()


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ([], "say where"),
        (["--post", "http://127.0.0.1:1"], "--api-key-file"),
        (["--out", "{folder}/o", "--frames", "ftp://127.0.0.1/a"], "live camera"),
    ],
)
def test_a_reading_that_leads_nowhere_is_told(tmp_path: Path, options: list[str], word: str) -> None:
    (tmp_path / "c.toml").write_text("")
    options = [option.format(folder=tmp_path) for option in options]
    told = run("read", "--calibration", tmp_path / "c.toml", "--frames", tmp_path, *options)
    assert 0 != told.exit_code
    assert word in told.output or "station" in told.output
