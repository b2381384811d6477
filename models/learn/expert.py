"""What was learned for one kind of place: streets or riversides, with rain measured or without; each speaks where it was taught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from models.learn.chance import Chance, chance_from
from models.learn.features import NAMES as FEATURES
from models.learn.features import UNKNOWN
from models.learn.residual import Residual, residual_from

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Regime = Literal["street", "street-rain", "riverside", "riverside-rain"]

REGIMES: tuple[Regime, ...] = ("street", "street-rain", "riverside", "riverside-rain")

_RIVER, _RAIN = FEATURES.index("riverside"), FEATURES.index("rain_60_mm")


def regime_of(columns: Floats) -> npt.NDArray[np.int64]:
    """Place in `REGIMES` of each row of features, by whether a river floods it and whether anybody measured rain there within the hour."""
    return np.asarray(2 * (columns[:, _RIVER] > 0) + (columns[:, _RAIN] != UNKNOWN), np.int64)


@dataclass(frozen=True)
class Expert:
    """What was learned for one regime.

    Attributes
    ----------
    residual
        Depth where water stands.
    chance
        Chances where water stands.
    dry_chance
        Chances of a dry road.
    alarm
        Score of reaching a level within half an hour, by which levels are raised; it orders floods, and is not told.
    raise_p, keep_p
        Scores from which on levels 1 to 4 are raised by forecast, and down to which they are kept.
    """

    regime: Regime
    residual: Residual
    chance: Chance
    dry_chance: Chance
    alarm: Chance
    raise_p: tuple[float, ...]
    keep_p: tuple[float, ...]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is written to a file."""
        parts = {
            "residual": self.residual.arrays(),
            "chance": self.chance.arrays(),
            "dry": self.dry_chance.arrays(),
            "alarm": self.alarm.arrays(),
        }
        named = {f"{part}_{name}": value for part, arrays in parts.items() for name, value in arrays.items()}
        return named | {"raise_p": np.array(self.raise_p), "keep_p": np.array(self.keep_p)}


def expert_from(regime: Regime, arrays: Mapping[str, npt.NDArray[Any]]) -> Expert:
    """The expert of `Expert.arrays`.

    Raises
    ------
    ValueError, KeyError
        Where arrays are missing or do not fit together.
    """

    def part(name: str) -> dict[str, npt.NDArray[Any]]:
        return {key.removeprefix(f"{name}_"): value for key, value in arrays.items() if key.startswith(f"{name}_")}

    raise_p, keep_p = arrays["raise_p"].astype(float).tolist(), arrays["keep_p"].astype(float).tolist()
    if len(raise_p) != 4 or len(keep_p) != 4:
        raise ValueError("there must be a chance to raise for each of four levels")
    if not all(0 < p <= 1 for p in (*raise_p, *keep_p)):
        raise ValueError("chances to raise at must lie above 0 and not above 1")
    # a higher level never asks for less than a lower one
    raise_p, keep_p = np.maximum.accumulate(raise_p).tolist(), np.maximum.accumulate(keep_p).tolist()
    return Expert(
        regime,
        residual_from(part("residual")),
        chance_from(part("chance")),
        chance_from(part("dry")),
        chance_from(part("alarm")),
        tuple(raise_p),
        tuple(keep_p),
    )
