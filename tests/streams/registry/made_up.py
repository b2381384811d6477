"""Made-up models on disk: each says that the water will be so many times what the core says."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np

from models.learn.chance import TABLES, Chance
from models.learn.expert import REGIMES, Expert
from models.learn.features import NAMES
from models.learn.figures import Figures
from models.learn.fit_residual import fit_residual
from models.learn.package import ARRAYS, CARD, FORMAT, Card, save_model
from models.learn.residual import OUTPUTS, Residual

FIGURES = Figures("archive", 3, 8, 500, {"15": 2.5, "30": 3.0}, {"15": 3.5, "30": 4.0}, {"15": 0.8, "30": 0.81}, {})


def write_model(folder: Path, times: float = 1.0) -> Card:
    """Write a model for all regimes; its chances are always one half."""
    even = Chance(tuple(np.zeros(0) for _ in TABLES), tuple(np.zeros(1) for _ in TABLES), 0.0)
    experts = {name: Expert(name, _residual(times), even, even, even, (0.6,) * 4, (0.3,) * 4) for name in REGIMES}
    return save_model(folder, experts, dict.fromkeys(REGIMES, FIGURES), [{"name": "made up"}], {"lowpoint": "test"})


@cache
def _residual(times: float) -> Residual:
    rng = np.random.default_rng(1)
    core = np.tile(rng.uniform(0.05, 0.5, (120, 1)), (1, OUTPUTS))
    measured = times * core * np.exp(rng.normal(0, 0.05, core.shape))
    return fit_residual(rng.normal(size=(120, len(NAMES))), core, measured, np.ones(120), np.repeat(np.arange(6), 20))


class Trap:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('a model ran code')",)


def no_card(folder: Path) -> None:
    (folder / CARD).unlink()


def no_arrays(folder: Path) -> None:
    (folder / ARRAYS).unlink()


def damaged(folder: Path) -> None:
    data = bytearray((folder / ARRAYS).read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    (folder / ARRAYS).write_bytes(data)


def pickled(folder: Path) -> None:
    with (folder / ARRAYS).open("wb") as stream:
        np.savez(stream, allow_pickle=True, trap=np.array([Trap()], dtype=object))


def arrays_of_another(folder: Path) -> None:
    write_model(folder.with_name("another"), 7.0)
    (folder / ARRAYS).write_bytes((folder.with_name("another") / ARRAYS).read_bytes())


def another_format(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps({**card, "format": FORMAT + 1}))


def no_json(folder: Path) -> None:
    (folder / CARD).write_text("{")


BREAKS = (no_card, no_arrays, damaged, pickled, arrays_of_another, another_format, no_json)
"""Ways in which a folder that held a model no longer holds one."""
