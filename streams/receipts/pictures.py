"""Makes reports of messages with pictures, by the same intake as those of the public page; the number is only a digest."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from streams.pictures.apart import TooBusy
from streams.pictures.intake import PictureRefused, Taken
from streams.receipts.media import Media, MediaRefused, addresses_of
from streams.reports.codes import shown
from streams.reports.message import read_message
from streams.reports.reports import CardRefused, Reports
from streams.reports.wish import Wish
from streams.store.engine import StoreError
from streams.store.replies import TextIn

log = logging.getLogger(__name__)

MOST_TRIED = 3
"""Of the pictures of one message: the first that is one is the report's."""
BY_MESSAGE = "message"
"""In place of an address, which a message has none of: all of them together have the limit of one."""


MOST_AGAIN = 2
"""How often a provider is asked to post a message again whose picture did not come: it does so five times (`#rc=5`), to either of two
processes, so that one of them is asked a third time and keeps the words. Where there are none, it is asked each time."""
MOST_KNOWN = 10_000


class NotKept(Exception):
    """It is not known to be in the store: to send it again does no harm."""


class Reported(msgspec.Struct, frozen=True):
    """What is answered to a message: its report was taken, taken without a place, or has its place now; and the report's code."""

    kind: Literal["report", "report_where", "report_placed"]
    code: str = ""


class PictureMessages:
    """Takes messages."""

    def __init__(self, reports: Reports, media: Media):
        self._reports, self._media = reports, media
        self._again: dict[str, int] = {}
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="pictures")

    async def take(self, params: Mapping[str, str], text: TextIn, language: str) -> Reported | None:
        """Take a message that came as its sender's text already; None where it is no report. The same again is answered the same.

        Raises
        ------
        NotKept
            Where the store or the shelf does not take it, or its picture did not come or has to wait, or its sender is over the limit: the
            card stays good, and the provider posts it again. After that the words are kept; a picture alone waits for as long as the
            provider posts it.
        """
        addresses = addresses_of(params)
        device = self._reports.device(text.phone)
        wish = read_message(text.words, self._reports.places, language)
        if not addresses:
            return await self._placed(device, wish)
        card = self._reports.card_of(text.reply)
        raws, late = await self._fetched(addresses[:MOST_TRIED])
        return await self._worked(lambda: self._sent(card, wish, raws, late, device))

    def close(self) -> None:
        """End its threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _placed(self, device: str, wish: Wish) -> Reported | None:
        """A text that names a place is of the picture that came before it without one."""
        point = wish.low_point
        if point is None:
            return None

        def place() -> Reported | None:
            return Reported("report_placed") if self._reports.place_later(device, point) else None

        return await self._worked(place)

    async def _fetched(self, addresses: list[str]) -> tuple[list[bytes], bool]:
        """The files that came, and whether one did not come in time; one that is refused will not come by itself."""

        async def fetch(address: str) -> bytes | None:
            try:
                return await self._media.fetch(address)
            except MediaRefused as refused:
                log.warning("a picture of a message is not fetched: %s", refused)
                return b""

        found = await asyncio.gather(*map(fetch, addresses))
        return [raw for raw in found if raw], None in found

    async def _worked(self, work: Callable[[], Reported | None]) -> Reported | None:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except (SQLAlchemyError, StoreError, OSError) as error:
            log.warning("a message with a picture waits (%s)", type(error).__name__)
            raise NotKept from None

    def _sent(self, card: str, wish: Wish, raws: list[bytes], late: bool, device: str) -> Reported | None:
        before, limits = self._reports.known(card), self._reports.limits
        if before is not None:
            return _told(before.report.low_point, before.code)
        # a card's letters hold the second they were made in, and each post of a message makes its own: what stays is the digest
        message = self._reports.slot(card)
        if not limits.may_send(device, BY_MESSAGE, message):
            log.warning("a message with a picture is over its sender's limit")
            self._wait(message)
            return None
        try:
            picture, busy = self._first(raws)
            says = bool(wish.words or wish.depth)
            if picture is None and (late or busy):
                self._wait(message)
                if not says:
                    raise NotKept  # answered as taken it would be gone, and nothing of it kept
            if picture is None and not says:
                return None
            sent = self._reports.send(card, wish, picture, device, "", channel="mms")
        except CardRefused:
            return None
        except Exception:
            limits.give_back(message)  # it was counted for nothing
            raise
        return _told(sent.report.low_point, sent.code)

    def _wait(self, message: str) -> None:
        """Have a message posted again, so often and no more."""
        with self._lock:
            count = self._again.pop(message, 0)
            if count >= MOST_AGAIN:
                return
            self._again[message] = count + 1
            while len(self._again) > MOST_KNOWN:
                del self._again[next(iter(self._again))]
        log.warning("a message with a picture waits for it to be posted again")
        raise NotKept

    def _first(self, raws: list[bytes]) -> tuple[Taken | None, bool]:
        """The first that is a picture, and whether one was not looked at for too many wait.

        What it says of itself is not read, for nobody has agreed to that.
        """
        busy = False
        for raw in raws:
            try:
                return self._reports.taker.take(raw, consent=False, zone=self._reports.city.time_zone), busy
            except PictureRefused as refused:
                log.info("a picture of a message is not taken: %s", refused.reason)
            except TooBusy:
                busy = True
        return None, busy


def _told(low_point: str | None, code: str) -> Reported:
    return Reported("report" if low_point else "report_where", shown(code))
