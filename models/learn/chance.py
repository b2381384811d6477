"""The chance that the peak from now to a lead reaches a threshold: an additive, monotone score, a table for each thing that it looks at.

Each table is a step function of one figure, and the sum of them is the logit; most are figures that set the water against the
threshold, so one model serves every threshold and lead. It is fitted as boosted trees without interactions (scikit-learn), which add up
to just such tables. What must be so is built in: a higher threshold is never likelier, more time never less likely.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.learn.features import NAMES as FEATURES
from models.learn.features import UNKNOWN

Floats = npt.NDArray[np.float64]

FLOOR_M = 0.02
AHEAD_MIN = 15.0
YOUNG_MIN = 3.0
SLOW_MIN = 2.5

TABLES = {
    "threshold_over_depth": -1,
    "depth": 0,
    "by_rate_1_over_threshold": 1,
    "by_rate_3_over_threshold": 1,
    "by_last_rate_over_threshold": 1,
    "rise_5": 0,
    "spell_min": 0,
    "first_minute": 0,
    "of_max": 1,
    "slow_sensor": 0,
    "near_peak": 1,
    "near_depth": 1,
    "near_wet": 1,
    "near_rise": 1,
    "young_near_peak_over_threshold": 0,
    "lead": 1,
    "core_median_over_threshold": 1,
    "core_high_over_threshold": 1,
    "rain_15": 1,
    "rain_60": 1,
    "coming_30": 1,
}
"""What it looks at, and whether more of it makes the chance greater (1), smaller (-1), or either (0)."""

LEARNING_RATE = 0.08
LEAVES = 6
LEAF_ROWS = 150
RIDGE = 10.0


@dataclass(frozen=True)
class Chance:
    """Step tables that add up to the logit.

    Attributes
    ----------
    edges, steps
        Of each table in order of `TABLES`: where it steps (ascending), and its value below the first edge, between the edges and above
        the last; one more than edges.
    base
        Logit with all tables at 0.
    """

    edges: tuple[Floats, ...]
    steps: tuple[Floats, ...]
    base: float

    def __call__(self, columns: Floats) -> Floats:
        """Chances of rows made by `against`, shape (R,)."""
        logit = np.full(len(columns), self.base)
        for place, (edges, steps) in enumerate(zip(self.edges, self.steps, strict=True)):
            logit += steps[np.searchsorted(edges, columns[:, place], side="left")]
        return np.asarray(1 / (1 + np.exp(-logit)), float)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is written to a file."""
        count = np.array([len(edges) for edges in self.edges], np.int32)
        return {"count": count, "edges": np.concatenate(self.edges), "steps": np.concatenate(self.steps), "base": np.array(self.base)}


def chance_from(arrays: Mapping[str, npt.NDArray[Any]]) -> Chance:
    """The tables of `Chance.arrays`.

    Raises
    ------
    ValueError
        Where the arrays do not fit together.
    """
    count, edges, steps = arrays["count"].astype(np.int64), arrays["edges"].astype(float), arrays["steps"].astype(float)
    if len(count) != len(TABLES) or (count < 0).any() or count.sum() != len(edges) or (count + 1).sum() != len(steps):
        raise ValueError("the tables of chances do not fit together")
    if not (np.isfinite(edges).all() and np.isfinite(steps).all() and np.isfinite(arrays["base"]).all()):
        raise ValueError("the tables of chances hold what is not a number")
    return Chance(tuple(np.split(edges, np.cumsum(count)[:-1])), tuple(np.split(steps, np.cumsum(count + 1)[:-1])), float(arrays["base"]))


