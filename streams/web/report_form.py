"""Reads the form of a report as it comes: fields into memory, the picture piece by piece into a file, and no more than there may be."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar
from urllib.parse import parse_qs

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from streams import clock
from streams.reports.uploads import LARGEST_BYTES

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

log = logging.getLogger(__name__)

PICTURE = "picture"
MOST_FIELDS, LONGEST_FIELD_BYTES, LARGEST_FIELDS_BYTES = 24, 4_096, 16_384
LARGEST_HEAD_BYTES, MOST_HEADS = 1_024, 8
LARGEST_BODY_BYTES = 64 * 1024**2
"""A photo over what may be is passed over, for the sake of the words that come behind it; no telephone's is larger than this."""
IDLE_S = 45.0
"""A line that brings nothing for so long has gone."""
WHOLE_S = 1_800.0
"""A large picture by a line of 8 kB/s."""
QUICK_S = 20.0
"""A form without a picture is small; it is through by then on any line."""
RATE_AFTER_S, LEAST_BYTES_S = 30.0, 1_024
"""After so long a body must have come so fast on average."""
PIECE_BYTES = 256 * 1024

_DISK = ThreadPoolExecutor(4, thread_name_prefix="uploads")
T = TypeVar("T")


class FormRefused(Exception):
    """A form that cannot be read, by the status that tells it: 400, 408 or 413."""

    def __init__(self, status: int):
        super().__init__(str(status))
        self.status = status


@dataclass
class Form:
    """What came: fields by name, of each the first, and the picture's file; None where there was no picture, or an empty one.

    `lost` says why a picture that came was not kept.
    """

    fields: dict[str, str] = field(default_factory=dict)
    picture: Path | None = None
    lost: str = ""


async def on_disk(work: Callable[[], T]) -> T:
    """Read or write a file beside the event loop, in threads that wait for the disk alone."""
    return await asyncio.get_running_loop().run_in_executor(_DISK, work)


def _ignored(_: int) -> None:
    return None


async def read_form(request: Request, new_file: Callable[[], Path] | None, passed: Callable[[int], object] = _ignored) -> Form:
    """Read a form of a page (multipart) or of its script (without a picture, which came before).

    Parameters
    ----------
    new_file
        Names the file for a picture. Whoever gets the form does away with it; of a form that is refused nothing is left. None where there
        is no room for pictures: one that comes is passed over.
    passed
        Told, once for a form of a page, how many bytes have come beside the picture that is kept; those of a form that is refused too.

    Raises
    ------
    FormRefused
        Where it is no form, or too large, or does not come.
    """
    kind, options = parse_options_header(request.headers.get("content-type", "")[:512])
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > LARGEST_BODY_BYTES:
        raise FormRefused(413)
    if kind == b"application/x-www-form-urlencoded":
        return Form(await _plain(request))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise FormRefused(400)
    return await _multipart(request, options[b"boundary"], new_file, passed)


def _never() -> bool:
    return False


async def pieces(request: Request, is_small: Callable[[], bool] = _never) -> AsyncIterator[bytes]:
    """The body of a request as it comes.

    Parameters
    ----------
    is_small
        Whether it is, by what has come, a form without a picture.

    Raises
    ------
    FormRefused
        Where it does not come on, or too slowly.
    """
    stream, begun_s, size = request.stream(), clock.monotonic_s(), 0
    try:
        while True:
            spent_s = clock.monotonic_s() - begun_s
            most_s = QUICK_S if is_small() else min(WHOLE_S, max(RATE_AFTER_S, size / LEAST_BYTES_S))
            async with asyncio.timeout(max(0.0, min(IDLE_S, most_s - spent_s))):
                piece = await anext(stream, None)
            if piece is None:
                return
            size += len(piece)
            yield piece
    except TimeoutError:
        raise FormRefused(408) from None
    except ClientDisconnect:
        raise FormRefused(400) from None


async def _plain(request: Request) -> dict[str, str]:
    body = bytearray()
    async for piece in pieces(request, lambda: True):
        body += piece
        if len(body) > LARGEST_FIELDS_BYTES:
            raise FormRefused(413)
    try:
        found = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise FormRefused(400) from None
    return {name: values[0] for name, values in found.items()}


