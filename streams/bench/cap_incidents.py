"""Random incidents, as the rules would give them out, over random cities whose names are as bad as names can be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random
from typing import Any, get_args
from urllib.parse import quote

import msgspec

from streams.city.defaults import LEVELS
from streams.city.model import City, LowPoint, Public, Sender, Zone
from streams.observation.moments import HOUR_US, MINUTE_US, to_datetime, to_text
from streams.rules.limits import EXPIRES_US
from streams.rules.outputs import Basis, Order

START_US = 1_626_739_200_000_000
"""2021-07-20T00:00:00Z."""

CITY_EVERY = 10
SPAN_US = 365 * 24 * HOUR_US
NAMES = (
    "锦鲤里",
    "Koi Lane",
    "A & B",
    "<b>x</b>",
    'the "Dip"',
    "O'Hara's",
    "]]>",
    "&amp;",
    "👨‍👩‍👧 park",
    "𠮷野",
    "=1+1",
    "{place}",
    " lead",
    "a,b;c",
    "e\u0301",
)
IDS = ("Z1", "Z 2", "区3", "Z,4", "Z&5", "<Z6>", 'Z"7', "Z'8", "Z/9", "Z_10", "Ω%11", "🌊12")
TIME_ZONES = ("Asia/Shanghai", "America/Chicago", "Asia/Kolkata", "UTC", "America/St_Johns")
LANGUAGES = (("zh", "en"), ("en", "zh"), ("en",), ("zh",), ("fr",), ("fr", "zh"))


class Incident(msgspec.Struct, frozen=True):
    """One thread of orders, and the city and the place that it is of."""

    city: City
    place: LowPoint | Zone
    orders: tuple[Order, ...]


def random_incidents(count: int, seed: int) -> Iterator[Incident]:
    """Yield incidents; a new city for every ten of them. The same seed gives the same ones."""
    luck = Random(seed)
    for number in range(count):
        if number % CITY_EVERY == 0:
            city = _city(luck, number)
        zone = luck.choice(city.zones)
        place: LowPoint | Zone = luck.choice(city.low_points) if luck.random() < 0.9 else zone
        yield Incident(city, place, tuple(_thread(luck, city, zone.zone_id)))


def _city(luck: Random, number: int) -> City:
    # where |lon| > 90, so that latitude and longitude in the wrong order show
    lon, lat = luck.choice((luck.uniform(95, 179), luck.uniform(-179, -95))), luck.uniform(-70, 70)
    return City(
        name=luck.choice(NAMES),
        time_zone=luck.choice(TIME_ZONES),
        districts=("D1",),
        languages=luck.choice(LANGUAGES),
        sender=Sender(name=luck.choice(("", *NAMES))),
        public=Public(live=True, cap_issuer=luck.choice(("lowpoint-demo", "flood.example.org", "防汛", f"city{number}@example.org"))),
        simulated=luck.random() < 0.3,
        levels=LEVELS,
        low_points=tuple(
            LowPoint(f"P{n}", "D1", "sag", LEVELS, luck.choice(("", *NAMES)), luck.choice(("", *NAMES)), lon, lat) for n in range(8)
        ),
        zones=tuple(
            Zone(id_, "D1", _geometry(luck, lon, lat), luck.choice(("", *NAMES)), luck.choice(("", *NAMES)), luck.uniform(5, 60))
            for id_ in IDS
        ),
    )


def _geometry(luck: Random, lon: float, lat: float) -> dict[str, Any]:
    """Draw a ring, several, one with a hole, one that crosses itself, one that is open; or nothing at all."""
    kind = luck.choice(("ring", "ring", "several", "hole", "crossing", "open", "none"))
    ring = _ring(luck, lon, lat, 0.01)
    if kind == "several":
        return {"type": "MultiPolygon", "coordinates": [[ring], [_ring(luck, lon + 0.05, lat, 0.01)]]}
    if kind == "hole":
        return {"type": "Polygon", "coordinates": [ring, _ring(luck, lon, lat, 0.002)]}
    if kind == "crossing":
        bow_tie = [[lon + on, lat + up] for on, up in ((0, 0), (0.01, 0.01), (0.01, 0), (0, 0.01), (0, 0))]
        return {"type": "Polygon", "coordinates": [bow_tie]}
    if kind == "open":
        return {"type": "Polygon", "coordinates": [ring[:-1]]}
    return {"type": "Polygon", "coordinates": [ring]} if kind == "ring" else {}


def _ring(luck: Random, lon: float, lat: float, size: float) -> list[list[float]]:
    turns = sorted(luck.uniform(0, 2 * math.pi) for _ in range(luck.randint(2, 20)))
    # three fixed corners, so that the ring goes round its middle
    turns = sorted([*turns, 0.1, 2.2, 4.3])
    corners = [[lon + r * math.cos(turn), lat + r * math.sin(turn)] for turn in turns for r in (size * luck.uniform(0.5, 1),)]
    return [*corners, corners[0]]


def _thread(luck: Random, city: City, zone: str) -> Iterator[Order]:
    now_us = START_US + luck.randrange(SPAN_US)
    name = f"{quote(zone, safe='-._~')}-{to_datetime(now_us).strftime('%Y%m%dT%H%M%SZ')}"
    versions, before = luck.randint(2, 8), ""
    level = luck.randint(1, 4)
    for version in range(1, versions + 1):
        ended = version == versions
        local = to_datetime(now_us).astimezone(city.zone_info).strftime("%Y%m%d%H%M%S")
        draft = not ended and luck.random() < 0.2
        order = Order(
            incident=name,
            version=version,
            msg_type="Cancel" if ended else "Alert" if version == 1 else "Update",
            identifier=f"{city.public.cap_issuer}_{local}_{name}_{version}",
            references=[before] if before else [],
            zones=[zone],
            level=level,
            basis=luck.choice(get_args(Basis)),
            state="draft" if draft else "released",
            issued_at=to_text(now_us),
            expires=to_text(now_us + EXPIRES_US),
            unconfirmed=luck.random() < 0.2,
            decision=luck.choice(("", "corrected by A and B", "called off by A and B")) if ended else "",
        )
        yield order
        if draft and luck.random() < 0.5:  # an officer signs it
            now_us += luck.randrange(10 * MINUTE_US)
            yield msgspec.structs.replace(order, state="released", decided_at=to_text(now_us), decision="sign", number=1)
        before, level = order.identifier, luck.randint(1, 4) if not ended else level
        # two versions may fall into one second
        now_us += luck.choice((0, luck.randrange(1_000_000), luck.randrange(HOUR_US)))
