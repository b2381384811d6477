"""A small server that webhooks come to; it checks each signature with Twilio's own validator."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

from streams import clock


class Post(NamedTuple):
    """One webhook."""

    path: str
    told: dict[str, str]
    signed: bool


class Server(ThreadingHTTPServer):
    """A server that lets many connections wait: the fake may open all of its own at once."""

    daemon_threads = True
    request_queue_size = 64


class Receiver:
    """`with Receiver(token) as receiver: receiver.url`; `known_as` is the public address that it believes to have."""

    def __init__(self, token: str, answer: int = 200):
        self.posts: list[Post] = []
        self.known_as = ""
        self.answer = answer
        validator = RequestValidator(token)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                told = dict(parse_qsl(raw.decode(), keep_blank_values=True))
                address = (receiver.known_as or receiver.url) + self.path
                signed = validator.validate(address, told, self.headers["X-Twilio-Signature"])
                receiver.posts.append(Post(self.path, told, signed))
                self.send_response(receiver.answer)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def of(self, sid: str) -> list[Post]:
        """The posts about one message or call, in the order they came."""
        return [post for post in self.posts if sid in (post.told.get("MessageSid"), post.told.get("CallSid"))]

    def statuses(self, sid: str) -> list[str]:
        """What was told of one message or call."""
        return [post.told.get("MessageStatus") or post.told["CallStatus"] for post in self.of(sid)]


def until(reached: Callable[[], bool], patience_s: float = 10.0) -> None:
    """Wait for something."""
    deadline_s = clock.monotonic_s() + patience_s
    while not reached():
        assert clock.monotonic_s() < deadline_s, "it did not come to that in time"
        clock.sleep_s(0.005)
