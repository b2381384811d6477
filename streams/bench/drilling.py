"""A drill on this machine for trials of its screens: the demo storm from the moment when it gets bad, with people at the desk."""

from __future__ import annotations

import gzip
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

from streams import clock
from streams.demo.accounts import accounts_file, code_now, read_accounts
from streams.demo.city import FOLDER
from streams.demo.material import prepare
from streams.replay.child import end, launch
from streams.replay.workers import worker_environment
from streams.settings import Settings

FROM, UNTIL = "2026-07-20T07:50:00", "2026-07-20T09:30:00"
"""An hour and a half of the demo storm: the first reds stand ten minutes in."""
SPEED = 4.0
PATIENCE_S = 300.0


@dataclass(frozen=True)
class Drilling:
    """A drill that is up: its page, the file of its accounts, and the process that everything descends from."""

    address: str
    accounts: Path
    pid: int


class _Timed(msgspec.Struct):
    time: str
    received_at: str = ""


@contextmanager
def drilling(folder: Path, speed: float = SPEED, port: int = 0) -> Iterator[Drilling]:
    """Run `lowpoint drill` in a home of its own for as long as the block lasts.

    Raises
    ------
    TimeoutError
        Where it does not come up; the message holds what it printed last.
    """
    settings = Settings()
    material = prepare(FOLDER, settings.home)
    storm, home = folder / "storm.ndjson.gz", folder / "home"
    _cut(material.observations, storm)
    told = ["drill", "--input", str(storm), "--residents", str(material.residents), "--out", str(folder / "out"), "--provider", "fake"]
    told += ["--speed", str(speed), "--port", str(port)]
    # Kafka and scripts are those of this installation: nothing is fetched
    home.mkdir(parents=True)
    for name in ("kafka", "console"):
        if (settings.home / name).exists():
            (home / name).symlink_to(settings.home / name)
    process = launch(told, folder, "drill", {**worker_environment(settings.inherited), "LOWPOINT_HOME": str(home)})
    try:
        yield Drilling(_address(process, folder / "drill.log"), accounts_file(home, "drill"), process.pid)
    finally:
        end(process)


def token_of(drill: Drilling, name: str) -> str:
    """Sign somebody in over the API, as soon as it is there: the public page comes first.

    A code is good once: who signed in with this one a moment ago is refused, and comes in with the next.
    """
    deadline_s = clock.monotonic_s() + PATIENCE_S
    tried = set[str]()
    while True:
        code, _ = code_now(drill.accounts, name, clock.now_us())
        if code not in tried:
            told = {"name": name, "password": read_accounts(drill.accounts)[name].password, "code": code}
            answer = httpx.post(f"{drill.address}api/sign-in", json=told, timeout=30)
            tried |= {code} if answer.status_code == httpx.codes.UNAUTHORIZED else set()
            if answer.status_code not in (503, 401) or len(tried) > 1 or clock.monotonic_s() > deadline_s:
                break
        clock.sleep_s(0.5)
    answer.raise_for_status()
    return str(answer.json()["token"])


def wait_for_red(drill: Drilling, token: str) -> None:
    """Wait until a red draft waits for a signature.

    Raises
    ------
    TimeoutError
        Where none comes.
    """
    deadline_s = clock.monotonic_s() + PATIENCE_S
    with httpx.Client(base_url=drill.address, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        while clock.monotonic_s() < deadline_s:
            orders = client.get("api/orders").json()["orders"]
            if any(order["level"] == 4 and order["state"] == "draft" for order in orders):
                return
            clock.sleep_s(1.0)
    raise TimeoutError("the storm brought no red draft")


def _cut(observations: Path, out: Path) -> None:
    """The part of the storm that is played."""
    decoder = msgspec.json.Decoder(_Timed)
    with gzip.open(observations, "rb") as whole, gzip.open(out, "wb", 1) as part:
        for line in whole:
            timed = decoder.decode(line)
            if FROM <= (timed.received_at or timed.time)[: len(FROM)] < UNTIL:
                part.write(line)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline_s = clock.monotonic_s() + PATIENCE_S
    while clock.monotonic_s() < deadline_s and process.poll() is None:
        printed = log.read_text("utf-8", "replace")
        found = [line for line in printed.splitlines() if line.startswith("Command centre: ")]
        if found:
            return found[0].removeprefix("Command centre: ").removesuffix("console/").strip()
        clock.sleep_s(0.2)
    raise TimeoutError(f"the drill did not come up:\n{log.read_text('utf-8', 'replace')[-1500:]}")
