"""Situations of a city, each named by what is special about it and written to the store as the projector would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from sqlalchemy import Engine

from streams.city.model import City, LowPoint, Zone
from streams.observation.dead_letter import DeadLetter, Reason
from streams.observation.moments import MINUTE_US, SECOND_US, to_text
from streams.rules.outputs import (
    LEAD_MIN,
    QUANTILES,
    Exceedance,
    Forecast,
    Order,
    Output,
    OutputMessage,
    PointState,
    Standing,
    TimeTo,
    Warning,
)
from streams.store.projection import rows_of, rows_of_letter, save

NOW_US = 1_784_535_744 * SECOND_US  # 2026-07-20T08:22:24Z, 16:22:24 in Shanghai
SAID_US = NOW_US - 24 * SECOND_US
"""The whole minute at which everything was said last."""

HEARD_US = NOW_US - 14 * SECOND_US
"""How far the log has come."""

TEXTS = {"zh": "【演示】积水红色预警:请立即转移。", "en": "Demo: Flood RED (4). EVACUATE to high ground now."}

State = Mapping[str, PointState]


def dry(point: LowPoint, ago_s: int = 34) -> PointState:
    return state(point, 0, 0.0, ago_s)


def state(point: LowPoint, level: int | Literal["unknown"], depth_m: float | None, ago_s: int = 34, **changes: Any) -> PointState:
    observed_at = None if depth_m is None else to_text(NOW_US - ago_s * SECOND_US)
    fields = {"held_level": level if isinstance(level, int) else 0, "basis": "measured", "unconfirmed": False, **changes}
    return PointState(point.low_point_id, level, depth_m=depth_m, observed_at=observed_at, **fields)


def forecast(point: LowPoint, peak_m: float, chances: tuple[float, ...] = (0.9, 0.7, 0.4, 0.1), issued_us: int = SAID_US) -> Forecast:
    depths = {name: [peak_m] * len(LEAD_MIN) for name in QUANTILES}
    exceedances = [Exceedance(rung.depth_m, [p] * len(LEAD_MIN)) for rung, p in zip(point.levels, chances, strict=True)]
    peaks = {"0.1": peak_m, "0.5": peak_m, "0.9": peak_m}
    times = [TimeTo(rung.depth_m, None) for rung in point.levels]
    return Forecast(point.low_point_id, to_text(issued_us), "reservoir", "1", list(LEAD_MIN), depths, exceedances, peaks, times)


def warning(point: LowPoint, level: int | Literal["unknown"], depth_m: float, ago_s: int = 90, **changes: Any) -> Warning:
    fields: dict[str, Any] = {"basis": "measured", "unconfirmed": False, "reason": "because", "readings": [], **changes}
    return Warning(point.low_point_id, to_text(NOW_US - ago_s * SECOND_US), level, depth_m=depth_m, **fields)


def order(zone: Zone, level: int = 4, ago_s: int = 80, **changes: Any) -> Order:
    issued_us = NOW_US - ago_s * SECOND_US
    incident = f"{zone.zone_id}-20260720T082000Z"
    fields: dict[str, Any] = {
        "incident": incident,
        "version": 1,
        "msg_type": "Alert",
        "identifier": f"demo_20260720162000_{incident}_1",
        "references": [],
        "zones": [zone.zone_id],
        "level": level,
        "basis": "measured",
        "state": "released",
        "issued_at": to_text(issued_us),
        "expires": to_text(issued_us + 360 * MINUTE_US),
        "texts": TEXTS,
    }
    return Order(**{**fields, **changes})


def say(engine: Engine, city: City, states: State, more: Mapping[str, list[Output]] | None = None, **times: int) -> None:
    """Write what every district says of its points, and more by district."""
    said_us, heard_us = times.get("said_us", SAID_US), times.get("heard_us", HEARD_US)
    written_us = times.get("written_us", heard_us + 300_000)
    rows = []
    for district in city.districts:
        own = [states[point.low_point_id] for point in city.low_points if point.district_id == district]
        outputs: list[Output] = [*(more or {}).get(district, []), Standing(district, to_text(said_us), 12.25, own, [])]
        rows.append(rows_of(OutputMessage(district, heard_us, [], outputs)))
    save(engine, rows, written_us)


def no_data(engine: Engine, city: City) -> None:
    """Nothing has come yet."""


def all_dry(engine: Engine, city: City) -> None:
    say(engine, city, {point.low_point_id: dry(point) for point in city.low_points})


def one_red_unconfirmed(engine: Engine, city: City) -> None:
    """The last point of the list is at level 4 by one sensor, with an order, a draft and a forecast; all others are dry."""
    red = city.low_points[-1]
    states = {point.low_point_id: dry(point) for point in city.low_points}
    states[red.low_point_id] = state(red, 4, 0.63, unconfirmed=True)
    zones = [zone for zone in city.zones if zone.district_id == red.district_id]
    said: list[Output] = [warning(red, 2, 0.28, 200), warning(red, 4, 0.63, unconfirmed=True), forecast(red, 0.71)]
    said += [order(zones[0]), order(zones[-1], 3, state="draft", texts={})] if len(zones) > 1 else [order(zone) for zone in zones]
    say(engine, city, states, {red.district_id: said})
    letters = [rows_of_letter(f"t/0/{number}", DeadLetter(Reason.UNKNOWN_STATION, "http", number, "x")) for number in range(3)]
    save(engine, letters, NOW_US)


def unknown_points(engine: Engine, city: City) -> None:
    """The first was never seen, the second fell silent at level 3, the third while it was dry; all others are dry."""
    never, held, silent, *others = city.low_points
    states = {point.low_point_id: dry(point) for point in others}
    states[never.low_point_id] = state(never, "unknown", None)
    states[held.low_point_id] = state(held, "unknown", 0.44, 900, held_level=3)
    states[silent.low_point_id] = state(silent, "unknown", 0.0, 900)
    say(engine, city, states)


def stale(engine: Engine, city: City) -> None:
    """One point was orange and all others dry when the data stopped, three minutes ago."""
    long_ago_us = 180 * SECOND_US
    orange, *others = city.low_points
    states = {point.low_point_id: dry(point, 214) for point in others}
    states[orange.low_point_id] = state(orange, 3, 0.45, 200)
    say(engine, city, states, said_us=SAID_US - long_ago_us, heard_us=NOW_US - long_ago_us)


def storm(engine: Engine, city: City) -> None:
    """A storm is on its way through the city: points at every level, some by forecast, some silent."""
    depths = [0.0, 0.0, 0.04, 0.17, 0.31, 0.44, 0.09, 0.2, 0.0, 0.68, 0.02, 0.0, 0.29]
    states: dict[str, PointState] = {}
    more: dict[str, list[Output]] = {}
    for number, point in enumerate(city.low_points):
        depth_m = depths[number * 7 % len(depths)]
        level = sum(depth_m >= rung.depth_m for rung in point.levels)
        states[point.low_point_id] = state(point, level, depth_m, 12 + number, unconfirmed=level > 1 and number % 3 == 0)
        said = more.setdefault(point.district_id, [])
        if number % 17 == 5:
            states[point.low_point_id] = state(point, "unknown", depth_m, 900, held_level=level)
        elif number % 11 == 3:
            states[point.low_point_id] = state(point, 3, depth_m, basis="forecast")
        said.append(forecast(point, depth_m * 1.2 + 0.03, (0.8, 0.5, min(1.0, depth_m), depth_m / 2)))
        if level:
            said.append(warning(point, level, depth_m, 70 + 13 * number))
    for zone in city.zones:
        # in the demo city the zones of LP07 are Z07A and Z07B
        level = states[f"LP{zone.zone_id[1:3]}"].held_level
        if level >= 3 and zone.zone_id.endswith("A"):
            more[zone.district_id].append(order(zone, level))
        elif level == 4:
            more[zone.district_id].append(order(zone, level, state="draft", texts={}))
    say(engine, city, states, more)
    letters = [rows_of_letter(f"t/0/{n}", DeadLetter((Reason.NOT_JSON, Reason.BAD_TIME)[n % 2], "mqtt", n, "x")) for n in range(5)]
    save(engine, letters, NOW_US)


SITUATIONS: dict[str, Callable[[Engine, City], None]] = {
    "noData": no_data,
    "allDry": all_dry,
    "oneRedUnconfirmed": one_red_unconfirmed,
    "unknownPoints": unknown_points,
    "stale": stale,
    "storm": storm,
}
