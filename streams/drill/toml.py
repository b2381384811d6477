"""Writes TOML, which Python only reads: one key a line, whatever is inside it on the same line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any


def to_toml(table: Mapping[str, Any]) -> str:
    """The text of a table that was read from TOML: read again it is equal."""
    return "".join(f"{_text(key)} = {_value(value)}\n" for key, value in table.items())


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _text(value)
        case int() | float():
            return repr(value)
        case datetime() | date() | time():
            return value.isoformat()
        case Mapping():
            return "{" + ", ".join(f"{_text(key)} = {_value(one)}" for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(_value(one) for one in value) + "]"
    raise TypeError(f"{value!r} is nothing that TOML has")


def _text(text: str) -> str:
    # JSON's strings are TOML's but for one control character
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
