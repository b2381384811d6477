"""What the writer of a report gets back: that it stands, and later what became of it."""

from __future__ import annotations

import msgspec

from streams.reports.report import Report
from streams.store.reports import PictureTold


class Sent(msgspec.Struct, frozen=True):
    """A report that stands in the store.

    Attributes
    ----------
    code
        By which its writer follows it.
    again
        Its card had been sent before: this is what became of it then.
    lost
        Why its picture was not kept; "" where it was, or there was none.
    """

    report: Report
    code: str
    again: bool
    lost: str = ""


class Followed(msgspec.Struct, frozen=True):
    """A report as its writer may see it, and its picture's size."""

    report: Report
    code: str
    picture: PictureTold | None = None
