"""A cable passes on what goes to and fro until it is cut, and again when it is mended."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from streams.bench.cable import Cable


class Says(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the name that the library calls
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"wet")

    def log_message(self, *_: object) -> None:
        pass


def test_nothing_arrives_through_a_cut_cable() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Says) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with Cable(f"http://127.0.0.1:{server.server_address[1]}/").laid() as cable:
            assert "wet" == httpx.get(cable.address).text
            with cable.cut(), pytest.raises(httpx.ReadTimeout):
                httpx.get(cable.address, timeout=0.3)
            assert "wet" == httpx.get(cable.address).text
        server.shutdown()
        thread.join()
