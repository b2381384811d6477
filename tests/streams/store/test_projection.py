"""What the page shows is the latest, whatever comes twice or late."""

from __future__ import annotations

import random
from contextlib import closing
from typing import Any

import msgspec
import pytest
from msgspec import structs
from sqlalchemy import Engine, select

from streams.observation.dead_letter import DeadLetter
from streams.observation.moments import parse_us
from streams.rules.outputs import LEAD_MIN, Decided, Forecast, ModelChange, OutputMessage, PointState, Standing, Verdict, Warning, ZoneState
from streams.store.audit import audit_rows
from streams.store.engine import reading
from streams.store.projection import save_dead_letter, save_outputs
from streams.store.queries import (
    DistrictNow,
    PointNow,
    RecentWarning,
    city_of,
    dead_letter_counts,
    districts_now,
    districts_say,
    forecast_lines,
    open_orders,
    points_now,
    recent_warnings,
    told_order,
)
from streams.store.schema import MODEL_CHANGES
from tests.streams.store.town import TEXTS, order


def at(minute: int, second: int = 0) -> str:
    return f"2021-07-20T08:{minute:02d}:{second:02d}Z"


def us(moment: str) -> int:
    return parse_us(moment) or 0


def warning(moment: str, level: Any, number: int = 0, **changes: Any) -> Warning:
    fields: dict[str, Any] = {"low_point": "LP1", "basis": "measured", "unconfirmed": False, "depth_m": 0.3, "readings": ["s|depth|1"]}
    return Warning(**{**fields, "issued_at": moment, "level": level, "reason": f"to {level}", "number": number, **changes})


def standing(moment: str, level: Any = 2, depth_m: float | None = 0.28, **changes: Any) -> Standing:
    held = level if isinstance(level, int) else 0
    point = PointState("LP1", level, held, "measured", False, depth_m, moment if depth_m is not None else None)
    return Standing("D1", moment, changes.get("rain_mm_30min", 4.5), [point], [])


def forecast(moment: str, low_point: str = "LP1") -> Forecast:
    return Forecast(low_point, moment, "reservoir", "1", list(LEAD_MIN), {"0.5": [0.1]}, [], {"0.5": 0.2}, [])


def message(*outputs: Any) -> OutputMessage:
    return OutputMessage("D1", 0, [], list(outputs))


def test_a_point_shows_what_was_said_last(engine: Engine) -> None:
    save_outputs(engine, message(standing(at(1)), warning(at(1, 30), 3, depth_m=0.41)))
    assert [PointNow("LP1", 3, 3, "measured", False, 0.41, us(at(1)), us(at(1, 30)))] == points_now(engine)
    save_outputs(engine, message(standing(at(2), 3, 0.45)))
    assert [PointNow("LP1", 3, 3, "measured", False, 0.45, us(at(2)), us(at(2)))] == points_now(engine)


def test_the_older_never_stands_over_the_newer(engine: Engine) -> None:
    save_outputs(engine, message(standing(at(2), 3, 0.45, rain_mm_30min=9.0), forecast(at(2))))
    before = (points_now(engine), districts_now(engine), forecast_lines(engine))
    save_outputs(engine, message(warning(at(1), 1), standing(at(1)), forecast(at(1))))
    assert before == (points_now(engine), districts_now(engine), forecast_lines(engine))


def test_unknown_ends_no_level_and_is_not_zero(engine: Engine) -> None:
    save_outputs(engine, message(warning(at(1), 3), warning(at(4), "unknown", basis="measured")))
    assert [("unknown", 3)] == [(point.level, point.held_level) for point in points_now(engine)]
    save_outputs(engine, message(standing(at(5), "unknown", None)))
    assert [("unknown", 0, None)] == [(point.level, point.held_level, point.depth_m) for point in points_now(engine)]


def test_a_point_that_was_never_seen_has_no_depth_and_no_time(engine: Engine) -> None:
    save_outputs(engine, message(standing(at(1), "unknown", None)))
    assert [PointNow("LP1", "unknown", 0, "measured", False, None, None, us(at(1)))] == points_now(engine)


def test_two_changes_within_one_instant_leave_the_second(engine: Engine) -> None:
    both = message(warning(at(1), 2, 0), warning(at(1), 3, 1))
    for _ in range(2):
        save_outputs(engine, both)
    assert [3] == [point.level for point in points_now(engine)]
    assert [3, 2] == [line.level for line in recent_warnings(engine, 10)]


def test_outputs_that_come_again_in_any_order_change_nothing(engine: Engine) -> None:
    batches = [message(warning(at(m), m % 4 + 1), standing(at(m, 30), m % 4 + 1), order(m), forecast(at(m))) for m in range(1, 8)]
    for batch in batches:
        save_outputs(engine, batch)

    def shown() -> tuple[object, ...]:
        return points_now(engine), recent_warnings(engine, 99), open_orders(engine), districts_now(engine), forecast_lines(engine)

    before = shown()
    for batch in random.Random(5).sample(batches * 2, 14):
        save_outputs(engine, batch)
    assert before == shown()


def test_recent_warnings_are_the_newest_first_with_their_readings(engine: Engine) -> None:
    save_outputs(engine, message(*(warning(at(minute), 1, readings=[f"r{minute}"]) for minute in range(1, 6))))
    expected = RecentWarning("LP1", us(at(5)), 1, "measured", False, "to 1", 0.3, ["r5"], warning(at(5), 1).key)
    newest = recent_warnings(engine, 2)
    assert (expected, ["r4"]) == (newest[0], newest[1].readings)


