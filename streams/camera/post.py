"""Sends observations and pictures to the gateway by HTTP."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

import httpx
import msgspec

TIMEOUT_S = 15.0
LARGEST_ANSWER_BYTES = 1024 * 1024
_HASH = re.compile(r"[0-9a-f]{64}")
_NEVER = frozenset((400, 404, 405, 413, 415, 422))


class Later(Exception):
    """Not taken now: worth another try."""


class Never(Exception):
    """Not taken, and sending it again would not help."""


class _Refusal(msgspec.Struct):
    line: int
    reason: str
    detail: str = ""


class _Answer(msgspec.Struct):
    accepted: int
    refused: list[_Refusal] = []


class _Stored(msgspec.Struct):
    picture: str


class Gateway:
    """The gateway at an address, with the key of the camera's owner."""

    def __init__(self, address: str, key: str, timeout_s: float = TIMEOUT_S):
        self._address = address.rstrip("/")
        self._client = httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=timeout_s, follow_redirects=False, trust_env=False)

    def send(self, observations: Sequence[bytes]) -> list[str]:
        """Send observations together; what was refused, in words.

        Raises
        ------
        Later, Never
            Where they were not taken.
        """
        body = b"[" + b",".join(observations) + b"]"
        raw = self._posted("/observations", body, {"Content-Type": "application/json"}, 202)
        try:
            answer = msgspec.json.decode(raw, type=_Answer)
        except msgspec.DecodeError:
            raise Later("its answer cannot be read: is that the gateway?") from None
        return [f"{refusal.reason} {refusal.detail}".strip() for refusal in answer.refused]

    def upload(self, jpeg: bytes, station: str) -> str:
        """Store a picture (`POST /pictures`); the hash under which it is kept.

        Raises
        ------
        Later, Never
            Where it was not taken.
        """
        headers = {"Content-Type": "image/jpeg", "Lowpoint-Station": quote(station, safe=" ")}
        raw = self._posted("/pictures", jpeg, headers, 201)
        try:
            stored = msgspec.json.decode(raw, type=_Stored)
        except msgspec.DecodeError:
            raise Never("its answer to a picture cannot be read") from None
        if not _HASH.fullmatch(stored.picture):
            raise Never("its answer to a picture holds no hash")
        return stored.picture

    def _posted(self, path: str, body: bytes, headers: dict[str, str], wanted: int) -> bytes:
        try:
            with self._client.stream("POST", self._address + path, content=body, headers=headers) as answer:
                raw = bytearray()
                for piece in answer.iter_raw():
                    raw += piece
                    if len(raw) > LARGEST_ANSWER_BYTES:
                        raise Later("its answer is too long: is that the gateway?")
        except httpx.HTTPError as error:
            raise Later(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__) from None
        if answer.status_code == wanted:
            return bytes(raw)
        said = f"status {answer.status_code}" + (" (its key is not known)" if answer.status_code == 401 else "")
        raise (Never if answer.status_code in _NEVER else Later)(said)

    def close(self) -> None:
        """End its connections."""
        self._client.close()
