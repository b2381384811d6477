"""Takes a report that a form sent, beside the event loop: card, limits, picture, shelf and store, and says how it ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Literal, TypeVar

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from streams.pictures.apart import TooBusy
from streams.pictures.intake import PictureRefused, Taken
from streams.reports.limits import area_of
from streams.reports.reports import CardRefused, Reports
from streams.reports.sent import Sent
from streams.reports.uploads import NoRoom
from streams.reports.wish import BY_PHOTO, ELSEWHERE, Wish, read_wish
from streams.store.engine import StoreError
from streams.web.hands import Hands
from streams.web.report_form import Form, on_disk
from streams.web.report_room import Room, Whose

log = logging.getLogger(__name__)

PATIENCE_S = 25.0
"""A browser is told after so long that its report is not known to be in the store; the card stays good, and the work goes on."""
MOST_WAITING = 400
"""Of each queue: reports, those of crowded places, and cards that are looked up."""
MOST_OF_PLACE, MOST_OF_SOURCE = 100, 200
"""Of a queue: neither a place nor a source takes the room of others. A source of which nothing waits comes in until twice as many do."""
AT_ONCE, AT_ONCE_OF_SOURCE = 4, 2
"""Two decode, and two read and write beside it; pictures of one source may be made to take long."""
LOST = ("broken", "no_room", "too_large")
"""Why the page's script sends a report without its picture."""
MORE_S = 600
AWAY_S = 5

Ended = Literal["sent", "wrong", "incomplete", "over", "unknown", "too_many", "away", "unreadable"]
T = TypeVar("T")


class Turn(msgspec.Struct, frozen=True):
    """Where something waits: in a queue, for a place and of a source ("" for none)."""

    queue: Literal["words", "pictures", "crowd", "known"]
    source: str
    place: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """How it ended.

    Attributes
    ----------
    sent
        What stands in the store, where it was taken.
    wrong
        The field that cannot be taken, or why the picture cannot.
    offset
        How much of the picture has come, where it is not whole.
    """

    ended: Ended
    sent: Sent | None = None
    wrong: str = ""
    offset: int = 0


