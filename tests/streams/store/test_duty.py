"""The duty log in the store: one has duty however many take it at once, everything is audited, and pages leave nothing out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, insert, select

from streams.duty.entry import Place
from streams.duty.holder import NOBODY_HAD_IT, TAKEN_OVER, WITHOUT, DutyRefused, Written, duty_of
from streams.observation.moments import MINUTE_US, to_text
from streams.rules.outputs import Decided, ModelChange, OutputMessage, RainSignalChange, Warning
from streams.store.audit import audit_rows
from streams.store.duty import display_name_of, duty_now, entry_of, hand_over, log_page, take_over, write_note, written_between
from streams.store.duty_schema import DUTY_LOG
from streams.store.engine import one_moment, reading, writing
from streams.store.happened import happened_between
from streams.store.projection import save_outputs
from tests.streams.store.town import order
from tests.streams.towns import START_US


def at(minute: float) -> int:
    return START_US + round(minute * MINUTE_US)


def time(minute: float) -> str:
    return to_text(at(minute))


def written(engine: Engine) -> list[Written]:
    columns = [DUTY_LOG.c[name] for name in Written.__struct_fields__]
    with reading(engine) as connection:
        return [Written(*row) for row in connection.execute(select(*columns).order_by(DUTY_LOG.c.entry))]


def warning(minute: float, level: int, point: str = "P", number: int = 0) -> Warning:
    return Warning(point, time(minute), level, "measured", False, f"to {level}", 0.5, [], number)


def save(engine: Engine, *outputs: object) -> None:
    save_outputs(engine, OutputMessage("D1", at(0), [], list(outputs)))  # type: ignore[arg-type]


def test_duty_goes_from_one_to_the_next_in_words(engine: Engine) -> None:
    assert "" == duty_now(engine).officer
    assert NOBODY_HAD_IT == take_over(engine, "li", at(0)).text
    hand_over(engine, "li", "P3 is open\nlook at it", at(1))
    assert ("li", "P3 is open\nlook at it") == ((duty := duty_now(engine)).officer, duty.announced.text if duty.announced else "")
    assert TAKEN_OVER == take_over(engine, "wang", at(2)).text
    assert WITHOUT == take_over(engine, "li", at(3)).text
    assert ("li", at(3), None) == ((duty := duty_now(engine)).officer, duty.since_us, duty.announced)
    assert duty_of(written(engine)) == duty


def test_what_is_refused_is_not_written(engine: Engine) -> None:
    take_over(engine, "li", at(0))
    with pytest.raises(DutyRefused):
        take_over(engine, "li", at(1))
    with pytest.raises(DutyRefused):
        hand_over(engine, "wang", "x", at(1))
    assert 1 == len(written(engine)) == sum(row.act.startswith("duty_") for row in audit_rows(engine))


def test_of_many_who_take_over_at_once_each_takes_over_from_the_one_before(engine: Engine) -> None:
    names = [f"officer-{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: take_over(engine, name, at(1)), names))
    log = written(engine)
    assert sorted(names) == sorted(one.officer for one in log)
    assert [NOBODY_HAD_IT, *[WITHOUT] * 7] == [one.text for one in log]
    assert log[-1].officer == duty_now(engine).officer


def test_every_entry_is_a_row_of_the_audit(engine: Engine) -> None:
    take_over(engine, "li", at(0))
    write_note(engine, "wang", "a pump hums", "P3", at(1))
    hand_over(engine, "li", "all is well", at(2))
    told = [(row.at, row.actor, row.act, row.subject, row.facts) for row in audit_rows(engine)]
    assert [
        (time(0), "li", "duty_take_over", "duty log 1", {"text": NOBODY_HAD_IT, "refers": ""}),
        (time(1), "wang", "duty_note", "duty log 2", {"text": "a pump hums", "refers": "P3"}),
        (time(2), "li", "duty_hand_over", "duty log 3", {"text": "all is well", "refers": ""}),
    ] == told


def test_nobody_has_no_name(engine: Engine) -> None:
    assert "" == display_name_of(engine, "")


# the log


def a_night(engine: Engine) -> None:
    """Things of every kind, some of them at one and the same instant."""
    save(
        engine,
        *(warning(minute, minute % 5, f"P{number}", number) for minute in range(12) for number in range(3)),
        *(Decided(f"a{n}", "D1", time(3), "li", "hold", f"P{n}", "done", "level 3", "points") for n in range(4)),
        RainSignalChange("D1", time(3), "red", 101.0, 3.0, "101 mm"),
        ModelChange("D1", time(3), "used", "b", "a", "asked for"),
        order(state="draft", issued_at=time(2)),
        order(state="released", issued_at=time(2), decided_at=time(3), decision="signed by li", number=1),
    )
    for minute in (1, 3, 3, 9):
        write_note(engine, "li", f"at {minute}", "", at(minute))


@pytest.mark.parametrize("limit", [1, 2, 7, 100])
def test_pages_of_the_log_leave_nothing_out_and_repeat_nothing(engine: Engine, limit: int) -> None:
    a_night(engine)
    seen: list[Place] = []
    before, more = None, True
    while more:
        page = log_page(engine, before, limit)
        seen += [entry.place for entry in page.entries]
        before, more = seen[-1], page.more
    assert sorted(set(seen), reverse=True) == seen
    levels = sum(minute % 5 >= 3 for minute in range(12)) * 3
    assert levels + 4 + 1 + 1 + 1 + 4 == len(seen)


def test_an_entry_tells_what_it_is_about(engine: Engine) -> None:
    a_night(engine)
    at_three = [entry for entry in log_page(engine, None, 100).entries if entry.place.at_us == at(3)]
    by_kind = {entry.kind: entry for entry in at_three}
    found = {kind: (one.officer, one.what, one.outcome, one.level, one.text, one.refers) for kind, one in by_kind.items()}
    assert {
        "note": ("li", "", "", None, "at 3", ""),
        "decision": ("li", "hold", "done", None, "level 3", "P0"),
        "order": ("", "released", "Alert", 3, "signed by li", order().identifier),
        "level": ("", "measured", "", 3, "to 3", "P0"),
        "signal": ("", "red", "", None, "101 mm", "D1"),
        "model": ("", "used", "", None, "b: asked for", "D1"),
    } == found


def test_what_happened_between_two_moments_has_orders_as_they_were_issued_too(engine: Engine) -> None:
    a_night(engine)
    found = happened_between(engine, at(2), at(3), 1)
    assert [("draft", at(2)), ("released", at(3))] == [(one.what, one.place.at_us) for one in found if one.kind == "order"]
    assert [2, 3] == sorted({one.level or 0 for one in found if one.kind == "level"})
    assert {at(3)} == {one.place.at_us for one in written_between(engine, at(2), at(3))}


def test_an_order_that_went_out_at_once_is_told_once(engine: Engine) -> None:
    save(engine, order(issued_at=time(2)))
    assert ["released"] == [one.what for one in happened_between(engine, at(0), at(9), 1)]


def test_ids_sort_as_entries_were_written(engine: Engine) -> None:
    both = [entry_of(write_note(engine, "li", "x", "", at(1))) for _ in range(12)]
    assert sorted(both, key=lambda entry: entry.place) == both


# one moment


def test_within_one_moment_nothing_is_seen_that_is_written_meanwhile(engine: Engine) -> None:
    take_over(engine, "li", at(0))
    with one_moment(engine):
        assert "li" == duty_now(engine).officer
        with writing(engine) as connection:
            row = {"at_us": at(1), "officer": "wang", "kind": "take_over", "text": TAKEN_OVER, "refers": ""}
            connection.execute(insert(DUTY_LOG), row)
        assert "li" == duty_now(engine).officer
        assert 1 == len(written_between(engine, at(0), at(9)))
    assert "wang" == duty_now(engine).officer
