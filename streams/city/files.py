"""The files of a city folder, as they stand there."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from streams.city.model import CityError


def read_toml(path: Path) -> dict[str, Any]:
    """Keys of a TOML file.

    Raises
    ------
    CityError
        Where it is missing or no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CityError(f"{path} is missing: a city folder holds city.toml and its GeoJSON files (see docs/adding-a-city.md)") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityError(f"{path} is not TOML in UTF-8: {error}") from None