class Intake:
    """Takes reports in; one for each process."""

    def __init__(self, reports: Reports):
        self._reports, self._room = reports, Room(reports)
        words = Hands(AT_ONCE, "reports")
        # words never wait for pictures; pictures of a place that everybody reports wait for each other, and nobody else for them
        self._hands = {
            "words": words,
            "known": words,
            "pictures": Hands(AT_ONCE, "pictures", AT_ONCE_OF_SOURCE),
            "crowd": Hands(1, "crowd"),
        }
        self._under_way: dict[str, tuple[Future[Outcome], Turn]] = {}

    async def take(self, form: Form, language: str, whose: Whose) -> Outcome:
        """Take a report; whatever goes wrong, the card stays good, and a picture that has come stays with it."""
        fields, reports = form.fields, self._reports
        card = fields.get("card", "")
        try:
            slot = reports.slot(card)
        except CardRefused as refused:
            return await self._before(card, refused, whose)
        under_way = self._under_way.get(slot)
        if under_way is not None:
            return await self._waited(under_way[0])
        offset, lost = await on_disk(lambda: self._came(slot, form, whose))
        whole = fields.get("picture_bytes", "")
        if whole and whole != str(offset):
            known = await self._before(card, None, whose)
            return known if known.sent else Outcome("incomplete", offset=offset)
        wish = self._wish(fields, language, offset > 0, lost)
        if not isinstance(wish, Wish):
            return Outcome("wrong", wrong=wish, offset=offset)
        if not reports.limits.may_send(whose.device, whose.address, slot):
            return Outcome("too_many")
        area = area_of(wish.low_point, wish.lon, wish.lat)
        crowded = offset > 0 and reports.limits.is_crowded(area)
        turn = Turn("crowd" if crowded else "pictures" if offset else "words", whose.network, area or "nowhere")
        return await self._worked(slot, lambda: self._counted(slot, lambda: self._take(card, slot, wish, whose, lost)), turn)

    def _wish(self, fields: dict[str, str], language: str, has_picture: bool, lost: str) -> Wish | str:
        """What is reported, or what cannot be taken: the picture, where without it nothing is left."""
        by_photo = fields.get("point") == BY_PHOTO
        if by_photo and lost and not has_picture and fields.get("words", "").strip():
            fields = {**fields, "point": ELSEWHERE}  # somebody who knows the city reads the words
        reports = self._reports
        wish = read_wish(fields, reports.places, language, has_picture, reports.now_us())
        return f"picture {lost}" if lost and (wish == "nothing" or (by_photo and wish == "place")) else wish

    async def _before(self, card: str, refused: CardRefused | None, whose: Whose) -> Outcome:
        """What became of a card that was sent before, whose time may be over by now."""

        def look() -> Outcome:
            if refused is not None and refused.why == "unknown":
                return Outcome("unknown")
            known = self._reports.known(card)
            return Outcome("sent", known) if known else Outcome("over")

        return await self._worked(f"known {card}", look, Turn("known", whose.network))

    async def _worked(self, name: str, work: Callable[[], Outcome], turn: Turn) -> Outcome:
        """Have something done that has a name: whoever comes again while it is under way waits for that, and it is not done twice."""
        found = self._under_way.get(name)
        if found is not None:
            return await self._waited(found[0])
        if self._is_full(turn):
            if turn.queue != "known":
                self._reports.limits.give_back(name)
            return Outcome("away")
        # not cancelled with the request that waits for it: what was begun is finished, and the same card finds it
        future = self._hands[turn.queue].give(lambda: _told(work), turn.source)
        self._under_way[name] = (future, turn)
        future.add_done_callback(lambda done: self._done(name, done))
        return await self._waited(future)

    def _is_full(self, turn: Turn) -> bool:
        queue = [one for _, one in list(self._under_way.values()) if one.queue == turn.queue]
        of_place = sum(one.place == turn.place for one in queue) if turn.place else 0
        of_source = sum(one.source == turn.source for one in queue)
        times = 1 if of_source else 2
        return len(queue) >= times * MOST_WAITING or of_place >= times * MOST_OF_PLACE or of_source >= MOST_OF_SOURCE

    async def _waited(self, future: Future[Outcome]) -> Outcome:
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), PATIENCE_S)
        except TimeoutError:
            return Outcome("away")

    def _counted(self, slot: str, work: Callable[[], Outcome]) -> Outcome:
        """A card that could not be taken by our own fault, or stands in the store, is not counted when it comes again."""
        outcome = _told(work)
        if outcome.ended in ("sent", "away"):
            self._reports.limits.give_back(slot)
        return outcome

    def _done(self, name: str, future: Future[Outcome]) -> None:
        self._under_way.pop(name, None)
        if future.exception() is not None:
            log.error("a report was not taken (%s)", type(future.exception()).__name__)

    def _came(self, slot: str, form: Form, whose: Whose) -> tuple[int, str]:
        """Make the picture of a form that of its card; how many bytes of one there are, and why one is lost."""
        uploads, told = self._reports.uploads, form.fields.get("picture_lost", "")
        if told in LOST:
            uploads.drop(slot)  # a piece of a picture is none
            return 0, told
        lost = form.lost
        if form.picture is not None:
            try:
                self._room.adopt(slot, form.picture, whose)
            except (NoRoom, OSError):
                lost = "no_room"
        return uploads.offset(slot), lost

    def _take(self, card: str, slot: str, wish: Wish, whose: Whose, lost: str) -> Outcome:
        reports = self._reports
        known = reports.known(card)
        if known is not None:
            reports.uploads.drop(slot)
            return Outcome("sent", known)
        raw, taken = reports.uploads.read(slot), None
        if raw is not None:
            try:
                taken = reports.taker.take(raw, wish.consent, reports.city.time_zone)
            except PictureRefused as refused:
                lost = str(refused.reason)
        placed = wish.place_by or wish.words or (taken is not None and _has_place(taken))
        if not placed or (taken is None and not (wish.depth or wish.words)):
            reports.uploads.drop(slot)
            return Outcome("wrong", wrong=f"picture {lost}" if lost else "place")
        sent = reports.send(card, wish, taken, whose.device, whose.source or whose.address, lost=lost)
        reports.uploads.drop(slot)
        return Outcome("sent", sent)


def _told(work: Callable[[], Outcome]) -> Outcome:
    """In a thread: what is no fault of the report is told as such."""
    try:
        return work()
    except CardRefused as refused:
        return Outcome(refused.why)
    except TooBusy:
        return Outcome("away")
    except (SQLAlchemyError, StoreError, OSError) as error:
        log.warning("a report waits: the store or the shelf does not take it (%s)", type(error).__name__)
        return Outcome("away")


def _has_place(taken: Taken) -> bool:
    return taken.lon is not None and taken.lat is not None
