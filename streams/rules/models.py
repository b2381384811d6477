"""The models that a district can be told to forecast by, by their names."""

from __future__ import annotations

from abc import ABC, abstractmethod

from models.forecaster import Model


class Models(ABC):
    """Models by name; one of them forecasts where nobody has said otherwise."""

    @property
    @abstractmethod
    def default(self) -> Model:
        """The one that forecasts until another is asked for."""

    @abstractmethod
    def named(self, name: str) -> Model | None:
        """The model of a name; None where there is none that can be used."""


class Only(Models):
    """One model and no other."""

    def __init__(self, model: Model):
        self._model = model

    @property
    def default(self) -> Model:
        """The one."""
        return self._model

    def named(self, name: str) -> Model | None:
        """The one, by its name."""
        return self._model if name == self._model.name else None


def as_models(model: Model | Models) -> Models:
    """A single model counts as all there are."""
    return model if isinstance(model, Models) else Only(model)
