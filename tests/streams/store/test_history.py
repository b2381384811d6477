"""What was is kept once, whatever comes twice or late, and is taken out when it is old."""

from __future__ import annotations

import random
from typing import Any

import msgspec
from msgspec import structs
from sqlalchemy import Engine, func, select

from streams.observation.dead_letter import DeadLetter
from streams.observation.moments import HOUR_US, MINUTE_US, to_text
from streams.rules.outputs import OutputMessage, PointState, Standing, StationState, Verdict, Warning, Water
from streams.store.dead_letters import newest_letters
from streams.store.engine import reading
from streams.store.history import (
    PointThen,
    RainThen,
    VerdictThen,
    kept_forecasts,
    last_warning_of,
    point_history,
    rain_history,
    verdicts_of,
    warnings_of,
)
from streams.store.history_rows import MOST_VERDICTS
from streams.store.history_schema import FORECASTS_KEPT, POINT_HISTORY, RAIN_HISTORY, VERDICTS
from streams.store.live_rows import stations_seen
from streams.store.now_schema import STATIONS_NOW, WATER_NOW
from streams.store.projection import rows_of, rows_of_letter, save, save_outputs
from streams.store.prune import DAY_US, prune
from streams.store.water import water_now
from tests.streams.store.test_projection import at, forecast, us, warning

EVER = (0, 2**62)
TABLES = (POINT_HISTORY, RAIN_HISTORY, VERDICTS, FORECASTS_KEPT, STATIONS_NOW, WATER_NOW)
DRY = PointState("LP1", 0, 0, "measured", False, 0.0, at(0))


def said(moment: str, *points: PointState, rain_mm: float = 0.0, **more: Any) -> Standing:
    return Standing("D1", moment, rain_mm, list(points), [], **more)


def message(*outputs: Any) -> OutputMessage:
    return OutputMessage("D1", 0, [], list(outputs))


def water(moment: str, part: int = 0, memory: bytes = b"") -> Water:
    return Water("D1", moment, part, 1, ["LP1"], [None], memory)


def verdict(moment: str, station: str = "S1", reading: str = "r", flags: tuple[str, ...] = ("spike",)) -> Verdict:
    return Verdict(reading, station, moment, list(flags), "the next reading denies it")


def content(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    with reading(engine) as connection:
        return {table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr) for table in TABLES}


