"""An exported audit: every byte counts."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from streams.audit.chain import Broken, Fault
from streams.audit.lines import check_lines, line_of
from streams.audit.row import AuditRow
from tests.streams.audit.deeds import chain, chains, deeds, head_of

POSITIONS = st.integers(0, 10**6)


def split(file: bytes) -> list[bytes]:
    """Lines as an open file gives them."""
    return list(io.BytesIO(file))


def file_of(rows: list[AuditRow]) -> bytes:
    return b"".join(map(line_of, rows))


@given(chains())
def test_what_is_exported_is_whole_and_plain_json(rows: list[AuditRow]) -> None:
    file = file_of(rows)
    assert head_of(rows) == check_lines(split(file), head_of(rows))
    for row, line in zip(rows, map(json.loads, file.decode().removesuffix("\n").split("\n")), strict=True):
        assert row.facts == line.pop("detail")
        assert {"number", "at", "actor", "act", "subject", "key", "previous", "hash"} == set(line)


@given(chains(), POSITIONS, st.integers(1, 255))
def test_any_byte_that_is_changed_is_found_and_its_row_named(rows: list[AuditRow], position: int, by: int) -> None:
    file = file_of(rows)
    position %= len(file)
    changed = file[:position] + bytes([file[position] ^ by]) + file[position + 1 :]
    found = check_lines(split(changed))
    assert isinstance(found, Broken)
    assert file[:position].count(b"\n") + 1 == found.number


@given(chains(), POSITIONS, st.binary(max_size=1))
def test_any_byte_that_is_taken_out_or_put_in_is_found_and_its_row_named(rows: list[AuditRow], position: int, new: bytes) -> None:
    file = file_of(rows)
    position %= len(file)
    changed = file[:position] + new + file[position + (not new) :]
    found = check_lines(split(changed))
    assume(changed != file)
    assert isinstance(found, Broken)
    assert file[:position].count(b"\n") + 1 == found.number


@given(chains(), POSITIONS)
def test_a_file_cut_anywhere_is_found_by_a_head(rows: list[AuditRow], position: int) -> None:
    file = file_of(rows)
    position %= len(file)
    found = check_lines(split(file[:position]), head_of(rows))
    assert isinstance(found, Broken)
    assert file[:position].count(b"\n") + 1 == found.number


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"actor":"li.wei"', b'"actor":"li.we\\u0069"'),
        (b'"actor":', b'"actor": '),
        (b'"number":2', b'"number":2.0'),
        (b'"recipients":2', b'"recipients":2 '),
        (b'{"number":2', b'{"more":1,"number":2'),
        (b'{"number":2', b'{"number":9,"number":2'),
    ],
)
def test_a_line_that_says_the_same_in_other_bytes_was_changed(old: bytes, new: bytes) -> None:
    lines = [line_of(row) for row in chain(deeds(3))]
    assert old in lines[1]
    lines[1] = lines[1].replace(old, new)
    found = check_lines(lines)
    assert isinstance(found, Broken)
    assert (2, Fault.CHANGED) == (found.number, found.fault)


def test_a_row_that_is_missing_is_named_before_a_later_line_that_is_no_row() -> None:
    lines = [line_of(row) for row in chain(deeds(5))]
    found = check_lines([lines[0], lines[2], b"garbage\n", lines[4]])
    assert isinstance(found, Broken)
    assert (2, Fault.MISSING) == (found.number, found.fault)
