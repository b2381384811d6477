"""What workers give out in a small city over some minutes, and what a store makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Engine, select

from streams.broker.names import TopicNames
from streams.observation.dead_letter import DeadLetter, Reason
from streams.observation.moments import MINUTE_US, SECOND_US, to_text
from streams.rules.outputs import LEAD_MIN, Forecast, Order, OutputMessage, PointState, Standing, Warning
from streams.store.engine import reading
from streams.store.schema import DEAD_LETTERS, DISTRICTS_HEARD, DISTRICTS_NOW, FORECASTS_NOW, ORDERS, POINTS_NOW, WARNINGS

START_US = 1_784_535_720 * SECOND_US


@dataclass(frozen=True)
class Record:
    """A record as kafka-python gives it, as far as the projector looks."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


def minute_of(district: str, minute: int) -> OutputMessage:
    """All that a district says in a minute: a level that goes up and down, an order, a forecast, and what holds."""
    moment = to_text(START_US + minute * MINUTE_US)
    point, level = f"{district}-P", minute % 5
    depths = {"0.5": [0.1 * level] * len(LEAD_MIN)}
    incident = f"{district}-{minute // 5}"
    kind: Any = "Cancel" if level == 4 else "Update" if level else "Alert"
    return OutputMessage(
        district,
        START_US + minute * MINUTE_US + 10 * SECOND_US,
        [],
        [
            Warning(point, moment, level, "measured", False, f"to {level}", 0.1 * level, [f"{point}|{minute}"]),
            Order(
                incident,
                level + 1,
                kind,
                f"{incident}-{level}",
                [],
                [f"Z{district}"],
                4,
                "measured",
                "released",
                moment,
                moment,
                {"en": "x"},
            ),
            Forecast(point, moment, "reservoir", "1", list(LEAD_MIN), depths, [], {"0.5": 0.1 * level}, []),
            Standing(district, moment, 0.5 * minute, [PointState(point, level, level, "measured", False, 0.1 * level, moment)], []),
        ],
    )


def letter(number: int) -> DeadLetter:
    return DeadLetter(Reason.NOT_FINITE, "http", number, "x")


def records(names: TopicNames, minutes: int = 3, district: str = "A") -> list[Record]:
    messages = [msgspec.msgpack.encode(minute_of(district, minute)) for minute in range(minutes)]
    return [Record(names.outputs, 0, offset, district.encode(), value) for offset, value in enumerate(messages)]


def content(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that was projected, but when it was."""
    found = {}
    with reading(engine) as connection:
        for table in (POINTS_NOW, WARNINGS, ORDERS, FORECASTS_NOW, DISTRICTS_NOW, DISTRICTS_HEARD, DEAD_LETTERS):
            columns = [column for column in table.c if column.name != "written_us"]
            found[table.name] = sorted(tuple(row) for row in connection.execute(select(*columns)))
    return found
