"""Reads a city folder (DESIGN 4), or says in one sentence why it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from streams.city import defaults
from streams.city.figures import check_figures
from streams.city.files import read_toml
from streams.city.model import (
    City,
    CityError,
    Level,
    LowPoint,
    Names,
    Public,
    RainSignal,
    ReleaseRule,
    Reporting,
    Sender,
    Shelter,
    Station,
    Zone,
)

T = TypeVar("T")

LEAST_ACCEPT_FROM = 3
"""Two sources may be one person with two phones."""
MOST_KEPT_DAYS = 3_650


def load_city(folder: Path) -> City:
    """Read a city folder.

    Parameters
    ----------
    folder
        A folder by the contract of DESIGN 4.

    Raises
    ------
    CityError
        Where the folder breaks the contract: which file, which feature, what to do.
    """
    head = read_toml(folder / "city.toml")
    levels = _levels(head.get("levels"), folder / "city.toml")
    city = City(
        name=_needed(head, "name", folder),
        time_zone=_time_zone(_needed(head, "time_zone", folder), folder),
        districts=tuple(_needed(head, "districts", folder)),
        folder=str(folder),
        district_names=_converted(head.get("district_names", {}), dict[str, Names], folder / "city.toml"),
        languages=tuple(head.get("languages", ("zh", "en"))),
        levels=levels,
        rain_signals=_converted(head.get("rain_signals", defaults.RAIN_SIGNALS), tuple[RainSignal, ...], folder / "city.toml"),
        approval=_approval(head.get("approval", {}), folder / "city.toml"),
        release_rules=_release_rules(head.get("approval", {}), folder / "city.toml"),
        sender=_sender(head, folder),
        public=_converted(head.get("public", {}), Public, folder / "city.toml"),
        reports=_reporting(head.get("reports", {}), folder / "city.toml"),
        demo=bool(head.get("demo", False)),
        simulated=bool(head.get("simulated", False)),
        drill=bool(head.get("drill", False)),
        low_points=_collection(folder / "low_points.geojson", "low_point_id", lambda row, file: _low_point(row, levels, file)),
        stations=_collection(folder / "stations.geojson", "station_id", lambda row, file: _converted(row, Station, file)),
        zones=_collection(folder / "zones.geojson", "zone_id", lambda row, file: _converted(row, Zone, file)),
        shelters=_collection(folder / "shelters.geojson", "shelter_id", lambda row, file: _converted(row, Shelter, file)),
    )
    _check_references(city, folder)
    if city.drill and city.public.live:
        raise CityError(f"{folder / 'city.toml'}: drill and live at once: a drill cannot reach a real phone, give it a folder of its own")
    return city


def _needed(head: dict[str, Any], key: str, folder: Path) -> Any:
    if key not in head:
        raise CityError(f"{folder / 'city.toml'}: {key!r} is missing: it has no default, write it")
    return head[key]


def _time_zone(name: str, folder: Path) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError):
        raise CityError(f'{folder / "city.toml"}: time_zone {name!r} is unknown: write an IANA name such as "Asia/Shanghai"') from None
    return name


def _levels(rows: Any, file: Path) -> tuple[Level, ...]:
    levels = defaults.LEVELS if rows is None else _converted(rows, tuple[Level, ...], file)
    return _ladder(levels, file)


def _ladder(levels: tuple[Level, ...], file: Path) -> tuple[Level, ...]:
    ordered = tuple(sorted(levels, key=lambda rung: rung.level))
    numbers = [rung.level for rung in ordered]
    depths = [rung.depth_m for rung in ordered]
    if numbers != list(range(1, len(numbers) + 1)) or len(numbers) > 4 or not numbers:
        raise CityError(f"{file}: levels are numbered {numbers}: number them from 1 upwards, 4 at most")
    if depths[0] <= 0 or any(low >= high for low, high in pairwise(depths)):
        raise CityError(f"{file}: depths of the levels are {depths} m: each must be greater than the one below it")
    return ordered


def _approval(rules: dict[str, Any], file: Path) -> dict[str, Any]:
    known = {**defaults.APPROVAL}
    for key, rule in rules.items():
        if key not in known:
            raise CityError(f"{file}: [approval] knows the levels 1 to 4 and 'unconfirmed', not {key!r}")
        # a table with a written release rule still asks for its signatures first
        known[key] = rule.get("signatures", "two") if isinstance(rule, dict) else rule
        if known[key] not in ("automatic", "one", "two"):
            raise CityError(f'{file}: [approval] {key} = {rule!r}: write "automatic", "one" or "two"')
    return known


def _release_rules(rules: dict[str, Any], file: Path) -> dict[str, ReleaseRule]:
    """Written release rules out of tables such as `4 = { signatures = "two", release_after_s = 180, release_if = ["measured"] }`."""
    found = {}
    for key, rule in rules.items():
        if not isinstance(rule, dict):
            continue
        if "release_after_s" not in rule:
            continue
        after_s, bases = rule["release_after_s"], rule.get("release_if", ["measured"])
        bases = [bases] if isinstance(bases, str) else bases
        if key == "unconfirmed":
            raise CityError(f"{file}: [approval] unconfirmed: what nothing confirms is never released by a rule: leave release_after_s out")
        if isinstance(after_s, bool) or not isinstance(after_s, int | float) or not 30 <= after_s <= 3600:
            raise CityError(f"{file}: [approval] {key}: release_after_s = {after_s!r}: write seconds from 30 to 3600")
        if not isinstance(bases, list) or not bases or any(basis not in ("measured", "report", "forecast", "officer") for basis in bases):
            raise CityError(f'{file}: [approval] {key}: release_if = {bases!r}: write some of "measured", "report", "forecast", "officer"')
        found[key] = ReleaseRule(float(after_s), tuple(bases))
    return found


def _sender(head: dict[str, Any], folder: Path) -> Sender:
    sender = _converted(head.get("sender", {}), Sender, folder / "city.toml")
    return sender if sender.name else Sender(sender.kind, head["name"], sender.name_en)


def _reporting(rows: Any, file: Path) -> Reporting:
    told = _converted(rows, Reporting, file)
    if told.accept_from != 0 and not LEAST_ACCEPT_FROM <= told.accept_from <= 100:
        raise CityError(
            f"{file}: [reports] accept_from = {told.accept_from}: write 0, so that only persons accept reports, "
            f"or the number of sources from which a written rule may, {LEAST_ACCEPT_FROM} at least"
        )
    if not 1 <= told.keep_pictures_days <= MOST_KEPT_DAYS:
        raise CityError(
            f"{file}: [reports] keep_pictures_days = {told.keep_pictures_days}: write for how many days pictures are kept that no accepted "
            f"report shows, 1 to {MOST_KEPT_DAYS}"
        )
    return told


def _features(path: Path) -> Iterator[dict[str, Any]]:
    try:
        data = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        raise CityError(f"{path} is missing: write a FeatureCollection, empty if there is nothing") from None
    except msgspec.DecodeError as error:
        raise CityError(f"{path} is not JSON: {error}") from None
    if not isinstance(data, dict) or not isinstance(data.get("features"), list):
        raise CityError(f"{path} is no GeoJSON FeatureCollection")
    for feature in data["features"]:
        geometry = feature.get("geometry") or {}
        row = {key: value for key, value in (feature.get("properties") or {}).items() if value is not None}
        if geometry.get("type") == "Point":
            row["lon"], row["lat"] = geometry["coordinates"][:2]
        row["geometry"] = geometry
        yield row


def _collection(path: Path, key: str, make: Any) -> Any:
    rows = list(_features(path))
    for row in rows:
        if not isinstance(row.get(key), str) or not row[key]:
            raise CityError(f"{path}: a feature has no {key}: give each one a text of its own")
    seen: set[str] = set()
    for row in rows:
        if row[key] in seen:
            raise CityError(f"{path}: {key} {row[key]!r} stands twice: ids are unique")
        seen.add(row[key])
    return tuple(make(row, path) for row in sorted(rows, key=lambda row: str(row[key])))


def _low_point(row: dict[str, Any], ladder: tuple[Level, ...], file: Path) -> LowPoint:
    own = {rung.level: rung for rung in _converted(row.pop("levels", ()), tuple[Level, ...], file)}
    row["levels"] = _ladder(tuple(own.get(rung.level, rung) for rung in ladder), file)
    row["point_class"] = row.pop("class", None)
    point = _converted(row, LowPoint, file)
    check_figures(point, file)
    return point


def _converted(row: Any, kind: type[T], file: Path) -> T:
    try:
        return msgspec.convert(row, kind, from_attributes=True)
    except msgspec.ValidationError as error:
        raise CityError(f"{file}: {_name_of(row) or kind}: {error}") from None


def _name_of(row: Any) -> str:
    ids = ("station_id", "zone_id", "shelter_id", "low_point_id")
    return next((str(row[key]) for key in ids if key in row), "") if isinstance(row, dict) else ""


def _check_references(city: City, folder: Path) -> None:
    """Every id that is referred to exists; ids say what the stream is keyed by, so a wrong one is fatal."""
    districts, points = set(city.districts), {point.low_point_id: point for point in city.low_points}
    if len(districts) != len(city.districts) or not districts:
        raise CityError(f"{folder / 'city.toml'}: districts are empty or stand twice: {list(city.districts)}")
    for low_point in city.low_points:
        _known(low_point.district_id, districts, folder / "low_points.geojson", low_point.low_point_id)
    for zone in city.zones:
        _known(zone.district_id, districts, folder / "zones.geojson", zone.zone_id)
    for station in city.stations:
        if station.low_point_id is not None and station.low_point_id not in points:
            raise CityError(f"{folder / 'stations.geojson'}: {station.station_id}: there is no low point {station.low_point_id!r}")
        if station.low_point_id is None and not station.district_ids:
            raise CityError(f"{folder / 'stations.geojson'}: {station.station_id}: needs a low_point_id or district_ids")
        for district in station.district_ids:
            _known(district, districts, folder / "stations.geojson", station.station_id)
        if not station.cadence_s > 0:
            raise CityError(f"{folder / 'stations.geojson'}: {station.station_id}: cadence_s must be above 0")


def _known(district: str, districts: set[str], file: Path, name: str) -> None:
    if district not in districts:
        raise CityError(f"{file}: {name}: district {district!r} is not in the list of city.toml")