async def _multipart(request: Request, boundary: bytes, new_file: Callable[[], Path] | None, passed: Callable[[int], object]) -> Form:
    parts, size = _Parts(new_file), 0
    try:
        limits = {"max_header_count": MOST_HEADS, "max_header_size": LARGEST_HEAD_BYTES}
        parser = MultipartParser(boundary, parts.callbacks, LARGEST_BODY_BYTES, **limits)
        async for piece in pieces(request, lambda: not parts.has_picture):
            size += len(piece)
            if size > LARGEST_BODY_BYTES:
                raise FormRefused(413)
            parser.write(piece)
            if parts.waiting > PIECE_BYTES:
                await on_disk(parts.flush)
        parser.finalize()
        await on_disk(parts.flush)
        return parts.form()
    except (FormParserError, UnicodeDecodeError, KeyError):
        raise FormRefused(400) from None
    finally:
        parts.close()
        passed(size - parts.kept_bytes)


class _Parts:
    """What the parser tells; it has no say in what is kept."""

    def __init__(self, new_file: Callable[[], Path] | None):
        self._new_file = new_file
        self._fields: dict[str, bytearray] = {}
        self._head, self._value, self._disposition = b"", b"", b""
        self._into: bytearray | None = None
        self._is_picture = self._ended = self._handed_on = False
        self._buffer = bytearray()
        self._opened: BinaryIO | None = None
        self._lost = ""
        self._file: Path | None = None
        self._written = self._fields_bytes = self._count = 0
        self.callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_part_data": self._data,
            "on_header_field": self._head_name,
            "on_header_value": self._head_value,
            "on_header_end": self._head_end,
            "on_headers_finished": self._heads_end,
            "on_end": self._end,
        }

    @property
    def has_picture(self) -> bool:
        """Whether bytes of a picture have come."""
        return bool(self._written or self._buffer)

    @property
    def waiting(self) -> int:
        """Bytes of the picture that are not in its file yet."""
        return len(self._buffer)

    @property
    def kept_bytes(self) -> int:
        """Bytes of the picture whose file was handed on."""
        return self._written if self._handed_on and self._file is not None else 0

    def flush(self) -> None:
        """Write them; where the disk is full, the picture is lost and the words are not."""
        if not self._buffer:
            return
        self._written += len(self._buffer)
        if self._new_file is not None and not self._lost:
            try:
                if self._opened is None:
                    self._file = self._new_file()
                    self._opened = self._file.open("xb")
                self._opened.write(self._buffer)
                self._opened.flush()
            except OSError as error:
                log.warning("a picture of a form has no room (%s)", type(error).__name__)
                self._lose("no_room")
        self._buffer.clear()

    def form(self) -> Form:
        """All of it, when all has come."""
        if not self._ended:
            raise FormRefused(400)
        fields = {name: bytes(value).decode("utf-8") for name, value in self._fields.items()}
        self._handed_on = True
        return Form(fields, self._file, self._lost or ("no_room" if self._written and self._file is None else ""))

    def close(self) -> None:
        """Close the picture's file, and delete it unless the form was handed on."""
        if not self._handed_on:
            self._forget()
        elif self._opened is not None:
            self._opened.close()

    def _lose(self, why: str) -> None:
        """Pass the picture over, and go on with the fields behind it."""
        self._lost = why
        self._forget()

    def _forget(self) -> None:
        """Delete the picture's file."""
        if self._opened is not None:
            with contextlib.suppress(OSError):  # what it could not write before it cannot write now
                self._opened.close()
        if self._file is not None:
            self._file.unlink(missing_ok=True)
        self._opened = self._file = None

    def _begin(self) -> None:
        self._count += 1
        if self._count > MOST_FIELDS:
            raise FormRefused(413)
        self._disposition, self._into, self._is_picture = b"", None, False

    def _head_name(self, data: bytes, start: int, end: int) -> None:
        self._head += data[start:end]

    def _head_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _head_end(self) -> None:
        if self._head.lower() == b"content-disposition":
            self._disposition = self._value
        self._head, self._value = b"", b""

    def _heads_end(self) -> None:
        kind, options = parse_options_header(self._disposition)
        name = options[b"name"].decode("utf-8")
        if kind != b"form-data":
            raise FormRefused(400)
        if b"filename" in options:
            # what a file is called, and of what kind it says to be, is nobody's business; a second one is passed over
            self._is_picture = name == PICTURE and not self._written and not self._buffer
        else:
            self._into = self._fields.setdefault(name, bytearray()) if name not in self._fields else bytearray()

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_picture:
            if not self._lost and self._written + len(self._buffer) + end - start > LARGEST_BYTES:
                self._lose("too_large")
            self._buffer += data[start:end]
        elif self._into is not None:
            self._fields_bytes += end - start
            if len(self._into) + end - start > LONGEST_FIELD_BYTES or self._fields_bytes > LARGEST_FIELDS_BYTES:
                raise FormRefused(413)
            self._into += data[start:end]

    def _end(self) -> None:
        self._ended = True
