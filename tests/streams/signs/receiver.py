"""A sign at the roadside, written by hand: it believes what is signed and nothing else, and answers as the test says."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """Listens on a port of its own.

    Parameters
    ----------
    answer
        Called with what came; gives the status to answer with, and may take its time.
    location
        Where it sends on to, in a redirect.
    """

    def __init__(self, secret: bytes, answer: Callable[[dict[str, Any]], int] = lambda _: 204, location: str = ""):
        self.secret, self.answer = secret, answer
        self.heard: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self._changed = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.take(body, self.headers.get("X-Lowpoint-Signature", ""))
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    if location:
                        self.send_header("Location", location)
                    self.end_headers()
                except OSError:  # whoever asked did not wait
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/state"

    def take(self, body: bytes, signature: str) -> int:
        expected = "sha256=" + hmac.new(self.secret, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, signature):
            with self._changed:
                self.refused.append(signature)
                self._changed.notify_all()
            return 401
        said = json.loads(body)
        with self._changed:
            self.heard.append(said)
            self._changed.notify_all()
        return self.answer(said)

    @property
    def shows(self) -> list[tuple[str, Any]]:
        """State and level of what came, in the order in which it came."""
        with self._changed:
            return [(said["state"], said["level"]) for said in self.heard]

    def wait_for(self, count: int, patience_s: float = 15) -> list[dict[str, Any]]:
        """What came, as soon as it is so much."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.heard) + len(self.refused) >= count, patience_s), f"{len(self.heard)} came"
            return list(self.heard)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
