"""Trains a model on recordings: collects what the live step saw, fits an expert for each regime, writes the folder with its card."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path

import msgspec
import numpy as np

from models.learn.expert import REGIMES, Expert, Regime, regime_of
from models.learn.figures import Figures
from models.learn.fit import enough, fit_expert
from models.learn.learned import Learned
from models.learn.package import SHIPPED, Card, PackageError, load_card, load_model, save_model
from models.learn.rows import Rows, wet_rows
from streams.city import defaults
from streams.evaluate.evaluation import Source
from streams.evaluate.truth import Truth
from streams.train.alarm import Choice, recording_of
from streams.train.collect import collect, joined


class TrainingError(ValueError):
    """A model that cannot be made: what is missing, and what to do."""


def collect_all(sources: Sequence[Source], tell: Callable[[str], None], processes: int = 1) -> tuple[Rows, dict[int, Truth]]:
    """Take every recording through the live step."""
    parts, truths = [], {}
    with ProcessPoolExecutor(processes) as pool:
        for number, (rows, truth) in enumerate(pool.map(_collect_one, list(enumerate(sources)))):
            parts.append(rows)
            truths[number] = truth
            tell(f"{truth.storm}: {sum(map(len, truth.floods.values()))} floods, {len(rows)} moments")
    return joined(parts), truths


def _collect_one(numbered: tuple[int, Source]) -> tuple[Rows, Truth]:
    number, source = numbered
    return collect(source.storm, number, source.city, source.inputs)


def train(sources: Sequence[Source], out: Path, tell: Callable[[str], None], base: Path | None = SHIPPED, processes: int = 1) -> Card:
    """Train on recordings and write a model.

    Parameters
    ----------
    base
        A model whose experts stand in for the regimes that the recordings say too little of; None for none.

    Raises
    ------
    TrainingError
        Where no regime can be learned.
    """
    rows, truths = collect_all(sources, tell, processes)
    experts, figures = fit_regimes(rows, truths, tell)
    if not experts:
        floods = sum(len(found) for truth in truths.values() for found in truth.floods.values())
        raise TrainingError(f"{floods} floods are too few to learn from: give more recordings (8 floods in 3 storms of one kind at least)")
    for name, expert, figure in _base(base):
        if name not in experts:
            experts[name], figures[name] = expert, figure
    data = [{"recording": source.storm, "sha256": _hash(source)} for source in sources]
    return save_model(out, experts, figures, data, versions())


def fit_regimes(
    rows: Rows, truths: Mapping[int, Truth], tell: Callable[[str], None], judge: bool = True
) -> tuple[dict[Regime, Expert], dict[str, Figures]]:
    """An expert for each regime that there is enough of; `judge` says whether depths are judged on storms left out as well."""
    experts: dict[Regime, Expert] = {}
    figures: dict[str, Figures] = {}
    thresholds_m = np.array([rung.depth_m for rung in defaults.LEVELS])
    regime = regime_of(rows.columns)
    for place, name in enumerate(REGIMES):
        own = rows.pick(regime == place)
        if not enough(own):
            if len(wet_rows(own)):
                tell(f"{name}: {len(np.unique(wet_rows(own).flood))} floods are too few to learn from")
            continue
        tell(f"{name}: fitting {len(wet_rows(own))} moments under water")
        own_truths = {number: truths[number] for number in np.unique(recording_of(own)).tolist()}  # a creek's crossings are no street's
        try:
            experts[name], figures[name] = fit_expert(name, own, thresholds_m, Choice(own_truths, thresholds_m), judge)
        except ValueError as error:
            tell(f"{name}: {error}")
            continue
    return experts, figures


def _base(base: Path | None) -> list[tuple[Regime, Expert, Figures]]:
    if base is None:
        return []
    try:
        model, card = load_model(base), load_card(base)
    except PackageError:
        return []
    assert isinstance(model, Learned)
    return [(name, expert, msgspec.structs.replace(card.regimes[name], taught_by="shipped")) for name, expert in model.experts.items()]


def _hash(source: Source) -> str:
    digest = hashlib.sha256()
    for path in (*source.inputs, *sorted(path for path in source.city.iterdir() if path.is_file())):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """What it was fitted with."""
    return {"python": platform.python_version(), **{name: version(name) for name in ("numpy", "scikit-learn")}}
