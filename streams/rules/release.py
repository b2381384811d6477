"""Who must sign before an order goes out, and when the policy's written rule releases it (law 8)."""

from __future__ import annotations

from collections.abc import Collection

from streams.city.model import City
from streams.observation.moments import SECOND_US
from streams.rules.state import LATER_US

NEEDED = {"automatic": 0, "one": 1, "two": 2}
TO_END_BY_HAND = 2
"""An early all-clear sends people back, and a correction tells them that they were wrongly called: two officers, whatever the level."""


def missing(city: City, level: int, unconfirmed: bool, signed_by: Collection[str]) -> int:
    """How many more officers must sign; the same one twice is one."""
    return max(NEEDED[city.release_of(level, unconfirmed)] - len(set(signed_by)), 0)


def due_us(city: City, level: int, unconfirmed: bool, basis: str, issued_us: int) -> int:
    """When an order that nobody has answered is released by the policy's written rule; far away where no rule covers it."""
    rule = city.release_rule_of(level, unconfirmed)
    if rule is None or basis not in rule.bases:
        return LATER_US
    return issued_us + round(rule.after_s * SECOND_US)
