"""Speaks with a desk from elsewhere, as the command line does."""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from streams import clock

ANSWER_S = 40.0
"""Longer than the desk waits for Kafka and then for the outcomes."""
WAIT_S = 20
TRIES = 4
LONGEST_PAUSE_S = 10
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class DeskSaid(Exception):
    """The desk does not answer, or says no; the message is what it said."""


class DeskClient:
    """A session at a desk."""

    def __init__(self, http: httpx.Client, sleep_s: Callable[[float], None] = clock.sleep_s):
        self._http, self._sleep_s = http, sleep_s

    def sign_in(self, name: str, password: str, code: str) -> None:
        """Sign in; everything after it is done by that name."""
        told = self._told("POST", "/api/sign-in", json={"name": name, "password": password, "code": code})
        self._http.headers["Authorization"] = f"Bearer {told['token']}"

    def sign_out(self) -> None:
        """End the session."""
        self._told("POST", "/api/sign-out")

    def orders(self) -> dict[str, Any]:
        """What is open."""
        return self._told("GET", "/api/orders")

    def now(self) -> str:
        """The moment that the desk decides at."""
        return str(self._told("GET", "/api/health")["now"])

    def act(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Carry an act out; where it is not known to have come through, it is sent again under its id, and done once."""
        return self._told("POST", "/api/acts", params={"wait_s": WAIT_S}, json={"id": secrets.token_hex(16), **asked}, tries=TRIES)

    def _told(self, method: str, address: str, tries: int = 1, **more: Any) -> dict[str, Any]:
        for left in reversed(range(tries)):
            try:
                answer = self._http.request(method, address, **more)
            except httpx.TransportError as error:
                if not left:
                    raise DeskSaid(f"{self._http.base_url} does not answer ({type(error).__name__}): check --desk") from None
                self._sleep_s(1)
                continue
            if answer.status_code == 503 and left:
                self._sleep_s(min(_seconds(answer), LONGEST_PAUSE_S))
                continue
            return _body(answer)
        raise AssertionError("there is a last try")


@contextmanager
def connected(desk: str, ca: Path | None = None) -> Iterator[DeskClient]:
    """A desk at an address.

    Raises
    ------
    DeskSaid
        Where the address is none, or a password would travel in the open.
    """
    try:
        url = httpx.URL(desk)
    except httpx.InvalidURL:
        raise DeskSaid(f"{desk!r} is no address: write https://HOST") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise DeskSaid(f"{desk!r} is no address: write https://HOST")
    if url.scheme == "http" and url.host not in _HERE:
        raise DeskSaid(f"{desk} would send the password in the open: write https://, or reach it through a tunnel to 127.0.0.1")
    try:
        verify = ssl.create_default_context(cafile=str(ca)) if ca else True
    except (OSError, ssl.SSLError) as error:
        raise DeskSaid(f"{ca} holds no certificate that can be read ({error})") from None
    # what the environment says of proxies is left out: they would see everything
    with httpx.Client(base_url=url, timeout=ANSWER_S, verify=verify, trust_env=False) as http:
        yield DeskClient(http)


def _seconds(answer: httpx.Response) -> int:
    said = answer.headers.get("Retry-After", "")
    return int(said) if said.isdecimal() else 1


def _body(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code == 204:
        return {}
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise DeskSaid(f"{answer.url} is no desk: it answered {answer.status_code} with no JSON")
    if answer.is_success:
        return told
    raise DeskSaid(str(told.get("detail", answer.status_code)))
