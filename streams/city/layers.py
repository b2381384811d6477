"""The map of a city folder: optional layers for people to find their way by, checked, and as bytes that are ready to be served."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from streams.city.basemap import Basemap, read_basemap
from streams.city.files import read_toml
from streams.city.model import City, CityError, Names
from streams.city.shapes import Area, Areas, Line, Lines, ShapeError, shortened

MOST_BYTES = 16 * 1024 * 1024
"""Of one file: what is larger makes every browser wait."""


class _Named(msgspec.Struct, frozen=True):
    name: str | None = None
    name_en: str | None = None


class _RoadTraits(_Named, frozen=True):
    road_class: Literal["main", "street"] | None = msgspec.field(default=None, name="class")


class _DistrictTraits(msgspec.Struct, frozen=True):
    district_id: str


class _Road(msgspec.Struct, frozen=True):
    geometry: Line | Lines
    properties: _RoadTraits | None = None


class _Water(msgspec.Struct, frozen=True):
    geometry: Area | Areas | Line | Lines
    properties: _Named | None = None


class _District(msgspec.Struct, frozen=True):
    geometry: Area | Areas
    properties: _DistrictTraits


class _Collection(msgspec.Struct, frozen=True):
    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]


_Feature = TypeVar("_Feature", _Road, _Water, _District)
_Drawn = tuple[dict[str, Any], Mapping[str, Any]]


class Layers(msgspec.Struct, frozen=True):
    """What the map of a city is drawn from.

    Attributes
    ----------
    roads, water, districts
        GeoJSON (lon, lat), empty collections where the folder has no such file. Properties: of roads `class` ("main" or "street"), and
        `name` and `name_en` where they have them; of water the names; of districts `district_id`, `name` and `name_en`.
    drawn
        Districts that have an area.
    basemap
        What lies below them, if anything does.
    """

    roads: bytes
    water: bytes
    districts: bytes
    drawn: frozenset[str] = frozenset()
    basemap: Basemap = Basemap()


def load_layers(folder: Path) -> Layers:
    """Read the optional files and keys of a city folder that its map is drawn from.

    Raises
    ------
    CityError
        Where one cannot be used: which file, which feature, what to do.
    """
    head = read_toml(folder / "city.toml")
    names = _names(head, folder / "city.toml")

    def of_district(district: _District) -> dict[str, str]:
        district_id = district.properties.district_id
        named = names.get(district_id, Names())
        return {"district_id": district_id, "name": named.name, "name_en": named.name_en}

    districts = list(_features(folder / "districts.geojson", _District, of_district))
    return Layers(
        roads=_collection(_features(folder / "roads.geojson", _Road, _of_road)),
        water=_collection(_features(folder / "water.geojson", _Water, _of_water)),
        districts=_collection(districts),
        drawn=_drawn(districts, head.get("districts", ()), folder / "districts.geojson"),
        basemap=read_basemap(head.get("map", {}), folder / "city.toml"),
    )


def layer_remarks(city: City, layers: Layers) -> Iterator[str]:
    """One sentence for each thing that is allowed but may be a mistake."""
    for district in city.districts if layers.drawn else ():
        if district not in layers.drawn:
            yield f"district {district} has no area in districts.geojson: the map does not show where it lies"
    if layers.basemap.tiles and not layers.basemap.attribution:
        yield "[map] has tiles and no attribution: who makes them usually asks to be named beside the map"


def _features(file: Path, kind: type[_Feature], traits: Callable[[_Feature], Mapping[str, Any]]) -> Iterator[_Drawn]:
    """Shape and properties of each feature of a file that need not be there."""
    for number, feature in enumerate(_read(file), start=1):
        try:
            found = msgspec.convert(feature, kind)
            yield shortened(found.geometry), traits(found)
        except (msgspec.ValidationError, ShapeError) as error:
            raise CityError(f"{file}: feature {number}: {error} (see docs/adding-a-city.md)") from None


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        size = file.stat().st_size
        if size > MOST_BYTES:
            advice = f"cut it at the city's edge or simplify it, to {MOST_BYTES // 1024**2} MiB at most"
            raise CityError(f"{file}: {size / 1024**2:.0f} MiB are too much for a map in a browser: {advice}")
        return msgspec.json.decode(file.read_bytes(), type=_Collection).features
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CityError(f"{file}: cannot be read ({error.strerror})") from None
    except msgspec.ValidationError as error:
        raise CityError(f"{file} is no GeoJSON FeatureCollection: {error}") from None
    except msgspec.DecodeError as error:
        raise CityError(f"{file} is not JSON: {error}") from None


def _of_road(road: _Road) -> dict[str, str]:
    traits = road.properties or _RoadTraits()
    return {"class": traits.road_class or "street", **_names_of(traits)}


def _of_water(water: _Water) -> dict[str, str]:
    return _names_of(water.properties or _Named())


def _names_of(traits: _Named) -> dict[str, str]:
    return {key: value for key, value in (("name", traits.name), ("name_en", traits.name_en)) if value}


def _names(head: Mapping[str, Any], file: Path) -> dict[str, Names]:
    try:
        return msgspec.convert(head.get("district_names", {}), dict[str, Names])
    except msgspec.ValidationError as error:
        raise CityError(f'{file}: [district_names]: {error}: write ID = {{ name = "...", name_en = "..." }}') from None


def _drawn(districts: Iterable[_Drawn], known: Any, file: Path) -> frozenset[str]:
    seen: set[str] = set()
    for _, traits in districts:
        district = traits["district_id"]
        if district not in known:
            raise CityError(f"{file}: district {district!r} is not in the list of city.toml")
        if district in seen:
            raise CityError(f"{file}: district {district!r} stands twice: draw one of several parts as a MultiPolygon")
        seen.add(district)
    return frozenset(seen)


def _collection(drawn: Iterable[_Drawn]) -> bytes:
    features = [{"type": "Feature", "geometry": geometry, "properties": traits} for geometry, traits in drawn]
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})
