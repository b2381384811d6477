"""Takes subscriptions for one city: checks what is asked for, has a code texted, and does what was asked once the code comes back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
from sqlalchemy import Engine

from streams import clock
from streams.alerts.drill import status_of
from streams.city.model import City, LowPoint, Zone
from streams.people.vault import PeopleVault, open_people_vault
from streams.store.engine import check_address, open_store
from streams.store.phone import checked_phone
from streams.store.residents_file import Languages
from streams.store.residents_key import check_people_key
from streams.store.subscriptions import Place
from streams.store.subscriptions_asks import Act, Ask, Asked, Coded, Outcome, asked, begin_ask, confirm
from streams.subscribers.limits import Limits
from streams.subscribers.texts import code_texts

LONGEST_PHONE = 32
_FILLING = str.maketrans("", "", " \t\u00a0-.()/")
_WIDE = {ord("\uff0b"): "+"} | {0xFF10 + digit: str(digit) for digit in range(10)}


class Wish(msgspec.Struct, frozen=True):
    """What a form says, before anything of it is checked; the number as it was typed."""

    act: Act
    phone: str
    language: str
    place: str = ""

    def __repr__(self) -> str:
        return f"Wish({self.act})"  # the number is nobody's business in a log (law 10)


class Subscribers:
    """The subscriptions of a city.

    Parameters
    ----------
    url
        Address of the store, which is opened when it is first needed.
    public_url
        Where people reach the page, for telling its own forms from others'; "" to go by what a browser calls the host.
    """

    def __init__(
        self,
        city: City,
        url: str,
        vault: PeopleVault,
        public_url: str = "",
        now_us: Callable[[], int] = clock.now_us,
        limits: Limits | None = None,
    ):
        self.city, self.public_url, self.limits = city, public_url.rstrip("/"), limits or Limits()
        self._url, self._vault, self._now_us = url, vault, now_us
        self._languages = Languages(city)
        self._places: dict[str, tuple[Place, LowPoint | Zone]] = {
            **{f"road:{point.low_point_id}": (Place("road", point.low_point_id), point) for point in city.low_points},
            **{f"zone:{zone.zone_id}": (Place("zone", zone.zone_id), zone) for zone in city.zones},
        }
        self._engine: Engine | None = None
        self._opening = threading.Lock()

    def is_place(self, name: str) -> bool:
        """Whether `road:ID` or `zone:ID` is one of the city's."""
        return name in self._places

    def thing(self, place: Place) -> LowPoint | Zone | None:
        """What a place is; None where the city has it no more."""
        found = self._places.get(f"{place.kind}:{place.id}")
        return found[1] if found else None

    def number(self, typed: str) -> str | None:
        """The number that somebody typed, as E.164 writes it; None where the city takes no such number."""
        plain = typed.translate(_WIDE).translate(_FILLING)
        if plain.startswith("00"):
            plain = f"+{plain[2:]}"
        if not plain or len(plain) > LONGEST_PHONE:
            return None
        phone, why = checked_phone(plain, self.city)
        return phone if why is None else None

    def ask(self, wish: Wish) -> str | None:
        """Have a code texted, where one may be; the ticket of the page that asks for it. None where the wish cannot be taken at all.

        Raises
        ------
        SQLAlchemyError, OSError
            Where the store does not answer.
        PeopleVaultError
            Where the people in it were sealed with another key.
        """
        phone, place = self.number(wish.phone), self._places.get(wish.place)
        if phone is None or (wish.act == "subscribe" and place is None):
            return None
        coded = Coded(code_texts(self.city, wish.act != "subscribe"), status_of(self.city, drill=self.city.drill))
        about = place[0] if place is not None and wish.act == "subscribe" else None
        ask = Ask(wish.act, phone, self._languages.of(wish.language), about)
        return begin_ask(self._opened(), self._vault, ask, coded, self._now_us())

    def confirm(self, ticket: str, code: str) -> Outcome:
        """Do what was asked for, if the code is right; it raises what `ask` does."""
        plain = "".join(sign for sign in code.translate(_WIDE) if sign in "0123456789")
        return confirm(self._opened(), self._vault, ticket, plain[:12], self._now_us())

    def asked(self, ticket: str) -> Asked | None:
        """What was asked for by a ticket; it raises what `ask` does."""
        return asked(self._opened(), ticket)

    def close(self) -> None:
        """Close the connections to the store; the next question opens them again."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def _opened(self) -> Engine:
        with self._opening:
            if self._engine is None:
                engine = open_store(self._url)
                try:
                    check_people_key(engine, self._vault)
                except BaseException:
                    engine.dispose()
                    raise
                self._engine = engine
            return self._engine


def open_subscribers(city: City, store: str, key: Path | None, public_url: str = "") -> Subscribers:
    """The subscriptions of a city; the store need not be there yet.

    Raises
    ------
    PeopleVaultError
        Where the key file cannot be read or holds no key.
    StoreError
        Where the address can never be one of a store.
    """
    check_address(store)
    return Subscribers(city, store, open_people_vault(key), public_url)
