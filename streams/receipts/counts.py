"""What came and what became of it, for the health of the service; numbers only."""

from __future__ import annotations

import msgspec


class Counts(msgspec.Struct):
    """Since the service began.

    Attributes
    ----------
    heard
        Words of attempts that were taken in, repeats included.
    says_nothing
        Requests that hold no status that is known.
    texts
        Texts of residents, by kind; repeats are not counted.
    refused
        Requests whose signature or secret is wrong.
    unreadable
        Bodies that are not what they should be.
    not_taken
        Requests that were answered 503.
    unknown
        Receipts of texts that are not ours.
    reports
        Messages that are reports of water, and those that tell a report's place; repeats included.
    """

    heard: int = 0
    says_nothing: int = 0
    texts: dict[str, int] = {}
    refused: int = 0
    unreadable: int = 0
    not_taken: int = 0
    unknown: int = 0
    reports: int = 0