def against(features: Floats, core_median_m: Floats, core_high_m: Floats, threshold_m: Floats, lead_min: Floats) -> Floats:
    """Set points against thresholds.

    Parameters
    ----------
    features
        Rows of `models.learn.features`, shape (R, F).
    core_median_m, core_high_m
        The core's .5 and .9 quantile of the peak from now to the lead, m, shape (R,).
    threshold_m, lead_min
        Threshold and lead of each row, shape (R,).

    Returns
    -------
    Floats
        Shape (R, tables), in order of `TABLES`.
    """

    def of(name: str) -> Floats:
        return np.asarray(features[:, FEATURES.index(name)], float)

    depth, spell, near_peak = of("depth_m"), of("spell_min"), of("near_peak_m")
    over = threshold_m + FLOOR_M

    def ahead(rate_m_min: Floats) -> Floats:
        return np.log(np.maximum(depth + AHEAD_MIN * rate_m_min + FLOOR_M, 1e-3) / over)

    return np.column_stack(
        [
            np.log(over / (depth + FLOOR_M)),
            np.log(depth + FLOOR_M),
            ahead(of("rise_1_m")),
            ahead(of("rise_3_m") / 3),
            ahead(of("rate_m_min")),
            np.log(np.maximum(of("rise_5_m"), 0.0) + 0.001),
            np.log1p(np.minimum(spell, 60.0)),
            spell < 1.0,
            np.log(np.maximum(of("of_max"), 0.01)),
            of("cadence_min") > SLOW_MIN,
            np.log(near_peak + FLOOR_M),
            np.log(of("near_depth_m") + FLOOR_M),
            np.log1p(of("near_wet")),
            np.log(np.maximum(of("near_rise_m"), 0.0) + 0.002),
            np.log((near_peak + FLOOR_M) / over) * (spell < YOUNG_MIN),
            np.log(lead_min),
            np.log((core_median_m + FLOOR_M) / over),
            np.log((core_high_m + FLOOR_M) / over),
            _rain(of("rain_15_mm")),
            _rain(of("rain_60_mm")),
            _rain(of("coming_30_mm")),
        ]
    ).astype(float)


def _rain(amount_mm: Floats) -> Floats:
    """Rain as a logarithm; what nobody knows counts as a little less than none."""
    return np.where(amount_mm == UNKNOWN, -0.1, np.log1p(np.maximum(amount_mm, 0.0)))


def fit_chance(columns: Floats, came: npt.NDArray[np.bool_], weight: Floats, rounds: int, seed: int = 1) -> Chance:
    """Fit the tables.

    Parameters
    ----------
    columns
        Rows of `against`, shape (R, tables).
    came
        Whether the threshold was reached by the lead, shape (R,).
    weight
        What each row counts, shape (R,).
    rounds
        Trees, of one figure each.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    if not len(came) or came.all() or not came.any():
        return _constant(float(came.all() and len(came) > 0))
    fitted = HistGradientBoostingClassifier(
        max_iter=rounds,
        learning_rate=LEARNING_RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=LEAF_ROWS,
        l2_regularization=RIDGE,
        monotonic_cst=list(TABLES.values()),
        interaction_cst="no_interactions",
        early_stopping=False,
        random_state=seed,
    ).fit(columns, came, sample_weight=weight / weight.mean())
    return _tables(fitted)


def mean(chances: list[Chance]) -> Chance:
    """The mean of several on the logit scale: their tables added up."""
    edges = tuple(np.unique(np.concatenate([one.edges[place] for one in chances])) for place in range(len(TABLES)))
    steps = []
    for place, own in enumerate(edges):
        inside = _between(own)
        steps.append(
            np.asarray(np.mean([one.steps[place][np.searchsorted(one.edges[place], inside, side="left")] for one in chances], axis=0))
        )
    return Chance(edges, tuple(steps), float(np.mean([one.base for one in chances])))


def _between(edges: Floats) -> Floats:
    """A value in each interval that the edges part; a value at an edge belongs to what lies below it."""
    if not len(edges):
        return np.zeros(1)
    return np.concatenate([edges, [edges[-1] + 1.0]])


def _constant(share: float) -> Chance:
    share = min(max(share, 1e-4), 1 - 1e-4)
    none = tuple(np.zeros(0) for _ in TABLES)
    return Chance(none, tuple(np.zeros(1) for _ in TABLES), float(np.log(share / (1 - share))))


def _tables(fitted: Any) -> Chance:
    """Add up trees of one figure each."""
    edges: list[list[float]] = [[] for _ in TABLES]
    trees = [predictor[0].nodes for predictor in fitted._predictors]
    base = float(fitted._baseline_prediction.reshape(-1)[0])
    for nodes in trees:
        for node in nodes:
            if not node["is_leaf"]:
                edges[node["feature_idx"]].append(float(node["num_threshold"]))
    own = tuple(np.unique(np.array(each, float)) for each in edges)
    steps = [np.zeros(len(each) + 1) for each in own]
    for nodes in trees:
        root = nodes[0]
        if root["is_leaf"]:
            base += float(root["value"])
            continue
        place = int(root["feature_idx"])
        steps[place] += _walk(nodes, _between(own[place]))
    return Chance(own, tuple(steps), base)


def _walk(nodes: Any, values: Floats) -> Floats:
    at = np.zeros(len(values), np.int64)
    for _ in range(64):
        leaf = nodes["is_leaf"][at].astype(bool)
        if leaf.all():
            break
        goes_left = values <= nodes["num_threshold"][at]
        at = np.where(leaf, at, np.where(goes_left, nodes["left"][at], nodes["right"][at]))
    return np.asarray(nodes["value"][at], float)
