"""What is answered when something is wrong: one line that says what, and what to do."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from streams.desk.bodies import TOO_LARGE
from streams.officers.vault import VaultError
from streams.store.patience import comes_back

log = logging.getLogger(__name__)

RETRY_AFTER_S = 5
MOST_FAULTS, LONGEST = 5, 1000

_WORDS = {
    400: "the body cannot be read: send JSON in UTF-8",
    404: "there is nothing at this address: /openapi.json lists what there is",
    405: "this address does not take this method: /openapi.json lists those it takes",
    413: TOO_LARGE,
}
_TITLES = {
    400: "The body cannot be read",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not there",
    409: "In conflict with what was asked before",
    413: "The body is too large",
    422: "The request is wrong",
    429: "Too many tries: wait",
    503: "Away: try again",
}


class Problem(BaseModel):
    """What is wrong, and what to do."""

    detail: str


def problem(status: int, detail: str, retry_after_s: int | None = None) -> HTTPException:
    """Something wrong, to be raised."""
    headers = {"Retry-After": str(retry_after_s)} if retry_after_s is not None else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return HTTPException(status, detail, headers)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How OpenAPI tells of them."""
    return {status: {"model": Problem, "description": _TITLES[status]} for status in statuses}


def answer_problems(app: FastAPI) -> None:
    """Have an application answer everything that goes wrong in the same form."""
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_request)
    app.add_exception_handler(SQLAlchemyError, _of_store)
    app.add_exception_handler(VaultError, _of_vault)
    app.add_exception_handler(Exception, _of_us)


async def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    ours = error.detail not in {HTTPStatus(error.status_code).phrase, "There was an error parsing the body"}
    detail = error.detail if ours and error.status_code != 413 else _WORDS.get(error.status_code, error.detail)
    return _answer(error.status_code, str(detail), error.headers)


async def _of_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # never what was sent: it may be a password
    faults = [f"{_place(fault['loc'])}: {fault['msg'].removeprefix('Value error, ')}" for fault in error.errors()[:MOST_FAULTS]]
    return _answer(422, "; ".join(faults))


async def _of_store(request: Request, error: Exception) -> Response:
    assert isinstance(error, SQLAlchemyError)
    # the kind alone: its words may quote what was written (law 10)
    log.warning("the store does not answer (%s)", type(error).__name__)
    if comes_back(error):
        return _answer(503, "the store does not answer: try again", {"Retry-After": str(RETRY_AFTER_S)})
    return await _of_us(request, error)


async def _of_vault(request: Request, error: Exception) -> Response:
    log.error("nobody can sign in: %s", error)
    return _answer(503, "the desk cannot check codes: tell the operator to look at its log", {"Retry-After": str(RETRY_AFTER_S)})


async def _of_us(request: Request, error: Exception) -> Response:
    log.error("%s %s failed (%s)", request.method, request.url.path, type(error).__name__)
    return _answer(500, "the desk has failed: tell the operator to look at its log")


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc if part not in ("body", "query", "path")) or "the body"


def _answer(status: int, detail: str, headers: Any = None) -> Response:
    # what a client named may hold halves of pairs, which no JSON takes
    return JSONResponse({"detail": detail.encode("utf-8", "backslashreplace").decode()[:LONGEST]}, status, headers)
