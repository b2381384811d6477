"""The city of a drill: a copy of a city folder that says of itself that it is one, and can send nothing to anybody (law 7)."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streams.city.files import read_toml
from streams.city.load import load_city
from streams.city.model import City, CityError
from streams.drill.toml import to_toml


def make_drill_city(city: Path, out: Path) -> City:
    """Copy a city folder, marked as a drill, and read the copy.

    Parameters
    ----------
    out
        The folder to write; it must not be there yet.

    Raises
    ------
    CityError
        Where the folder cannot be used.
    """
    load_city(city)  # what is wrong is told of the folder that can be mended
    try:
        shutil.copytree(city, out)
        (out / "city.toml").write_text(to_toml(as_drill(read_toml(city / "city.toml"))), encoding="utf-8")
    except OSError as error:
        raise CityError(f"{city} cannot be copied to {out}: {error}") from None
    return load_city(out)


def as_drill(head: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of city.toml as a drill has them.

    It is no live city and has no provider, so its messages are Exercise and stay here. It counts as simulated, for its storm is of
    another day than today. Who must sign is the city's own policy; a demo city, where everything goes out by itself, takes the default
    one: in a drill people sign.
    """
    drill = {**head, "drill": True, "simulated": True}
    drill["public"] = {**head.get("public", {}), "live": False}
    drill["sender"] = {**head.get("sender", {}), "kind": "dry-run"}
    if head.get("demo"):
        drill.pop("approval", None)
    return drill
