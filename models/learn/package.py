"""A model on disk: a folder with `model.json` (the card) and `model.npz` (plain arrays); loading it runs no code."""

from __future__ import annotations

from pathlib import Path

from models.forecaster import Model


class PackageError(ValueError):
    """A folder that holds no model that can be used: what is wrong, and what to do."""


def load_model(folder: Path) -> Model:
    """Read a model.

    Raises
    ------
    PackageError
        Where the folder holds none.
    """
    raise PackageError(f"{folder}: no model.json: `lowpoint train --out {folder}` writes one")
