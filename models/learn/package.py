"""A model on disk: a folder with `model.json` (the card) and `model.npz` (plain arrays); loading it runs no code.

The name of a model is its content: the first hex digits of a hash over its arrays. Two models of one name are the same model.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from models.forecaster import Model
from models.learn.chance import TABLES
from models.learn.expert import REGIMES, Expert, Regime, expert_from
from models.learn.features import NAMES
from models.learn.figures import Figures
from models.learn.learned import Learned

FORMAT = 2
CARD, ARRAYS = "model.json", "model.npz"
SHIPPED = Path(__file__).parents[1] / "default"
LARGEST_BYTES = 64 * 2**20

Arrays = Mapping[str, npt.NDArray[Any]]


class PackageError(ValueError):
    """A folder that holds no model that can be used: what is wrong, and what to do."""


class Card(msgspec.Struct, frozen=True):
    """What a model is made of: written beside it for people, and checked when it is loaded."""

    format: int
    name: str
    features: list[str]
    tables: list[str]
    regimes: dict[str, Figures]
    data: list[dict[str, str]]
    versions: dict[str, str]
    arrays_sha256: str


def save_model(
    folder: Path, experts: Mapping[Regime, Expert], regimes: Mapping[str, Figures], data: list[dict[str, str]], versions: dict[str, str]
) -> Card:
    """Write a model; a folder that exists gets its files replaced whole."""
    arrays = {f"{name.replace('-', '.')}/{key}": value for name in sorted(experts) for key, value in experts[name].arrays().items()}
    digest = digest_of(arrays)
    card = Card(FORMAT, name_of(digest), list(NAMES), list(TABLES), dict(sorted(regimes.items())), data, versions, digest)
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / ARRAYS, _packed(arrays))
    _replace(folder / CARD, msgspec.json.format(msgspec.json.encode(card), indent=1) + b"\n")
    return card


def load_model(folder: Path) -> Model:
    """Read a model.

    Raises
    ------
    PackageError
        Where the folder holds none that can be used.
    """
    return _load(folder.resolve(), _stamp(folder))


def load_card(folder: Path) -> Card:
    """Read a model's card.

    Raises
    ------
    PackageError
        Where there is none, or of another format.
    """
    path = folder / CARD
    try:
        card = msgspec.json.decode(path.read_bytes(), type=Card)
    except OSError as error:
        raise PackageError(f"{folder}: no {CARD}: `lowpoint train --out {folder}` writes one") from error
    except msgspec.MsgspecError as error:
        raise PackageError(f"{path} is no card of a model: {error}; train it again") from error
    if card.format != FORMAT or card.features != list(NAMES) or card.tables != list(TABLES):
        raise PackageError(f"{path}: made by another version of lowpoint, which looked at other figures; train it again")
    return card


def shipped() -> Model:
    """The model that the project ships."""
    return load_model(SHIPPED)


def _stamp(folder: Path) -> tuple[int, ...]:
    """Changes when the folder gets another model, or another card."""
    found: list[int] = []
    for name in (CARD, ARRAYS):
        path = folder / name
        status = path.stat() if path.is_file() else None
        found += [status.st_mtime_ns, status.st_size] if status else [0, 0]
    return tuple(found)


@lru_cache(maxsize=8)
def _load(folder: Path, stamp: tuple[int, ...]) -> Learned:
    card = load_card(folder)
    path = folder / ARRAYS
    try:
        arrays = _read(path)
        if card.name != name_of(card.arrays_sha256):
            raise PackageError(f"{folder / CARD}: the name {card.name!r} is not that of its content: train again")
        if digest_of(arrays) != card.arrays_sha256:
            raise PackageError(f"{path} is not the one that {CARD} was written for: copy both files together, or train again")
        experts = {name: expert_from(name, _part(arrays, name)) for name in REGIMES if name in card.regimes}
    except PackageError:
        raise
    except (
        Exception,
        MemoryError,
    ) as error:  # whatever a damaged file makes its reader raise: zip, LZMA and numpy have errors of their own
        raise PackageError(f"{path} cannot be used ({type(error).__name__}: {error}): train it again") from error
    return Learned(card.name, experts)


def _read(path: Path) -> dict[str, npt.NDArray[Any]]:
    if path.stat().st_size > LARGEST_BYTES:
        raise ValueError(f"larger than {LARGEST_BYTES // 2**20} MiB")
    with zipfile.ZipFile(path) as packed:
        if sum(info.file_size for info in packed.infolist()) > 4 * LARGEST_BYTES:
            raise ValueError("unpacks to more than a model can hold")
    with np.load(path, allow_pickle=False) as packed:
        return {name: packed[name] for name in packed.files}


def _packed(arrays: Arrays) -> bytes:
    """An npz file: as numpy writes it, but packed by LZMA, which takes a sixth less; equal arrays make equal bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as file:
        for name, value in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.compress_type = zipfile.ZIP_LZMA
            plain = io.BytesIO()
            np.lib.format.write_array(plain, np.asarray(value), allow_pickle=False)
            file.writestr(entry, plain.getvalue())
    return whole.getvalue()


def _part(arrays: Arrays, name: str) -> dict[str, npt.NDArray[Any]]:
    prefix = f"{name.replace('-', '.')}/"
    return {key.removeprefix(prefix): value for key, value in arrays.items() if key.startswith(prefix)}


def name_of(digest: str) -> str:
    """The name of a model: the beginning of the hash over its arrays."""
    return f"learned-{digest[:10]}"


def digest_of(arrays: Arrays) -> str:
    """Hash over names, types, shapes and bytes."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        value = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {value.dtype.str} {value.shape}\n".encode())
        digest.update(value.tobytes())
    return digest.hexdigest()


def _replace(path: Path, data: bytes) -> None:
    """A reader sees the old file or the new one, never half of either."""
    half = path.with_name(path.name + ".part")
    half.write_bytes(data)
    half.replace(path)
