"""A model on disk: damaged or hostile files are refused in one line, whatever they hold."""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.learn import package
from models.learn.expert import expert_from
from models.learn.package import SHIPPED, PackageError, load_model


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED, tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.parametrize("seed", range(8))
def test_a_byte_gone_wrong_is_refused(copy: Path, seed: int) -> None:
    data = bytearray((copy / "model.npz").read_bytes())
    data[random.Random(seed).randrange(len(data))] ^= 0xFF
    (copy / "model.npz").write_bytes(bytes(data))
    with pytest.raises(PackageError):
        load_model(copy)


def test_a_file_cut_short_and_one_that_is_none_are_refused(copy: Path) -> None:
    whole = (copy / "model.npz").read_bytes()
    for data in (whole[: len(whole) // 2], b"", b"not a zip"):
        (copy / "model.npz").write_bytes(data)
        with pytest.raises(PackageError):
            load_model(copy)


def changed(name: str, value: Any) -> Mapping[str, Any]:
    arrays = dict(package._part(package._read(SHIPPED / "model.npz"), "street"))
    arrays[name] = value(arrays[name])
    return arrays


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("chance_base", lambda _: np.array(np.nan)),
        ("residual_tree_feature", lambda old: np.full_like(old, 999)),
        ("residual_tree_root", lambda old: old[:0]),
        ("residual_edges", lambda old: old[:, ::-1]),
        ("residual_edges", lambda old: old * 1e300),
        ("residual_tree_root", lambda old: np.repeat(old, 20)),
        ("residual_tree_root", lambda old: np.arange(2000, dtype=old.dtype)),
        ("alarm_base", lambda _: np.array(np.inf)),
        ("alarm_edges", lambda old: old[1:]),
        ("residual_stretch", lambda old: old - 50),
        ("residual_stretch", lambda old: old * 1e300),
        ("raise_p", lambda old: old * 0),
        ("raise_p", lambda old: old * np.nan),
    ],
)
def test_arrays_that_would_forecast_nonsense_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"do not fit|nowhere|not a number|out of order|cannot be|must lie|there must be 1 to"):
        expert_from("street", changed(name, value))


def test_a_higher_level_never_asks_for_less_than_a_lower_one() -> None:
    expert = expert_from("street", changed("raise_p", lambda _: np.array([0.1, 0.3, 0.2, 0.15])))
    assert (0.1, 0.3, 0.3, 0.3) == expert.raise_p


def test_the_shipped_model_is_small_and_bears_the_name_of_its_content() -> None:
    card = package.load_card(SHIPPED)
    assert load_model(SHIPPED).name == card.name == package.name_of(card.arrays_sha256)
    assert (SHIPPED / "model.npz").stat().st_size < 2**20
