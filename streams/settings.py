"""What the environment may set, as LOWPOINT_NAME; the one module that reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """Settings of this installation.

    Attributes
    ----------
    home
        Folder of everything that Lowpoint writes: virtual environment, Kafka, run data.
    broker
        HOST:PORT of a Kafka to use; None starts one on this machine.
    java
        The Java to run that Kafka with, a name on PATH or a path.
    """

    model_config = SettingsConfigDict(env_prefix="LOWPOINT_", frozen=True)

    home: Path = REPOSITORY / ".lowpoint"
    broker: str | None = None
    java: str = "java"

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        # children run in other folders, where a relative path would name another place
        return home.absolute()

    @property
    def jars(self) -> Path:
        """Folder of the Kafka jars that the set-up fetched."""
        return self.home / "kafka"

    @property
    def inherited(self) -> Mapping[str, str]:
        """A copy of the whole environment, to hand on to child processes."""
        return dict(os.environ)
