"""A connection is kept while it can be, and no answer is taken for another's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from streams.fake_twilio.wire import Wire

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def answers_to(replies: Sequence[bytes], *, closing: bool = False, patience_s: float = 5.0) -> tuple[list[object], int]:
    """What a wire makes of a server's replies, one a post, and how many connections it took."""
    waiting, connections = list(replies), 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while waiting and await reader.read(65_536):
            writer.write(waiting.pop(0))
            if closing:
                break
        writer.close()

    made: list[object] = []
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        wire = Wire("127.0.0.1", server.sockets[0].getsockname()[1])
        for _ in replies:
            try:
                async with asyncio.timeout(patience_s):
                    made.append(await wire.post(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"))
            except OSError as error:
                made.append(type(error).__name__)
        wire.close()
    return made, connections


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (OK, (200, b"ok")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"")),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n", (200, b"abcd")),
    ],
)
def test_answers_of_every_kind_are_read_over_one_connection(reply: bytes, expected: object) -> None:
    assert ([expected, expected], 1) == asyncio.run(answers_to([reply, reply]))


@pytest.mark.parametrize("reply", [b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", b"HTTP/1.0 200 OK\r\n\r\nok"])
def test_a_connection_that_ends_with_its_answer_is_opened_anew(reply: bytes) -> None:
    assert ([(200, b"ok"), (200, b"ok")], 2) == asyncio.run(answers_to([reply, reply], closing=True))


@pytest.mark.parametrize(
    "reply", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", b"nonsense\r\n\r\n"]
)
def test_an_answer_that_is_none_fails_and_the_next_post_gets_its_own(reply: bytes) -> None:
    assert (["WireError", (200, b"ok")], 2) == asyncio.run(answers_to([reply, OK], closing=True))


def test_an_answer_that_comes_too_late_is_not_the_next_posts() -> None:
    late = b"HTTP/1.1 200 OK\r\n"  # and the rest never
    made, connections = asyncio.run(answers_to([late, OK], patience_s=0.2))
    assert (["TimeoutError", (200, b"ok")], 2) == (made, connections)
