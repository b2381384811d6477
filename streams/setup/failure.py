"""A set-up that cannot go on."""

from __future__ import annotations


class SetupFailed(Exception):
    """Says what is missing and what to do; `code` becomes the exit code."""

    def __init__(self, message: str, code: int = 1):
        super().__init__(message)
        self.code = code
