"""The measure of readers counts every answer, and tells one that was none."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from streams.bench.readers import ReadersReport, measure
from streams.bench.readers_child import Found, read_all
from streams.demo.city import FOLDER


def test_many_readers_of_a_real_page_are_all_answered(tmp_path: Path) -> None:
    report = measure(tmp_path, FOLDER, readers=40, seconds=1.0, every_s=0.5)
    assert 0 == report.errors
    assert len(report.found.answer_ms) >= 40
    assert 0 < report.found.bytes_each < 15_000
    assert "errors 0" in report.lines()[1]


@pytest.mark.parametrize("answer", [b"HTTP/1.1 503 x\r\nContent-Length: 2\r\n\r\nno", b"nonsense"])
def test_an_answer_that_is_none_is_an_error(answer: bytes) -> None:
    async def serve_and_read() -> Found:
        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            writer.close()

        server = await asyncio.start_server(refuse, "127.0.0.1", 0)
        async with server:
            return await read_all(server.sockets[0].getsockname()[1], "/", 3, 0.2, 0.0)

    found = asyncio.run(serve_and_read())
    assert found.errors >= 3
    assert ReadersReport(3, 0.0, found).lines()
