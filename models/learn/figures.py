"""What the card says of one regime."""

from __future__ import annotations

import msgspec


class Figures(msgspec.Struct, frozen=True):
    """What was learned for one regime, and how good it was on storms that it had not seen.

    Attributes
    ----------
    taught_by
        "archive", or "shipped": the regime had too little in the archive, or the shipped model was better on it.
    storms, floods, moments
        What it was taught with.
    mae_cm, core_mae_cm, coverage_80
        By lead in minutes: mean absolute error of the median, of the core alone, and share within .1 to .9; every flood counts the same.
    alarms
        By level: crossings, those announced five minutes ahead, and share of alarms that no water answered.
    """

    taught_by: str
    storms: int
    floods: int
    moments: int
    mae_cm: dict[str, float]
    core_mae_cm: dict[str, float]
    coverage_80: dict[str, float]
    alarms: dict[str, dict[str, float]]
