"""The document on sending says what the code does: the table of errors and the states."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from streams.delivery.faults import OF_CALLS, TABLE, Cure, Fault
from streams.store.outbox_schema import STATES

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "sending.md").read_text("utf-8")


def section(heading: str) -> str:
    found = re.search(rf"^## {heading}$(.*?)^## ", PAGE, re.S | re.M)
    assert found is not None, heading
    return found[1]


def test_the_table_of_errors_is_the_one_that_the_code_goes_by() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| `(\w+)` \| (\d+) \| (\d+) s \| .+ \|$", section("Errors"), re.M)
    assert len(rows) == len({code for code, *_ in rows})
    told = {code: Fault(cure, int(posts), float(wait_s)) for code, cure, posts, wait_s in rows}
    assert TABLE | OF_CALLS == told


def test_every_cure_is_explained() -> None:
    assert set(get_args(Cure)) == set(re.findall(r"^\| `(\w+)` \| [^`|]", section("Errors"), re.M))


def test_every_state_of_a_row_is_explained() -> None:
    assert list(STATES) == re.findall(r"^\| `(\w+)` \|", section("States"), re.M)
