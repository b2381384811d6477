"""Which model forecasts where nobody has named another one."""

from __future__ import annotations

from pathlib import Path

from models.forecaster import Model, forecast
from models.learn.package import CARD, SHIPPED, load_model, shipped


def model_of(folder: Path | None) -> Model:
    """The model in a folder; without one, the model that the project ships, or the core alone where none is shipped.

    Raises
    ------
    PackageError
        Where the folder holds no model that can be used.
    """
    if folder is not None:
        return load_model(folder)
    return shipped() if (SHIPPED / CARD).exists() else forecast
