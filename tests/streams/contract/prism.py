"""Prism, run as a proxy that holds each request and each answer against an OpenAPI description.

With `--errors` it answers in place of the server whenever something is wrong:

- a request that is not as described never reaches the server: the client gets 422, 401 (no login), 404 (no such path) or 405;
- an answer of 2xx that is not as described becomes a 500 with the header `sl-violations`;
- an answer with a status that the description lacks (Twilio's has no 4xx or 5xx) passes; the header tells it as a warning;
- a server that hangs up becomes a 500: a client behind Prism sees no broken connection.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from urllib.parse import urlsplit

from streams import clock
from streams.broker import leash
from tests.streams.contract.node import node_packages

WITNESS = Path(__file__).with_name("witness.cjs")
HERE = ("127.0.0.1", "::1", "localhost")
TIMEOUT_S = 60.0
_OWN_PROBLEM = "https://stoplight.io/prism/errors#"
_LISTENS = re.compile(r"Prism is listening on (http://127\.0\.0\.1:\d+)")


@dataclass(frozen=True)
class Violation:
    """What was not as described.

    Attributes
    ----------
    request
        Method and path of the request.
    status
        What the client was answered.
    where
        Part of the request or the answer, `response.body.sid` say; `request` where Prism does not tell the part.
    message
        What is wrong with it.
    """

    request: str
    status: int
    where: str
    message: str


class Prism:
    """Stands between a client and a server on this machine, for as long as the `with` lasts.

    Parameters
    ----------
    spec
        File of the OpenAPI description. The servers that it names are never spoken to.
    upstream
        Address of the server behind, on this machine.
    """

    def __init__(self, spec: Path, upstream: str):
        if urlsplit(upstream).hostname not in HERE:
            raise ValueError(f"upstream {upstream} is not on this machine: a test speaks to no other")
        self._spec = spec
        self._upstream = upstream
        self._seen: list[dict[str, Any]] | None = None  # all of it, once the end has come
        self.url = ""

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="prism")
        try:
            self._process = self._launch(Path(self._folder.name))
            try:
                self.url = self._wait_until_listening()
            except BaseException:
                self._kill()
                raise
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._kill()
        self._seen = self._witnessed()
        self._folder.cleanup()

    @property
    def pid(self) -> int:
        """Process, and the group that all of its children are in."""
        return self._process.pid

    @property
    def violations(self) -> list[Violation]:
        """All so far, in order: whoever has an answer finds here what was wrong with it."""
        return [violation for severity, violation in self._told() if severity == "Error"]

    @property
    def warnings(self) -> list[Violation]:
        """What passed although it was not as described: a status that the description lacks."""
        return [violation for severity, violation in self._told() if severity != "Error"]

    @property
    def answered(self) -> list[tuple[str, int]]:
        """Each request, by method and path, with the status of its answer."""
        return [(_request(line), line["status"]) for line in self._witnessed() if "status" in line]

    @property
    def refused(self) -> list[str]:
        """Hosts beyond this machine that Prism was kept from speaking to."""
        return [line["refused"] for line in self._witnessed() if "refused" in line]

    def _launch(self, folder: Path) -> subprocess.Popen[bytes]:
        self._witness, self._log = folder / "witness.ndjson", folder / "prism.log"
        self._witness.touch()
        node, modules = node_packages()
        prism = modules / "@stoplight" / "prism-cli" / "dist" / "index.js"
        proxy = ["proxy", "--errors", "--port", "0", "--host", "127.0.0.1", "--cors", "false", "--multiprocess", "false"]
        command = [str(node), "--require", str(WITNESS), str(prism), *proxy, str(self._spec), self._upstream]
        leashed = [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *command]
        with self._log.open("ab") as log:
            # nothing of our environment: a proxy or a NODE_OPTIONS in it would lead astray
            env = {"LOWPOINT_WITNESS": str(self._witness), "HOME": str(folder), "PATH": "/usr/bin:/bin"}
            return subprocess.Popen(leashed, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, env=env, start_new_session=True)

    def _wait_until_listening(self) -> str:
        deadline_s = clock.monotonic_s() + TIMEOUT_S
        while not (found := _LISTENS.search(self._log.read_text("utf-8", "replace"))):
            if self._process.poll() is not None or clock.monotonic_s() > deadline_s:
                end = self._log.read_text("utf-8", "replace")[-1000:]
                raise RuntimeError(f"Prism does not listen (code {self._process.returncode}):\n{end}")
            clock.sleep_s(0.02)
        return found[1]

    def _kill(self) -> None:
        # it keeps nothing that an orderly end would save, and a session of its own has its children too
        with contextlib.suppress(ProcessLookupError):  # it ended by itself
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _witnessed(self) -> list[dict[str, Any]]:
        if self._seen is not None:
            return self._seen
        # a line without its end is being written
        return [json.loads(line) for line in self._witness.read_text("utf-8").splitlines(keepends=True) if line.endswith("\n")]

    def _told(self) -> Iterator[tuple[str, Violation]]:
        for line in self._witnessed():
            for severity, where, message in _wrong(line):
                yield severity, Violation(_request(line), line["status"], where, message)


def _request(line: Mapping[str, Any]) -> str:
    return f"{line['method']} {line['path']}"


def _wrong(line: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Severity, place and message of each thing wrong with one request or its answer."""
    if line.get("violations"):
        yield from _of_header(line["violations"])
        return
    problem = json.loads(line.get("problem") or "{}")
    if not str(problem.get("type")).startswith(_OWN_PROBLEM):  # a server behind that hung up, or a problem that it told itself
        return
    for one in problem.get("validation") or [{"message": problem["title"]}]:
        yield "Error", ".".join(["request", *map(str, one.get("location", []))]), one["message"]


def _of_header(header: str) -> Iterator[tuple[str, str, str]]:
    if not header.startswith("["):  # Prism cuts it off where it gets too long
        yield "Error", "response", header
        return
    for one in json.loads(header):
        yield one["severity"], ".".join(map(str, one["location"])), one["message"]
