"""The form of a request."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit


class Form:
    """The fields of a form or of a query; one that is empty counts as missing."""

    def __init__(self, raw: bytes | str):
        text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
        self.pairs = parse_qsl(text, keep_blank_values=True)
        self._first = dict(reversed(self.pairs))

    def get(self, name: str) -> str:
        """The first value of a field, empty if there is none."""
        return self._first.get(name, "")

    def all(self, name: str) -> list[str]:
        """All values of a field."""
        return [value for key, value in self.pairs if key == name]

    def __contains__(self, name: object) -> bool:
        return name in self._first


def is_address(text: str) -> bool:
    """Whether a callback could be posted there."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
