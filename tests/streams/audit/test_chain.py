"""Whatever is done to a chain is found, and the first row it was done to is named (law 8)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from streams.audit.chain import Broken, Fault, chained, check, hash_of, row_after, verify
from streams.audit.row import NO_HASH, NO_ROWS, AuditError, AuditRow, Deed, Head, parse_head
from tests.streams.audit.deeds import AT, DEEDS, chain, chains, deeds, forged, head_of

POSITIONS = st.integers(0, 10**6)


@given(chains())
def test_a_chain_that_nobody_touched_is_whole_against_every_head_it_ever_had(rows: list[AuditRow]) -> None:
    heads = [Head(row.number, row.hash) for row in rows]
    assert heads[-1] == check(rows) == check(rows, NO_ROWS, *reversed(heads), heads[0])


def test_an_empty_chain_is_whole() -> None:
    assert NO_ROWS == check([]) == check([], NO_ROWS)


def test_a_chain_grows_after_its_head_as_if_it_had_been_made_at_once() -> None:
    first = chain(deeds(2))
    assert chain(deeds(5)) == [*first, *chained(deeds(5)[2:], head_of(first))]


@given(chains())
def test_the_hash_is_what_the_description_says_by_another_library(rows: list[AuditRow]) -> None:
    for row in rows:
        fields = ["lowpoint-audit-1", row.number, row.at, row.actor, row.act, row.subject, row.detail, row.key, row.previous]
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest() == row.hash


@given(DEEDS)
def test_a_detail_is_read_back_as_it_was(deed: Deed) -> None:
    assert deed.detail == row_after(NO_ROWS, deed).facts


def test_the_hash_is_known_and_stays() -> None:
    deed = Deed(AT, "li.wei", "signed", "order-1", {"recipients": 3, "level": "积水"}, "k")
    assert "b4258f6d13c41b60fb02dcdc68d3b281204f10bf8baae4c7b2989152805387f3" == hash_of(row_after(NO_ROWS, deed))


@given(chains(), POSITIONS, POSITIONS, POSITIONS, st.integers(1, 255))
def test_any_byte_of_any_field_that_is_changed_is_found_in_its_row(
    rows: list[AuditRow], position: int, which: int, place: int, by: int
) -> None:
    number = position % len(rows)
    texts = {name: value for name, value in msgspec.structs.asdict(rows[number]).items() if isinstance(value, str) and value}
    field = sorted(texts)[which % len(texts)]
    before = texts[field].encode()
    place %= len(before)
    changed = before[:place] + bytes([before[place] ^ by]) + before[place + 1 :]
    rows[number] = msgspec.structs.replace(rows[number], **{field: changed.decode("utf-8", "surrogateescape")})
    found = verify(rows)
    assert found is not None
    assert (number + 1, Fault.CHANGED) == (found.number, found.fault)
    assert found.words.startswith(f"row {number + 1} was changed")


@given(chains(2), POSITIONS, st.sampled_from(["actor", "act", "subject"]))
def test_moving_text_from_one_field_into_the_next_is_found(rows: list[AuditRow], position: int, field: str) -> None:
    number = position % len(rows)
    following = {"actor": "act", "act": "subject", "subject": "detail"}[field]
    before = rows[number]
    if not getattr(before, field):
        return  # nothing to move
    moved = {field: getattr(before, field)[:-1], following: getattr(before, field)[-1] + getattr(before, following)}
    rows[number] = msgspec.structs.replace(before, **moved)
    found = verify(rows)
    assert found is not None
    assert (number + 1, Fault.CHANGED) == (found.number, found.fault)


@given(chains(), POSITIONS)
def test_a_key_that_is_none_is_not_an_empty_one(rows: list[AuditRow], position: int) -> None:
    number = position % len(rows)
    rows[number] = msgspec.structs.replace(rows[number], key=None if rows[number].key == "" else "" if rows[number].key is None else None)
    found = verify(rows)
    assert found is not None
    assert number + 1 == found.number


@given(chains(2), POSITIONS, POSITIONS)
def test_rows_taken_out_of_the_middle_are_missing(rows: list[AuditRow], start: int, many: int) -> None:
    start %= len(rows) - 1
    many = 1 + many % (len(rows) - 1 - start)
    found = verify(rows[:start] + rows[start + many :])
    assert found is not None
    assert (start + 1, Fault.MISSING) == (found.number, found.fault)
    last = f", and all up to row {start + many}" if many > 1 else ""
    assert f"row {start + 1} is missing{last}" == found.words


@given(chains(2), POSITIONS, POSITIONS)
def test_two_rows_that_changed_places_are_out_of_place(rows: list[AuditRow], one: int, other: int) -> None:
    first, second = sorted((one % len(rows), (one + 1 + other % (len(rows) - 1)) % len(rows)))
    rows[first], rows[second] = rows[second], rows[first]
    found = verify(rows)
    assert (
        Broken(
            first + 1, Fault.REORDERED, f"row {first + 1} is out of its place: row {second + 1} stands there, and row {first + 1} after it"
        )
        == found
    )


@given(chains(2), POSITIONS, POSITIONS)
def test_a_row_that_stands_twice_was_put_in(rows: list[AuditRow], which: int, where: int) -> None:
    row = rows[which % len(rows)]
    place = row.number + where % (len(rows) - row.number + 1)
    found = verify([*rows[:place], row, *rows[place:]])
    assert found is not None
    assert (place + 1, Fault.INSERTED) == (found.number, found.fault)


@given(chains(2), POSITIONS, DEEDS)
def test_a_row_put_in_with_hashes_that_fit_is_found_at_the_row_it_pushed_away(rows: list[AuditRow], where: int, deed: Deed) -> None:
    place = where % len(rows)
    new = row_after(head_of(rows[:place]), deed)
    found = verify([*rows[:place], new, *rows[place:]])
    assert found is not None
    assert (place + 2, Fault.INSERTED) == (found.number, found.fault)


@given(chains(2), POSITIONS, DEEDS)
def test_a_row_replaced_with_a_hash_that_fits_is_found_at_the_row_after_it(rows: list[AuditRow], where: int, deed: Deed) -> None:
    place = where % (len(rows) - 1)
    new = row_after(head_of(rows[:place]), deed)
    assume(new != rows[place])
    rows[place] = new
    found = verify(rows)
    assert Broken(place + 2, Fault.UNLINKED, f"row {place + 2} does not follow row {place + 1}: one of the two was written anew") == found


def test_a_chain_whose_beginning_was_taken_away_and_renumbered_is_found() -> None:
    rows = chain(deeds(3))
    found = verify([forged(rows[1], number=1)])
    assert found is not None
    assert (1, Fault.UNLINKED) == (found.number, found.fault)


@given(chains(), POSITIONS)
def test_a_tail_that_was_cut_is_found_by_a_head_exported_earlier_and_not_without(rows: list[AuditRow], keep: int) -> None:
    keep %= len(rows)
    found = verify(rows[:keep], head_of(rows))
    assert found is not None
    assert (keep + 1, Fault.CUT) == (found.number, found.fault)
    assert f"row {keep + 1} and all after it were cut off" in found.words
    assert f"a head of row {len(rows)} was exported" in found.words
    assert verify(rows[:keep]) is None


@given(chains(), POSITIONS, DEEDS)
def test_a_chain_computed_anew_is_found_by_a_head_exported_earlier_and_not_without(rows: list[AuditRow], where: int, deed: Deed) -> None:
    place = where % len(rows)
    new = row_after(head_of(rows[:place]), deed)
    assume(new != rows[place])
    told = [Deed(row.at, row.actor, row.act, row.subject, row.facts, row.key) for row in rows[place + 1 :]]
    whole = [*rows[:place], new, *chained(told, Head(new.number, new.hash))]
    assert verify(whole) is None
    found = verify(whole, head_of(rows))
    assert found is not None
    assert Fault.FORGED == found.fault


def test_the_more_heads_were_kept_the_nearer_a_forged_row_is_named() -> None:
    rows = chain(deeds(9))
    forged_anew = [*rows[:5], *chained([Deed(AT, "x", "signed", "order-6"), *deeds(9)[6:]], head_of(rows[:5]))]
    heads = [head_of(rows[:number]) for number in (9, 3, 7, 5)]
    alone, among_all = verify(forged_anew, heads[0]), verify(forged_anew, *heads)
    assert alone is not None
    assert among_all is not None
    assert (1, 6) == (alone.number, among_all.number)
    assert "a row from 1 to 9 was replaced" in alone.words
    assert "a row from 6 to 7 was replaced" in among_all.words
    nearest = verify(forged_anew, head_of(rows[:5]), head_of(rows[:6]))
    assert nearest is not None
    assert nearest.words.startswith("row 6 was replaced")


def test_the_first_of_several_faults_is_the_one_that_is_named() -> None:
    rows = chain(deeds(9))
    rows[6] = msgspec.structs.replace(rows[6], actor="x")
    del rows[2]
    found = verify(rows, Head(20, NO_HASH))
    assert found is not None
    assert (3, Fault.MISSING) == (found.number, found.fault)


@pytest.mark.parametrize(
    "detail", [{"a": float("nan")}, {"a": float("inf")}, {1: "a"}, {"a": (1,)}, {"a": b"x"}, {"a": "\ud83d"}, {"a": object()}]
)
def test_a_detail_that_would_not_come_back_as_it_was_is_refused(detail: dict[Any, Any]) -> None:
    with pytest.raises(AuditError, match="'signed' is not plain JSON: write"):
        row_after(NO_ROWS, Deed(AT, "a", "signed", "s", detail))


@pytest.mark.parametrize("changes", [{"actor": "a\0"}, {"subject": "\ud83d"}, {"key": "\0"}, {"act": 5}])
def test_a_text_that_no_database_keeps_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(AuditError, match=f"the {next(iter(changes))} of a deed"):
        row_after(NO_ROWS, msgspec.structs.replace(Deed(AT, "a", "signed", "s"), **changes))


@pytest.mark.parametrize("at", ["", "2021-07-20T08:31:00", "yesterday"])
def test_a_time_without_a_zone_is_refused(at: str) -> None:
    with pytest.raises(AuditError, match="RFC 3339"):
        row_after(NO_ROWS, Deed(at, "a", "signed", "s"))


def test_a_head_is_read_as_it_is_written() -> None:
    for head in (NO_ROWS, head_of(chain(deeds(3)))):
        assert head == parse_head(f" {head}\n")


@pytest.mark.parametrize(
    "text", ["", "5", f"x {NO_HASH}", "5 abc", f"-1 {NO_HASH}", f"5 {NO_HASH} x", f"5 {'A' * 64}", f"0 {'a' * 64}", f"5 {NO_HASH}"]
)
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(AuditError, match="lowpoint audit head"):
        parse_head(text)
