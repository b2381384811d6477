"""What an officer decides: it comes in by the log, like every reading, so a replay decides the same (law 4)."""

from __future__ import annotations

from typing import Literal

import msgspec

Act = Literal["sign", "reject", "edit", "call_off", "correct", "raise", "hold", "close", "set_aside", "silence", "end"]
Role = Literal["viewer", "forecaster", "officer", "administrator"]

ON_ORDERS: frozenset[str] = frozenset({"sign", "reject", "edit", "call_off", "correct"})
BY_HAND: frozenset[str] = frozenset({"raise", "hold", "close", "set_aside", "silence", "end"})

SIGNERS: frozenset[str] = frozenset({"officer"})
EDITORS: frozenset[str] = frozenset({"officer", "forecaster"})
"""Who may do what stands in `streams.officers.roles`; the step asks once more, for an order must never rest on the word of one door."""


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """One act of one person.

    Attributes
    ----------
    id
        The act's own; one that comes twice is heard once.
    at_us
        When it was made, microseconds since 1970: its arrival, as for a reading.
    officer, role
        Who decided, and as what.
    orders
        Identifiers of the orders that are signed, rejected, edited, called off or corrected.
    points, zones, stations
        What is raised, held, closed, set aside or silenced by hand.
    level
        Of a raise; of a silence the highest level that it mutes.
    until_us
        When what is done by hand ends by itself.
    reason
        Why; by hand nothing is done without one.
    texts
        Of an edit: the new text by language. Of a signature: the texts that the officer saw, where the desk knows them.
    """

    id: str
    at_us: int
    officer: str
    act: Act
    role: Role = "officer"
    orders: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()
    level: int | None = None
    until_us: int | None = None
    reason: str = ""
    texts: dict[str, str] = {}
