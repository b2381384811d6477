"""A folder of models by name, which workers look up what the log asks for in; a model in it never changes, for its name is its content."""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from models.forecaster import Model
from models.learn.package import ARRAYS, CARD, Card, PackageError, load_card, load_model
from streams.rules.models import Models

log = logging.getLogger(__name__)

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FOR_ALL = 0o755


class Registry(Models):
    """The models in a folder, and the default one.

    Parameters
    ----------
    folder
        May be absent or empty; None where there is none: then the default is all there is.
    """

    def __init__(self, folder: Path | None, default: Model):
        self._folder, self._default = folder, default
        self._known: dict[str, Model] = {default.name: default}

    @property
    def default(self) -> Model:
        """The one that forecasts until another is asked for."""
        return self._default

    def named(self, name: str) -> Model | None:
        """The model of a name, read once; None where there is none that can be used, and the log says why."""
        if name not in self._known:
            try:
                self._known[name] = self._read(name)
            except PackageError as error:
                log.error("model %s: %s", name, error)
                return None
        return self._known[name]

    def _read(self, name: str) -> Model:
        if self._folder is None:
            raise PackageError(
                f"{name!r} is not the model in use, and there is no registry to look it up in: start workers with --registry"
            )
        if not _NAME.fullmatch(name):
            raise PackageError(f"{name!r} is no name of a model")
        return _read_as(self._folder / name, name)


@dataclass(frozen=True)
class Entry:
    """A folder in the registry: its card, or what is wrong with it."""

    name: str
    card: Card | None
    problem: str = ""


def add_model(folder: Path, registry: Path) -> Card:
    """Copy a model into a registry under its name, whole or not at all; one that is there already is left as it is.

    Raises
    ------
    PackageError
        Where the folder holds no model that can be used.
    """
    load_model(folder)
    card = load_card(folder)
    _check_name(folder, card)
    registry.mkdir(parents=True, exist_ok=True)
    # beside where it will stand, for a name changes in one stroke only within one file system
    half = Path(tempfile.mkdtemp(prefix=".adding-", dir=registry))
    try:
        for name in (CARD, ARRAYS):
            _copy(folder / name, half / name)
        _read_as(half, card.name)  # the source may have changed while it was copied
        half.chmod(_FOR_ALL)
        _put_in_place(half, registry / card.name)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return card


def list_models(registry: Path) -> list[Entry]:
    """What is in a registry, by name; nothing where there is none."""
    if not registry.is_dir():
        return []
    return [_entry(folder) for folder in sorted(registry.iterdir()) if folder.is_dir() and not folder.name.startswith(".")]


def _entry(folder: Path) -> Entry:
    try:
        _read_as(folder, folder.name)
        return Entry(folder.name, load_card(folder))
    except PackageError as error:
        return Entry(folder.name, None, str(error))


def _read_as(folder: Path, name: str) -> Model:
    model, card = load_model(folder), load_card(folder)
    _check_name(folder, card)
    if card.name != name:
        raise PackageError(f"{folder} holds another model, {card.name}: remove it and add both again")
    return model


def _check_name(folder: Path, card: Card) -> None:
    """Two models of one name must be the same model."""
    if not _NAME.fullmatch(card.name) or not card.arrays_sha256.startswith(card.name.rpartition("-")[2]):
        raise PackageError(f"{folder / CARD}: the name {card.name!r} is not that of its content; train it again")


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as reading, target.open("wb") as writing:
        shutil.copyfileobj(reading, writing)
        writing.flush()
        os.fsync(writing.fileno())


def _put_in_place(half: Path, place: Path) -> None:
    """A usable model of that name is the same one; what cannot be used makes room."""
    try:
        half.rename(place)
        return
    except OSError:
        if not place.is_dir():
            raise
    if _entry(place).card is None:
        aside = half.with_name(f"{half.name}-old")
        place.rename(aside)
        half.rename(place)
        shutil.rmtree(aside, ignore_errors=True)