def test_open_orders_are_the_latest_versions_of_what_is_not_over(engine: Engine) -> None:
    save_outputs(engine, message(order(1), order(2, "Update", level=4), order(1, incident="low", level=2), order(1, incident="over")))
    save_outputs(engine, message(order(2, "Cancel", incident="over"), order(1, incident="drafted", state="draft", level=1)))
    shown = [(o.incident, o.version, o.level, o.state) for o in open_orders(engine)]
    assert [("Z1-20210720T083000Z", 2, 4, "released"), ("low", 1, 2, "released"), ("drafted", 1, 1, "draft")] == shown
    assert TEXTS == open_orders(engine)[0].texts


def test_a_draft_that_was_released_stays_released(engine: Engine) -> None:
    for number, state in ((0, "draft"), (1, "released"), (0, "draft")):
        save_outputs(engine, message(structs.replace(order(state=state), number=number)))
    assert ["released"] == [each.state for each in open_orders(engine)]


def test_a_forecast_is_kept_as_a_line_of_the_contract(engine: Engine) -> None:
    save_outputs(engine, message(forecast(at(2)), forecast(at(1)), forecast(at(1), "LP2")))
    lines = forecast_lines(engine)
    assert ["LP1", "LP2"] == list(lines)
    first = msgspec.json.decode(lines["LP1"])
    assert (at(2), False) == (first["issued_at"], "type" in first)


def test_a_district_tells_how_far_it_has_come(engine: Engine) -> None:
    save_outputs(engine, message(standing(at(1), rain_mm_30min=1.0), standing(at(2), rain_mm_30min=2.25)))
    assert [DistrictNow("D1", us(at(2)), 2.25)] == districts_now(engine)


def test_verdicts_and_nothing_write_nothing(engine: Engine) -> None:
    save_outputs(engine, message(Verdict("r", "s", at(1), ["spike"], "why")))
    save_outputs(engine, message())
    assert ([], [], []) == (points_now(engine), recent_warnings(engine, 9), open_orders(engine))


def test_a_message_of_thousands_is_saved(engine: Engine) -> None:
    warnings = [warning(at(number // 60, number % 60), 1, low_point=f"LP{place}") for number in range(100) for place in range(40)]
    save_outputs(engine, message(*warnings, *(forecast(at(1), f"LP{place}") for place in range(400))))
    assert (40, 4000, 400) == (len(points_now(engine)), len(recent_warnings(engine, 9999)), len(forecast_lines(engine)))


@pytest.mark.parametrize("raw", ["plain", "a\0b", "half \ud83d pair", "积水"])
def test_a_dead_letter_is_counted_once_whatever_is_in_it(engine: Engine, raw: str) -> None:
    for key in ("t/0/1", "t/0/2", "t/0/1"):
        save_dead_letter(engine, key, DeadLetter("not_one_json_object", raw, 5_000_000_000, raw, raw))
    save_dead_letter(engine, "t/0/3", DeadLetter("not_finite", "", 0, ""))
    assert {"not_finite": 1, "not_one_json_object": 2} == dead_letter_counts(engine)


def test_what_became_of_a_model_is_kept_once(engine: Engine) -> None:
    back = ModelChange("D1", at(3), "returned", "core-1", "learned-1", "worse on what came in since", 1)
    save_outputs(engine, message(ModelChange("D1", at(1), "used", "learned-1", "core-1", "asked for"), back))
    save_outputs(engine, message(back))
    with reading(engine) as connection:
        rows = connection.execute(select(MODEL_CHANGES).order_by(MODEL_CHANGES.c.issued_us)).all()
    assert [("used", us(at(1)), "learned-1", "core-1"), ("returned", us(at(3)), "core-1", "learned-1")] == [
        (row.what, row.issued_us, row.model, row.other) for row in rows
    ]


def test_the_audit_tells_of_every_order_and_answer_once(engine: Engine) -> None:
    decided = Decided("a1", "D1", at(2), "li", "sign", "lowpoint_20210720163000_Z1_1", "done", "released")
    released = structs.replace(
        order(state="released"), number=1, signed_by=("li",), decided_at=at(2), decision="signed by li", decided_by="li"
    )
    for _ in range(2):
        save_outputs(engine, message(order(state="draft"), decided, released))
    with closing(audit_rows(engine)) as rows:
        told = [(row.actor, row.act) for row in rows]
    assert [("rule", "draft"), ("li", "sign"), ("li", "released")] == told
    shown = open_orders(engine)[0]
    assert ("released", ("li",), "signed by li") == (shown.state, shown.signed_by, shown.decision)
    assert told_order(engine, shown.identifier) == shown


def test_what_a_district_says_of_its_zones_is_the_newest(engine: Engine) -> None:
    zones = [ZoneState("Z1", 4, "o1", "draft", silenced="level 2 by li", muted=("LP2",))]
    for minute in (2, 1):
        standing = Standing("D1", at(minute), 0.0, [], [], "orange" if minute == 2 else "", zones if minute == 2 else [], 4)
        save_outputs(engine, message(standing))
    assert [("orange", 4, tuple(zones))] == [(says.signal, says.level, says.zones) for says in districts_say(engine)]
    city = city_of(("D1", "D2"), districts_say(engine))
    assert (None, ("D2",), 4, "orange") == (city.as_of_us, city.missing, city.level, city.signal)
