"""What goes wrong with the archive, said so that an operator can act on it."""

from __future__ import annotations


class ArchiveError(RuntimeError):
    """Nothing, or not all that was asked for, can be read out: what is missing, and what to do."""
