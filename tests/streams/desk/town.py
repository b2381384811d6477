"""A desk over a small town whose log is the real step: what is signed here really goes out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import httpx
import numpy as np
import pyotp
from fastapi import FastAPI
from sqlalchemy import Engine, insert
from starlette.types import ASGIApp

from models.forecaster import Model
from streams.city import defaults
from streams.city.model import City, Zone
from streams.city.reach import Reach
from streams.desk import (
    account,
    acts,
    duty,
    not_reached,
    orders,
    points,
    reports,
    reports_acts,
    review,
    sign_in,
    state,
    storms,
    system,
    what_if,
)
from streams.desk.app import make_app
from streams.desk.desk import Desk, Pictures
from streams.desk.writer import Writer
from streams.gateway.buffer import Letter
from streams.gateway.packer import Packed
from streams.gateway.producer import LogFailed
from streams.observation.batch import Batch, decode
from streams.observation.moments import MINUTE_US, SECOND_US
from streams.officers.account import Officer
from streams.officers.passwords import Cost, Passwords
from streams.officers.roles import Role
from streams.officers.sign_in import Attempt, Door, SignedIn
from streams.people.vault import PeopleVault
from streams.rules.outputs import Order, Output, OutputMessage
from streams.rules.plan import DistrictPlan, plan_district
from streams.rules.state import DistrictState, empty_state
from streams.rules.step import step
from streams.store.api_keys import add_api_key
from streams.store.officers import add_officer
from streams.store.people_schema import HOMES, RESIDENTS
from streams.store.projection import rows_of, save
from tests.streams.officers.desk import PASSWORD, SECRET, VAULT
from tests.streams.towns import Reading, calm, depths, rain, square, town, us

CHEAP = Passwords(Cost(rounds=1, memory_kib=8, lanes=1))
PEOPLE = {"Z0": 3, "Z1": 2}


def signed_town(points: int = 2, **changes: Any) -> City:
    """A town whose orders wait for officers; its zones have names in both languages."""
    places = town(points).zones
    zones = tuple(Zone(zone.zone_id, "D1", zone.geometry, f"片区{n}", f"Quarter {n}") for n, zone in enumerate(places))
    return town(points, **{"approval": dict(defaults.APPROVAL), "zones": zones, **changes})


def town_of_two_districts() -> City:
    """As above, with a district D2 beside it that the same gauge serves."""
    city = signed_town(1, districts=("D1", "D2"))
    stations = tuple(
        type(station)(station.station_id, "rain", 60.0, district_ids=("D1", "D2")) if station.station_id == "R" else station
        for station in city.stations
    )
    return signed_town(1, districts=("D1", "D2"), stations=stations, zones=(*city.zones, Zone("Y0", "D2", square(113.7, 34.7))))


@dataclass
class TownLog:
    """Takes decisions as Kafka would, and steps the districts through them at once; `away` refuses all, `slow` keeps them for later."""

    city: City
    engine: Engine
    now_us: Callable[[], int]
    away: bool = False
    slow: bool = False
    model: Model = calm
    taken: list[Packed] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    plans: dict[str, DistrictPlan] = field(init=False)
    states: dict[str, DistrictState] = field(init=False)
    _later: list[Packed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plans = {district: plan_district(self.city, district, Reach(self.city)) for district in self.city.districts}
        self.states = {district: empty_state(plan) for district, plan in self.plans.items()}

    def send(self, messages: Sequence[Packed]) -> None:
        if self.away:
            raise LogFailed("nobody listens", list(messages), retriable=True)
        self.taken += messages
        self._later += messages
        if not self.slow:
            self.flow()

    def flow(self) -> None:
        """Let the districts hear what was kept."""
        later, self._later = self._later, []
        for message in later:
            self.take(message.district, decode(message.data, self.plans[message.district].station_no))

    def hear(self, readings: Sequence[Reading], until_s: float, district: str = "D1") -> None:
        """Readings, and a tick."""
        numbers = self.plans[district].station_no
        ordered = sorted(readings, key=lambda reading: reading.arrival_s)
        arrivals = np.array([us(reading.arrival_s) for reading in ordered], np.int64)
        self.take(
            district,
            Batch(
                district,
                np.array([numbers[reading.station] for reading in ordered], np.int64),
                np.array([us(reading.observed_s) for reading in ordered], np.int64),
                arrivals,
                np.array([reading.value for reading in ordered], float),
                {row: reading.extra for row, reading in enumerate(ordered) if reading.extra is not None},
                np.array([us(until_s)], np.int64),
            ),
        )

    def take(self, district: str, batch: Batch) -> None:
        self.states[district], outputs = step(self.plans[district], self.states[district], batch, self.model)
        self.outputs += outputs
        message = OutputMessage(district, self.states[district].heard_until_us, [], outputs)
        save(self.engine, [rows_of(message)], self.now_us())

    def dead_letters(self, letters: Sequence[Letter]) -> None:
        self.letters += letters

    def close(self) -> None:
        pass

    @property
    def orders(self) -> list[Order]:
        return [output for output in self.outputs if isinstance(output, Order)]


class Site:
    """A desk, its log, and a clock that is moved by hand."""

    def __init__(
        self, engine: Engine, city: City, passwords: Passwords = CHEAP, people: PeopleVault | None = None, pictures: Pictures | None = None
    ):
        self.engine, self.city, self.now_us = engine, city, us(150)
        self.log = TownLog(city, engine, lambda: self.now_us)
        self.door = Door(engine, VAULT, passwords)
        self.desk = Desk(city, engine, self.door, Writer(self.log), lambda: self.now_us, people=people, pictures=pictures)
        self.app: ASGIApp = make_app(self.desk)
        self._officer: Client | None = None
        homes = [{"resident": f"{zone}-{number}", "zone": zone} for zone, count in PEOPLE.items() for number in range(count)]
        with engine.begin() as connection:
            connection.execute(insert(RESIDENTS), [{"resident": home["resident"], "language": "en"} for home in homes])
            connection.execute(insert(HOMES), homes)

    def flood(self, *depth_m: float) -> list[str]:
        """Water at the points, in rain; the identifiers of the drafts."""
        readings = [reading for n, depth in enumerate(depth_m) for reading in depths(f"S{n}", [0.0, depth, depth], start_s=1)]
        self.log.hear([*rain(0, 2), *readings], until_s=140)
        return [order.identifier for order in self.log.orders]

    def add(self, name: str, role: Role = Role.OFFICER) -> None:
        add_officer(self.engine, Officer(name, name, role), CHEAP.hash(PASSWORD), VAULT.seal(name, SECRET), self.now_us, "test")

    def code(self) -> str:
        return pyotp.TOTP(SECRET).at(self.now_us // SECOND_US)

    def person(self, name: str = "li", role: Role = Role.OFFICER) -> Client:
        """Somebody with an account, signed in."""
        self.add(name, role)
        return self.again(name)

    def again(self, name: str) -> Client:
        """Somebody who signs in once more."""
        done = self.door.sign_in(Attempt(name, PASSWORD, self.code()), self.now_us)
        assert isinstance(done, SignedIn)
        return Client(self.app, {"Authorization": f"Bearer {done.token}"})

    def officer(self) -> dict[str, str]:
        """Headers of an officer who is signed in, whatever was signed out meanwhile."""
        if self._officer is None:
            self._officer = self.person("officer")
        while self._officer.get("/api/me").status_code == 401:
            self._officer = self.again_later("officer")
        return self._officer.headers

    def again_later(self, name: str) -> Client:
        """Somebody who signs in once more, with the next code."""
        self.pass_minutes(1)
        return self.again(name)

    def machine(self, role: Role = Role.VIEWER) -> Client:
        return Client(self.app, {"X-API-Key": add_api_key(self.engine, "traffic", role, self.now_us, "test").key})

    def nobody(self) -> Client:
        return Client(self.app, {})

    def pass_minutes(self, minutes: float) -> None:
        self.now_us += round(minutes * MINUTE_US)

    def state_of(self, identifier: str) -> str:
        return next(order.state for order in reversed(self.log.orders) if order.identifier == identifier)


class Client:
    """Asks a desk without a network."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]):
        self._app, self.headers = app, headers

    def ask(self, method: str, address: str, **more: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            headers = self.headers | more.pop("headers", {})
            async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
                return await client.request(method, address, headers=headers, **more)

        answer = asyncio.run(asked())
        _check_documented(answer, method)
        return answer

    def get(self, address: str) -> httpx.Response:
        return self.ask("GET", address)

    def order(self, identifier: str) -> dict[str, Any]:
        answer = self.get(f"/api/orders/{identifier.replace('%', '%25')}")
        assert 200 == answer.status_code, answer.text
        return dict(answer.json())

    def act(self, act: str, **fields: Any) -> httpx.Response:
        return self.ask("POST", f"/api/acts?wait_s={fields.pop('wait_s', 5)}", json={"act": act, **fields})

    def sign(self, *identifiers: str, **fields: Any) -> httpx.Response:
        """Sign orders with the texts that they have now."""
        return self.act("sign", orders=[self.seen(identifier) for identifier in identifiers], **fields)

    def seen(self, identifier: str) -> dict[str, Any]:
        texts = {language: text["text"] for language, text in self.order(identifier)["texts"].items()}
        return {"identifier": identifier, "texts": texts}


def outcomes(answer: httpx.Response) -> list[str]:
    assert answer.status_code in (200, 202), answer.text
    return [outcome["outcome"] for outcome in answer.json()["outcomes"]]


@lru_cache(maxsize=1)
def _documented() -> dict[tuple[str, re.Pattern[str]], set[int]]:
    """The statuses that OpenAPI tells of, by method and address."""
    api = FastAPI()
    for part in (account, acts, orders, sign_in, state, review, duty, not_reached, storms, points, what_if, system, reports, reports_acts):
        api.include_router(part.router)
    return {
        (method.upper(), re.compile(re.sub(r"{\w+}", "[^/]+", path))): {int(status) for status in operation["responses"]}
        for path, methods in api.openapi()["paths"].items()
        for method, operation in methods.items()
    }


def _check_documented(answer: httpx.Response, method: str) -> None:
    path = answer.url.path
    for (verb, pattern), statuses in _documented().items():
        if verb == method and pattern.fullmatch(path):
            assert answer.status_code in statuses | {500}, f"{method} {path}: {answer.status_code} is not documented"
