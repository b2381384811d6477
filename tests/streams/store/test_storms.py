"""What the store tells of a storm is what was said in it."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import Engine, event

from streams.observation.moments import MINUTE_US, to_text
from streams.rules.outputs import LEAD_MIN, QUANTILES, Forecast, Output, OutputMessage, PointState, RainSignalChange, Standing, Warning
from streams.store.engine import reading
from streams.store.projection import save_outputs
from streams.store.storms import changes_between, foretold, histories, rain, toll_of, warned
from streams.storms.find import Change
from streams.storms.watched import Warned
from tests.streams.store.town import order
from tests.streams.towns import START_US


def at(minute: float) -> int:
    return START_US + round(minute * MINUTE_US)


def time(minute: float) -> str:
    return to_text(at(minute))


def warning(minute: float, level: object, basis: object = "measured", depth_m: float = 0.5, point: str = "P") -> Warning:
    return Warning(point, time(minute), level, basis, False, "", depth_m, [])  # type: ignore[arg-type]


def standing(minute: int, level: object, depth_m: float | None, rain_mm: float = 1.0) -> Standing:
    held = level if isinstance(level, int) else 0
    return Standing("D1", time(minute), rain_mm, [PointState("P", level, held, "forecast", False, depth_m, None, moving=True)], [])  # type: ignore[arg-type]


def save(engine: Engine, *outputs: Output) -> None:
    save_outputs(engine, OutputMessage("D1", at(0), [], list(outputs)))


def test_what_begins_and_ends_a_storm_is_told_and_unknown_is_not_wet(engine: Engine) -> None:
    save(engine, warning(1, 2), warning(2, "unknown"), warning(3, 0), RainSignalChange("D1", time(2), "red", 1, 1, ""))
    save(engine, RainSignalChange("D1", time(4), "", 0, 0, ""))
    expected = [("point P", 1, True), ("point P", 2, False), ("point P", 3, False), ("district D1", 2, True), ("district D1", 4, False)]
    assert [Change(where, at(minute), holds) for where, minute, holds in expected] == changes_between(engine, at(0), at(9))
    assert [] == changes_between(engine, at(5), at(9))


def test_a_storm_in_figures(engine: Engine) -> None:
    save(engine, warning(1, 2), warning(2, 4), warning(3, 1, point="Q"), warning(9, 3, point="R"), standing(5, 0, 0.0, 41.5))
    save(engine, order(1, issued_at=time(2)), order(2, "Update", state="draft", issued_at=time(3)))
    toll = toll_of(engine, at(0), at(8))
    assert (4, 2, 41.5, 2, 1) == (toll.worst_level, toll.points, toll.peak_rain_mm_30min, toll.orders, toll.released)
    empty = toll_of(engine, at(20), at(30))
    assert (0, 0, None, 0, 0) == (empty.worst_level, empty.points, empty.peak_rain_mm_30min, empty.orders, empty.released)


def test_a_history_holds_levels_and_only_depths_that_were_measured(engine: Engine) -> None:
    save(engine, warning(0.5, 3, "forecast", 0.45), warning(1.5, 3, "measured", 0.41), standing(2, 3, 0.42), standing(3, "unknown", 0.42))
    own = histories(engine, ["P", "Q"], at(0), at(9))
    assert ["P"] == list(own)
    assert [at(0.5), at(1.5), at(2), at(3)] == own["P"].at_us.tolist()
    assert [3, 3, 3, -1] == own["P"].level.tolist()
    np.testing.assert_array_equal([np.nan, 0.41, 0.42, np.nan], own["P"].depth_m)
    assert [0.41, 0.42] == own["P"].record.depth_m.tolist()


def test_the_minute_s_word_stands_over_a_warning_of_the_same_instant(engine: Engine) -> None:
    save(engine, warning(2, 3, "forecast", 0.45), standing(2, 3, 0.2))
    assert [0.2] == histories(engine, ["P"], at(0), at(9))["P"].record.depth_m.tolist()


def test_warnings_rain_and_forecasts_come_in_their_order(engine: Engine) -> None:
    quantiles = {name: [0.1] * len(LEAD_MIN) for name in QUANTILES}
    lines = [Forecast("P", time(minute), "m", "1", list(LEAD_MIN), quantiles, [], {"0.9": 0.1}, []) for minute in (5, 0)]
    save(engine, warning(4, 3), warning(2, "unknown", "forecast"), standing(4, 0, 0.0, 2.0), standing(2, 0, 0.0, 0.5), *lines)
    assert {"P": [Warned(at(2), None, "forecast"), Warned(at(4), 3, "measured")]} == warned(engine, at(0), at(9))
    at_us, rain_mm = rain(engine, at(0), at(9))["D1"]
    assert ([at(2), at(4)], [0.5, 2.0]) == (at_us.tolist(), rain_mm.tolist())
    assert [(at(0), 0.1), (at(5), 0.1)] == [(one.issued_us, one.depth_m["0.5"][0]) for one in foretold(engine, at(0), at(9))]


def test_a_history_of_one_point_reads_no_row_of_another(engine: Engine) -> None:
    """A page of one point asks for a week of it every minute: that must not cost a week of the whole city."""
    save(engine, standing(1, 2, 0.3), standing(2, 2, 0.3), warning(1.5, 1, point="Q"))
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        histories(engine, ["P"], at(0), at(9))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    ((statement, parameters),) = [one for one in asked if "point_history" in one[0]]
    with reading(engine) as connection:
        assert ["P", "P"] == [row[0] for row in connection.exec_driver_sql(statement, parameters)]