def moments(engine: Engine, low_point: str = "LP1") -> list[int]:
    return [(row.at_us - us(at(0))) // MINUTE_US for row in point_history(engine, low_point, *EVER)]


def test_a_dry_point_is_kept_every_ten_minutes_and_one_that_moves_every_minute(engine: Engine) -> None:
    for minute in range(25):
        moving = structs.replace(DRY, low_point="LP2", moving=True)
        save_outputs(engine, message(said(at(minute), DRY, moving)))
    assert ([0, 10, 20], list(range(25))) == (moments(engine), moments(engine, "LP2"))


def test_while_it_rains_dry_points_are_kept_every_minute_too(engine: Engine) -> None:
    for minute in range(1, 4):
        save_outputs(engine, message(said(at(minute), DRY, rain_mm=0.5 if minute > 1 else 0.0)))
    assert [2, 3] == moments(engine)


def test_an_unknown_point_is_kept_every_minute_and_has_no_depth(engine: Engine) -> None:
    lost = PointState("LP1", "unknown", 0, "measured", False, 0.31, at(0))
    for minute in range(1, 4):
        save_outputs(engine, message(said(at(minute), lost)))
    assert [PointThen(us(at(minute)), None, None, "measured", False) for minute in (1, 2, 3)] == point_history(engine, "LP1", *EVER)


def test_a_point_at_a_level_is_kept_though_its_road_is_dry(engine: Engine) -> None:
    save_outputs(engine, message(said(at(3), structs.replace(DRY, level=3, held_level=3, basis="forecast"))))
    assert [3] == [row.level for row in point_history(engine, "LP1", *EVER)]


def test_a_warning_is_kept_with_the_water_that_was_measured_and_no_other(engine: Engine) -> None:
    save_outputs(engine, message(warning(at(1, 7), 2), warning(at(2, 9), 3, basis="forecast", depth_m=0.9)))
    assert [(us(at(1, 7)), 2, 0.3), (us(at(2, 9)), 3, None)] == [
        (row.at_us, row.level, row.depth_m) for row in point_history(engine, "LP1", *EVER)
    ]


def test_of_one_instant_what_was_said_last_stands_in_whatever_order_it_comes(engine: Engine) -> None:
    first, second = warning(at(1), 2, 0), warning(at(1), 3, 1)
    save_outputs(engine, message(second))
    save_outputs(engine, message(first))
    assert [3] == [row.level for row in point_history(engine, "LP1", *EVER)]
    save_outputs(engine, message(said(at(1), structs.replace(DRY, level=3, held_level=3, depth_m=0.33))))
    save_outputs(engine, message(second))
    assert [0.33] == [row.depth_m for row in point_history(engine, "LP1", *EVER)]


def test_rain_is_kept_each_minute_while_it_rains_or_a_signal_stands(engine: Engine) -> None:
    for minute, rain_mm, signal in ((1, 0.0, ""), (2, 4.5, ""), (3, 0.0, "blue"), (10, 0.0, "")):
        save_outputs(engine, message(said(at(minute), rain_mm=rain_mm, signal=signal)))
    assert [RainThen(us(at(2)), 4.5, ""), RainThen(us(at(3)), 0.0, "blue"), RainThen(us(at(10)), 0.0, "")] == rain_history(
        engine, "D1", *EVER
    )
    assert [] == rain_history(engine, "D2", *EVER)


def test_forecasts_of_wet_roads_are_kept_every_five_minutes(engine: Engine) -> None:
    wet = [structs.replace(forecast(at(minute)), peak_m={"0.9": 0.01}) for minute in range(4, 11)]
    save_outputs(engine, message(*wet, structs.replace(forecast(at(15)), peak_m={"0.9": 0.009}), forecast(at(5, 30))))
    kept = kept_forecasts(engine, "LP1", *EVER)
    assert [us(at(5)), us(at(10))] == [one.issued_us for one in kept]
    assert [at(5), at(10)] == [msgspec.json.decode(one.line)["issued_at"] for one in kept]


def test_verdicts_are_kept_with_their_flags_and_found_by_station_newest_first(engine: Engine) -> None:
    save_outputs(engine, message(verdict(at(1)), verdict(at(2), flags=("late", "range")), verdict(at(3), "S2")))
    reason = "the next reading denies it"
    expected = [VerdictThen("S1", "r", us(at(2)), ("late", "range"), reason), VerdictThen("S1", "r", us(at(1)), ("spike",), reason)]
    assert expected == verdicts_of(engine, ["S1"], 9)
    assert (expected[:1], []) == (verdicts_of(engine, ["S1"], 1), verdicts_of(engine, [], 9))


def test_a_sensor_that_is_late_for_hours_does_not_fill_the_store_and_hides_no_other(engine: Engine) -> None:
    flood = [verdict(at(1), reading=f"r{number:03d}") for number in range(500)]
    save_outputs(engine, message(*flood, verdict(at(1), "S2")))
    assert (MOST_VERDICTS, 1) == (len(verdicts_of(engine, ["S1"], 999)), len(verdicts_of(engine, ["S2"], 999)))
    assert "r499" in {one.reading for one in verdicts_of(engine, ["S1"], 999)}


def test_a_verdict_on_a_reading_with_any_name_is_kept(engine: Engine) -> None:
    save_outputs(engine, message(verdict(at(1), reading="a\0b" + "水" * 190)))
    assert 1 == len(verdicts_of(engine, ["S1"], 9))


def test_stations_are_what_the_newest_word_of_their_district_says(engine: Engine) -> None:
    first = [StationState("S1", "ok", "", at(1), 0.1), StationState("S2", "silent", "nothing", None, None)]
    save_outputs(engine, message(said(at(2), stations=[StationState("S2", "ok", "", at(2), 0.2)])))
    save_outputs(engine, message(said(at(1), stations=first)))  # late: it brings nothing back
    assert [("S2", "D1", "ok", us(at(2)), 0.2)] == [
        (one.station, one.district, one.state, one.observed_us, one.value) for one in stations_seen(engine)
    ]
    save_outputs(engine, message(said(at(3), stations=first)))
    assert [("S1", "ok"), ("S2", "silent")] == [(one.station, one.state) for one in stations_seen(engine)]


def test_a_gauge_of_two_districts_is_told_by_both(engine: Engine) -> None:
    told = [StationState("R", "ok", "", at(1), 0.0)]
    save_outputs(engine, message(said(at(1), stations=told)))
    save_outputs(engine, message(structs.replace(said(at(2)), district="D2", stations=told), said(at(2), stations=told)))
    assert [("R", "D1", us(at(2))), ("R", "D2", us(at(2)))] == [(one.station, one.district, one.as_of_us) for one in stations_seen(engine)]


def test_of_each_part_of_the_water_the_newest_is_there_and_one_that_cannot_be_read_is_not(engine: Engine) -> None:
    save_outputs(engine, message(water(at(2), memory=b"abcd"), water(at(1)), water(at(1), 1)))
    save_outputs(engine, message(water(at(1), memory=b"late")))
    assert [water(at(2), memory=b"abcd"), water(at(1), 1)] == water_now(engine)
    with engine.begin() as connection:
        connection.execute(WATER_NOW.update().where(WATER_NOW.c.part == 1).values(memory=b"\xc1"))
    assert [water(at(2), memory=b"abcd")] == water_now(engine)


def minute_of(minute: int) -> OutputMessage:
    """A district's minute with everything that is kept."""
    point = PointState("LP1", minute % 3, minute % 3, "measured", False, 0.1 * minute, at(minute), moving=minute % 3 > 0)
    states = [StationState(f"S{n}", "ok", "", at(minute), 0.1) for n in range(minute % 4)]
    told = structs.replace(forecast(at(minute)), peak_m={"0.9": 0.2})
    return message(
        warning(at(minute), minute % 5),
        verdict(at(minute), reading=f"r{minute}"),
        said(at(minute), point, rain_mm=float(minute % 2), stations=states),
        told,
        water(at(minute), memory=bytes([minute])),
    )


def test_what_comes_twice_late_or_in_any_order_changes_nothing(engine: Engine) -> None:
    messages = [minute_of(minute) for minute in range(1, 20)]
    for one in messages:
        save_outputs(engine, one)
    before = content(engine)
    assert all(before.values())
    for one in random.Random(5).sample(messages * 2, 38):
        save_outputs(engine, one)
    assert before == content(engine)


def test_what_is_kept_of_a_minute_does_not_hang_on_which_came_first(engine: Engine) -> None:
    messages = [minute_of(minute) for minute in range(1, 20)]
    for one in random.Random(7).sample(messages, 19):
        save_outputs(engine, one)
    shuffled = content(engine)
    for one in messages:
        save_outputs(engine, one)
    assert shuffled == content(engine)


def test_warnings_of_a_point_are_its_own_newest_first(engine: Engine) -> None:
    lines = [warning(at(1), 1), warning(at(2), 2), warning(at(2), 3, 1), warning(at(3), 4, low_point="LP2"), warning(at(9), "unknown")]
    save_outputs(engine, message(*lines))
    assert [3, 2, 1] == [row.level for row in warnings_of(engine, "LP1", us(at(0)), us(at(5)))]
    last = last_warning_of(engine, "LP1")
    assert last is not None
    assert (us(at(9)), None) == (last.issued_us, last.level)
    assert last_warning_of(engine, "LP3") is None


def test_dead_letters_are_told_newest_first_and_keep_the_time_they_first_came(engine: Engine) -> None:
    for written_us, key in ((5, "a"), (7, "b"), (9, "a")):
        save(engine, [rows_of_letter(key, DeadLetter("not_finite", "http", 3, "NaN", "value"))], written_us)
    assert [("b", 7), ("a", 5)] == [(letter.id, letter.written_us) for letter in newest_letters(engine, 9)]
    assert ("not_finite", "http", 3, "NaN", "value") == tuple(
        getattr(newest_letters(engine, 1)[0], name) for name in ("reason", "file", "line", "bytes", "detail")
    )


def heard(engine: Engine, moment_us: int) -> None:
    save(engine, [rows_of(OutputMessage("D1", moment_us, [], []))], 1)


def test_what_is_too_old_for_its_table_goes_and_all_else_stays(engine: Engine) -> None:
    now_us = us(at(0)) + 40 * DAY_US
    heard(engine, now_us)
    ages = {"history": 30 * DAY_US, "verdict": 2 * DAY_US, "forecast": 7 * DAY_US}
    for age_us in ages.values():
        for moment_us in (now_us - age_us - HOUR_US, now_us - age_us + HOUR_US):
            moment = to_text(moment_us // (10 * MINUTE_US) * 10 * MINUTE_US)
            save_outputs(engine, message(said(moment, DRY), verdict(moment), structs.replace(forecast(moment), peak_m={"0.9": 1.0})))
    assert 0 < prune(engine)
    assert 5 == len(point_history(engine, "LP1", *EVER)) == len(rain_history(engine, "D1", *EVER))
    assert (1, 3) == (len(verdicts_of(engine, ["S1"], 99)), len(kept_forecasts(engine, "LP1", *EVER)))
    assert 0 == prune(engine)


def test_pruning_goes_in_small_steps_and_begins_with_the_oldest(engine: Engine) -> None:
    for minute in range(60):
        save_outputs(engine, message(warning(at(minute), 1)))
    heard(engine, us(at(50)) + 30 * DAY_US)
    assert 20 == prune(engine, step_rows=10, most_steps=2)
    assert us(at(20)) == point_history(engine, "LP1", *EVER)[0].at_us
    assert 30 == prune(engine, step_rows=10, most_steps=9)
    assert us(at(50)) == point_history(engine, "LP1", *EVER)[0].at_us


def test_age_is_counted_by_the_log_and_before_there_is_one_nothing_is_old(engine: Engine) -> None:
    old = "1999-07-20T08:00:00Z"
    save_outputs(engine, message(Warning("LP1", old, 1, "measured", False, "", 0.3, [])))
    assert 0 == prune(engine)
    heard(engine, us(old) + HOUR_US)
    assert 0 == prune(engine)
    with reading(engine) as connection:
        assert 1 == connection.scalar(select(func.count()).select_from(POINT_HISTORY))


def test_thousands_of_districts_may_speak_in_one_save(engine: Engine) -> None:
    """SQLite takes no condition of a thousand parts."""
    for minute in range(2):
        state = "silent" if minute == 0 else "ok"
        many = [
            rows_of(OutputMessage(f"D{n}", 0, [], [Standing(f"D{n}", at(minute), 0.0, [], [], stations=[StationState(f"S{n}", state)])]))
            for n in range(1500)
        ]
        save(engine, many, us(at(minute)))
    assert {"ok"} == {seen.state for seen in stations_seen(engine)}


def test_what_people_wrote_goes_after_a_year_with_their_devices_and_places(engine: Engine) -> None:
    from streams.store.reports_readings import ReportReading, keep_readings, unsent
    from tests.streams.reports.kept import keep, states
    from tests.streams.reports.triage.made import report

    now_us = us(at(0)) + 400 * DAY_US
    heard(engine, now_us)
    for number, age in enumerate((364, 366)):
        made_us = now_us - age * DAY_US
        keep(engine, report(number, made_us=made_us, state="accepted"))
        with engine.begin() as connection:
            keep_readings(connection, [ReportReading(f"o{number}", f"r{number}", "Q", "hotline", "{}", made_us)])
    assert 2 == prune(engine)
    assert (["r0"], ["o0"]) == (list(states(engine)), [one.reading for one in unsent(engine, 9)])
