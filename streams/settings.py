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
    model
        Folder of the model that forecasts; None for the one that the project ships.
    officers_key
        File with the key that seals the officers' second factors; `lowpoint officers key` makes one.
    residents_key
        File with the key that seals the residents' numbers; `lowpoint residents key` makes one.
    pictures
        Folder of the pictures of reports and cameras, and of the key of the reports.
    scripts
        Folder of the packages of others that the console serves; None for where the set-up puts them.
    """

    model_config = SettingsConfigDict(env_prefix="LOWPOINT_", env_ignore_empty=True, frozen=True)

    home: Path = REPOSITORY / ".lowpoint"
    broker: str | None = None
    java: str = "java"
    model: Path | None = None
    officers_key: Path | None = None
    residents_key: Path | None = None
    pictures: Path | None = None
    scripts: Path | None = None

    @field_validator("home", "model", "officers_key", "residents_key", "pictures", "scripts")
    @classmethod
    def _absolute(cls, folder: Path | None) -> Path | None:
        # children run in other folders, where a relative path would name another place
        return folder.absolute() if folder else None

    @property
    def jars(self) -> Path:
        """Folder of the Kafka jars that the set-up fetched."""
        return self.home / "kafka"

    @property
    def vendor(self) -> Path:
        """Folder of the console's third-party packages, one folder each; it need not be there, and then pages show tables."""
        return self.scripts or self.home / "console" / "node_modules"

    @property
    def inherited(self) -> Mapping[str, str]:
        """A copy of the whole environment, to hand on to child processes."""
        return dict(os.environ)
