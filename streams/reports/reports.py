"""Takes citizens' reports for one city: once for each card, and on the shelf and in the store before anybody is told so."""

from __future__ import annotations

import ipaddress
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

import msgspec
from sqlalchemy import Engine

from streams import clock
from streams.city.model import City
from streams.pictures.intake import Taken
from streams.pictures.keep import keep_picture
from streams.pictures.shelf import Shelf, ShelfFull
from streams.reports.card import Card, card_digest, card_of, new_card, read_card
from streams.reports.codes import code_digest, code_of, typed
from streams.reports.depth import depth_of
from streams.reports.key import open_reports_key
from streams.reports.limits import Limits
from streams.reports.moment import moment_of
from streams.reports.place import Places
from streams.reports.report import Channel, Report
from streams.reports.uploads import NoRoom, Uploads
from streams.reports.wish import LONGEST_WORDS, Wish, believed, cleaned
from streams.store.engine import check_address, open_store, writing
from streams.store.reports import PictureTold, picture_told, report_of_card, report_of_code, write_answer, write_place, write_report

PHOTO_ERROR_M = 30.0
"""Of the place that a telephone writes into a picture, in a street."""
ANSWERED_WITHIN_US = 7_200_000_000
"""A message that names a place is of a picture that was sent within two hours before it."""


class CardRefused(Exception):
    """A card that cannot be sent: one that we never made, or one whose time is over. A new one can."""

    def __init__(self, why: Literal["unknown", "over"]):
        super().__init__(why)
        self.why = why


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


class Taker(Protocol):
    """Takes pictures in; see `streams.pictures.apart`."""

    def take(self, raw: bytes, consent: bool, zone: str | None = None) -> Taken:
        """Clean a picture, or raise PictureRefused, or TooBusy."""

    def close(self) -> None:
        """End what does it."""


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
        report = report_of_card(self._opened(), card_digest(self.key, found))
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
        code = code_of(self.key, found)
        report = self._report(found, wish, picture, (device, address), channel)
        with writing(self._opened()) as connection:
            if picture is not None:
                keep_picture(connection, self.shelf, picture, "report", report.made_us)
            kept = write_report(connection, report, card_digest(self.key, found), code_digest(self.key, code))
        if kept is None:
            raise CardRefused("over")  # another report has this code: once in a thousand million years
        return Sent(kept, code, again=kept.report != report.report, lost=lost)

    def follow(self, code: str) -> Followed | None:
        """The report that a code follows; None where there is none. It raises what `send` does of the store."""
        plain = typed(code)
        report = report_of_code(self._opened(), code_digest(self.key, plain)) if plain else None
        if plain is None or report is None:
            return None
        return Followed(report, plain, picture_told(self._opened(), report.picture) if report.picture else None)

    def answer(self, code: str, text: str) -> bool:
        """Keep what a writer answers to the question of the centre; False where none waits for an answer."""
        plain, words = typed(code), cleaned(text)[:LONGEST_WORDS]
        return bool(plain and words) and write_answer(self._opened(), code_digest(self.key, plain or ""), words)

    def place_later(self, device: str, low_point: str) -> Report | None:
        """Give the last report of a device that has no place its low point; None where there is none within two hours."""
        point = self.places.point(low_point)
        if point is None or not device:
            return None
        known = (point.lon, point.lat) != (0.0, 0.0)
        place = (low_point, point.lon if known else None, point.lat if known else None)
        return write_place(self._opened(), device, place, self.now_us() - ANSWERED_WITHIN_US)

    def device(self, mark: str) -> str:
        """By what the store knows a device: its cookie, or its number; "" for none."""
        return self.key.digest("device", mark) if mark else ""

    def address(self, address: str) -> str:
        """By what limits know an address; a network has more of the newer kind (IPv6) than can be counted, and is one (/64)."""
        return self._address(address, 64)

    def source(self, address: str) -> str:
        """By what the store knows an address: of IPv6 the /48, for a provider gives one customer up to so many networks."""
        return self._address(address, 48)

    def _address(self, address: str, bits: int) -> str:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return ""
        whose = str(ipaddress.ip_network((parsed, bits), strict=False)) if isinstance(parsed, ipaddress.IPv6Address) else str(parsed)
        return self.key.digest("address", whose)

    def adopt(self, slot: str, picture: Path, address: str) -> None:
        """Make the picture of a form that of its card, and count it for an address; blocks.

        Raises
        ------
        NoRoom
            Where it is more than the address may have on its way, or may send.
        OSError
            Where the disk does not take it.
        """
        size = picture.stat().st_size
        if not self.uploads.shares.may_grow(slot, address, size, self.now_us()) or not self.limits.may_upload(address, size // 1024):
            raise NoRoom(too_large=False)
        self.uploads.adopt(slot, picture)

    def engine(self) -> Engine:
        """The store, opened when it is first needed; it raises what `send` does of the store."""
        return self._opened()

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

    def _report(self, card: Card, wish: Wish, picture: Taken | None, whose: tuple[str, str], channel: Channel) -> Report:
        now_us, name = self.now_us(), secrets.token_hex(8)
        depth = depth_of(wish.depth)
        report = Report(
            name,
            now_us,
            now_us - wish.ago_us,
            wish.language,
            channel,
            card.training,
            wish.lon,
            wish.lat,
            wish.place_by,
            wish.place_error_m,
            wish.low_point,
            wish.depth,
            depth.depth_m if depth else None,
            wish.words,
            device=whose[0],
            address=whose[1],
            group_id=name,
            state_us=now_us,
        )
        return report if picture is None else self._with_picture(report, picture, wish)

    def _with_picture(self, report: Report, picture: Taken, wish: Wish) -> Report:
        own = {
            "picture": picture.picture,
            "likeness": picture.likeness,
            # the page's word is of the file: it says nothing where the picture's own data speak, believed or not
            "taken_us": wish.taken_us if picture.taken_us is None else believed(picture.taken_us, report.made_us),
            "taken_lon": picture.lon,
            "taken_lat": picture.lat,
        }
        lon, lat = picture.lon, picture.lat
        told = report.low_point is not None or report.lon is not None
        if not told and lon is not None and lat is not None and self.places.is_around(lon, lat):
            near = self.places.nearest(lon, lat)
            own |= {"lon": lon, "lat": lat, "place_by": "photo", "place_error_m": PHOTO_ERROR_M}
            own |= {"low_point": near.point.low_point_id if near else None}
        return msgspec.structs.replace(report, **own)

    def opened(self) -> Engine:
        """The store, which is opened when it is first asked for."""
        return self._opened()

    def _opened(self) -> Engine:
        with self._opening:
            if self._engine is None:
                self._engine = open_store(self._url)
            return self._engine


def open_reports(city: City, store: str, folder: Path, public_url: str = "") -> Reports:
    """The reports of a city; the store need not be there yet.

    Raises
    ------
    ReportsKeyError
        Where the key of the pictures folder cannot be read or made.
    StoreError
        Where the address can never be one of a store.
    """
    from streams.pictures.apart import Sheltered

    check_address(store)
    reports = Reports(city, store, folder, Sheltered(), public_url)
    reports.now_us = moment_of(city, reports.opened)
    return reports
