"""Where the set-up finds things and where it puts them: all below one folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """Paths of one checkout of the repository and of the folder that it writes to."""

    repository: Path
    home: Path

    @classmethod
    def of(cls, repository: Path, env: Mapping[str, str]) -> Places:
        """`.lowpoint` in the repository, or what LOWPOINT_HOME names."""
        return cls(repository, Path(env.get("LOWPOINT_HOME") or repository / ".lowpoint").absolute())

    @property
    def lock_file(self) -> Path:
        """Python packages with their hashes."""
        return self.repository / "requirements.lock"

    @property
    def pom(self) -> Path:
        """Kafka's jars."""
        return self.repository / "config" / "broker" / "pom.xml"

    @property
    def venv(self) -> Path:
        """The virtual environment."""
        return self.home / "venv"

    @property
    def python(self) -> Path:
        """The Python of the virtual environment."""
        return self.venv / "bin" / "python"

    @property
    def jars(self) -> Path:
        """Kafka's jars."""
        return self.home / "kafka"

    @property
    def caches(self) -> Path:
        """What tools keep between runs."""
        return self.home / "cache"

    @property
    def log(self) -> Path:
        """What pip, Maven and apt said."""
        return self.home / "logs" / "setup.log"

    @property
    def turn(self) -> Path:
        """Locked by the one starter that sets up."""
        return self.home / "setup.lock"
