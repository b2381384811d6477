"""Reads a body that is small, soon."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from streams.receipts.signature import Params

LARGEST_BODY_BYTES = 64 * 1024
MOST_FIELDS = 500
READ_S = 10.0


async def read_body(request: Request) -> bytes:
    """The body of a request.

    Raises
    ------
    HTTPException
        413 where it is larger than 64 KiB, told or not; 408 where it does not come; 400 where the caller has gone.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > LARGEST_BODY_BYTES:
        raise HTTPException(413, "64 KiB at most")
    body = bytearray()
    try:
        async with asyncio.timeout(READ_S):
            async for part in request.stream():
                body += part
                if len(body) > LARGEST_BODY_BYTES:
                    raise HTTPException(413, "64 KiB at most")
    except TimeoutError:
        raise HTTPException(408, "the body did not come") from None
    except ClientDisconnect:
        raise HTTPException(400, "the body did not come whole") from None
    return bytes(body)


def form_of(body: bytes) -> Params:
    """The fields of a form; empty ones count, for they are signed too.

    Raises
    ------
    HTTPException
        400 where there are more than anybody sends.
    """
    try:
        return Params(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise HTTPException(400, f"{MOST_FIELDS} fields at most") from None
