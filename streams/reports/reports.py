"""Takes citizens' reports for one city: once for each card, and on the shelf and in the store before anybody is told so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine

from streams import clock
from streams.city.model import City
from streams.city.near import placed
from streams.network import CUSTOMER_BITS, HOUSEHOLD_BITS, network_of
from streams.pictures.keep import keep_picture
from streams.pictures.shelf import Shelf, ShelfFull
from streams.pictures.taken import Taken, Taker
from streams.reports.card import Card, card_digest, card_of, new_card, read_card
from streams.reports.codes import code_digest, code_of, typed
from streams.reports.key import open_reports_key
from streams.reports.limits import Limits
from streams.reports.made import Whose, made_report, with_picture
from streams.reports.place import Places
from streams.reports.report import Channel, Report
from streams.reports.sent import Followed, Sent
from streams.reports.uploads import Uploads
from streams.reports.wish import LONGEST_WORDS, Wish, cleaned
from streams.store.engine import open_store, writing
from streams.store.reports import picture_told, report_of_card, report_of_code, write_answer, write_place, write_report

ANSWERED_WITHIN_US = 7_200_000_000
"""A message that names a place is of a picture that was sent within two hours before it."""


class CardRefused(Exception):
    """A card that cannot be sent: one that we never made, or one whose time is over. A new one can."""

    def __init__(self, why: Literal["unknown", "over"]):
        super().__init__(why)
        self.why = why


class Reports:
    """The reports of a city.

    Parameters
    ----------
    url
        Address of the store, which is opened when it is first needed.
    folder
        The pictures folder: the shelf, the key of the reports, and `uploads`, where pictures are on their way.
    taker
        Cleans pictures.
    public_url
        Where people reach the page, for telling its own forms from others'; "" to go by what a browser calls the host.

    Raises
    ------
    ReportsKeyError
        Where the key cannot be read or made.
    """

    def __init__(
        self,
        city: City,
        url: str,
        folder: Path,
        taker: Taker,
        public_url: str = "",
        now_us: Callable[[], int] = clock.now_us,
        limits: Limits | None = None,
    ):
        self.city, self.public_url, self.limits, self.now_us = city, public_url.rstrip("/"), limits or Limits(), now_us
        self.key = open_reports_key(folder)
        self.places, self.shelf, self.uploads, self.taker = Places(city), Shelf(folder), Uploads(folder / "uploads"), taker
        self._url = url
        self._engine: Engine | None = None
        self._opening = threading.Lock()

    def card(self, training: bool = False) -> str:
        """A new card; in a drill everything is an exercise."""
        return new_card(self.key, training or self.city.drill, self.now_us())

    def card_of(self, message: str) -> str:
        """The card of a provider's message: the same for the same message."""
        return card_of(self.key, self.city.drill, self.now_us(), message)

    def read(self, card: str) -> Card:
        """What a card says.

        Raises
        ------
        CardRefused
            Where it is none of ours.
        """
        found = read_card(self.key, card)
        if found is None:
            raise CardRefused("unknown")
        return found

    def slot(self, card: str) -> str:
        """By what the picture of a card is known on its way.

        Raises
        ------
        CardRefused
            Where it is none of ours, or its time is over.
        """
        found = self.read(card)
        if found.is_over(self.now_us()):
            raise CardRefused("over")
        return card_digest(self.key, found)

    def slot_over(self, card: str) -> str:
        """The same of a card whose time may be over; "" of one that we never made."""
        found = read_card(self.key, card)
        return card_digest(self.key, found) if found else ""

    def known(self, card: str) -> Sent | None:
        """What became of a card that was sent before; it raises what `send` does, but for one that is over."""
        found = self.read(card)
        report = report_of_card(self.engine(), card_digest(self.key, found))
        return None if report is None else Sent(report, code_of(self.key, found), again=True)

    def send(
        self,
        card: str,
        wish: Wish,
        picture: Taken | None = None,
        device: str = "",
        address: str = "",
        *,
        channel: Channel = "web",
        lost: str = "",
    ) -> Sent:
        """Keep a report: when this returns it would survive a power cut. A card that was sent before gives the report it gave then.

        Raises
        ------
        CardRefused
            Where the card is none of ours, or its time was over before it was sent for the first time.
        SQLAlchemyError, StoreError, OSError
            Where the store does not answer: the card stays good.
        """
        before = self.known(card)
        if before is not None:
            return before
        found = self.read(card)
        if found.is_over(self.now_us()):
            raise CardRefused("over")
        if picture is not None and not self._shelved(picture):
            picture, lost = None, "no_room"
        code, now_us = code_of(self.key, found), self.now_us()
        report = made_report(found, wish, Whose(device, address), channel, now_us)
        if picture is not None:
            report = with_picture(report, picture, wish, self.places)
        with writing(self.engine()) as connection:
            if picture is not None:
                keep_picture(connection, self.shelf, picture, "report", report.made_us)
            kept = write_report(connection, report, card_digest(self.key, found), code_digest(self.key, code))
        if kept is None:
            raise CardRefused("over")  # another report has this code: once in a thousand million years
        return Sent(kept, code, again=kept.report != report.report, lost=lost)

    def follow(self, code: str) -> Followed | None:
        """The report that a code follows; None where there is none. It raises what `send` does of the store."""
        plain = typed(code)
        report = report_of_code(self.engine(), code_digest(self.key, plain)) if plain else None
        if plain is None or report is None:
            return None
        return Followed(report, plain, picture_told(self.engine(), report.picture) if report.picture else None)

    def answer(self, code: str, text: str) -> bool:
        """Keep what a writer answers to the question of the centre; False where none waits for an answer."""
        plain, words = typed(code), cleaned(text)[:LONGEST_WORDS]
        return bool(plain and words) and write_answer(self.engine(), code_digest(self.key, plain or ""), words)

    def place_later(self, device: str, low_point: str) -> Report | None:
        """Give the last report of a device that has no place its low point; None where there is none within two hours."""
        point = self.places.point(low_point)
        if point is None or not device:
            return None
        known = placed(point)
        place = (low_point, point.lon if known else None, point.lat if known else None)
        return write_place(self.engine(), device, place, self.now_us() - ANSWERED_WITHIN_US)

    def device(self, mark: str) -> str:
        """By what the store knows a device: its cookie, or its number; "" for none."""
        return self.key.digest("device", mark) if mark else ""

    def address(self, address: str) -> str:
        """By what limits know an address; a network has more of the newer kind (IPv6) than can be counted, and is one (/64)."""
        return self._address(address, HOUSEHOLD_BITS)

    def source(self, address: str) -> str:
        """By what the store knows an address: of IPv6 the /48, for a provider gives one customer up to so many networks."""
        return self._address(address, CUSTOMER_BITS)

    def _address(self, address: str, bits: int) -> str:
        network = network_of(address, bits)
        return self.key.digest("address", network) if network else ""

    def engine(self) -> Engine:
        """The store, opened when it is first needed; it raises what `send` does of the store."""
        with self._opening:
            if self._engine is None:
                self._engine = open_store(self._url)
            return self._engine

    def close(self) -> None:
        """Close the connections to the store and what cleans pictures."""
        self.taker.close()
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def _shelved(self, picture: Taken) -> bool:
        """Put a picture on the shelf, before the store's one writer is kept waiting; False where it is full."""
        try:
            self.shelf.put(picture.jpeg)
        except ShelfFull:
            return False
        return True
