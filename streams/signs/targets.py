"""Reads which signs there are: a file that names, for each low point, the address of its sign and the file of its secret."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

SHORTEST_SECRET = 16


class TargetsError(ValueError):
    """A file of signs that cannot be used: what is wrong, and what to do."""


@dataclass(frozen=True)
class Target:
    """One sign; its address may hold a token, so neither that nor the secret is ever written out."""

    low_point: str
    url: str = field(repr=False)
    secret: bytes = field(repr=False)


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    low_point: str
    url: str
    secret_file: Annotated[str, msgspec.Meta(min_length=1)]


def read_targets(file: Path, low_points: Iterable[str]) -> tuple[Target, ...]:
    """Read `[[sign]]` tables of `low_point`, `url` and `secret_file`; a point may have several signs.

    Parameters
    ----------
    low_points
        Ids of the points that there are.

    Raises
    ------
    TargetsError
        Where the file, or one that it names, cannot be used.
    """
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise TargetsError(f"{file} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TargetsError(f"{file} is not TOML in UTF-8: {error}") from None
    rows: Any = table.get("sign", [])
    if set(table) - {"sign"} or not isinstance(rows, list) or not rows:
        raise TargetsError(f"{file}: write one [[sign]] for each sign, with low_point, url and secret_file, and nothing else")
    known = frozenset(low_points)
    found = tuple(_target(file, number, row, known) for number, row in enumerate(rows, start=1))
    if len({(one.low_point, one.url) for one in found}) < len(found):
        raise TargetsError(f"{file}: one sign stands twice: its two senders would overtake each other")
    return found


def _target(file: Path, number: int, given: Any, known: frozenset[str]) -> Target:
    where = f"{file}: sign {number}"
    try:
        row = msgspec.convert(given, _Row)
    except msgspec.ValidationError as error:
        raise TargetsError(f"{where}: {error}") from None
    if row.low_point not in known:
        raise TargetsError(f"{where}: there is no low point {row.low_point!r}: write an id of low_points.geojson")
    try:
        parts = urlsplit(row.url)
        # a port that is none is found out only by asking for it
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise TargetsError(f"{where}: url: write the sign's address, beginning with http:// or https://")
    return Target(row.low_point, row.url, _secret(where, file.parent / row.secret_file))


def _secret(where: str, file: Path) -> bytes:
    try:
        secret = file.read_bytes().strip()
    except OSError as error:
        raise TargetsError(f"{where}: secret_file {file} cannot be read: {error.strerror}") from None
    if len(secret) < SHORTEST_SECRET:
        raise TargetsError(f"{where}: secret_file {file} holds under {SHORTEST_SECRET} bytes: openssl rand -hex 32 makes a good one")
    return secret
