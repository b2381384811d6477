"""What a city is made of: the structs that a city folder is read into."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec

StationKind = Literal["level", "camera", "rain", "bureau", "stage", "pump", "reports"]
PointClass = Literal["underpass", "sag", "riverside"]
Release = Literal["automatic", "one", "two"]

OBSERVED_BY: dict[str, str] = {
    "level": "depth",
    "camera": "camera_depth",
    "rain": "rain",
    "bureau": "rain_forecast",
    "stage": "stage",
    "pump": "pump",
    "reports": "report_depth",
}
"""Kind of station to the one kind of observation it gives (DESIGN 4)."""

DEPTH_STATIONS = frozenset({"level", "camera"})
"""Stations whose readings make a point known, and whose silence makes it unknown."""

KEPT_DAYS = 30
"""How long pictures are kept that no accepted report shows, where a city says nothing else."""


class CityError(ValueError):
    """A city folder that cannot be used: what is wrong, in which file, and what to do."""


class Level(msgspec.Struct, frozen=True):
    """One rung of the ladder."""

    level: int
    depth_m: float
    colour: str = ""


class RainSignal(msgspec.Struct, frozen=True):
    """A rainfall signal: so much rain within a sliding window."""

    signal: str
    rain_mm: float
    hours: float


class ReleaseRule(msgspec.Struct, frozen=True):
    """The policy's written rule: what nobody has answered after so many seconds is released, if its level rests on one of these."""

    after_s: float
    bases: tuple[str, ...] = ("measured",)


class Sender(msgspec.Struct, frozen=True):
    """Which provider sends the texts, and the signature they open with.

    `name_en` signs texts in other languages than Chinese: one Chinese character in it would make a whole English text take twice the
    segments. Without it `name` signs all.
    """

    kind: Literal["dry-run", "twilio", "http"] = "dry-run"
    name: str = ""
    name_en: str = ""

    def signature(self, language: str) -> str:
        """What a text in a language is signed with."""
        return self.name if language == "zh" else self.name_en or self.name


class Public(msgspec.Struct, frozen=True):
    """What reaches the public; from `close_from_level` on a road is closed to drivers.

    `report` says on the public page how to report water, in the city's own words, `report_en` in English; without them it names the
    emergency numbers.
    """

    live: bool = False
    text_from_level: int = 3
    close_from_level: Annotated[int, msgspec.Meta(ge=1, le=4)] = 2
    cap_issuer: str = "lowpoint"
    report: str = ""
    report_en: str = ""


class Reporting(msgspec.Struct, frozen=True):
    """How citizens' reports are taken in.

    Attributes
    ----------
    accept_from
        From so many sources on, each with a picture of its own, the city's written rule accepts reports that agree; 0: only persons do.
    ask_position
        Whether the page may ask a phone where it is.
    keep_pictures_days
        How long pictures are kept that no accepted report shows.
    """

    accept_from: int = 0
    ask_position: bool = True
    keep_pictures_days: int = KEPT_DAYS


class Station(msgspec.Struct, frozen=True):
    """One source of observations."""

    station_id: str
    kind: StationKind
    cadence_s: float
    low_point_id: str | None = None
    district_ids: tuple[str, ...] = ()
    owner: str = ""
    error_sd_m: float = 0.02
    mounting_height_m: float | None = None
    lon: float = 0.0
    lat: float = 0.0


class LowPoint(msgspec.Struct, frozen=True):
    """A place that goes under water; `levels` is its own ladder, lowest first.

    What drains to it, where the city knows: area, sealed share of it, and what drains and pumps take in mm/h over that area.
    """

    low_point_id: str
    district_id: str
    point_class: PointClass
    levels: tuple[Level, ...]
    name: str = ""
    name_en: str = ""
    lon: float = 0.0
    lat: float = 0.0
    catchment_ha: float | None = None
    impervious_share: float | None = None
    drain_mm_h: float | None = None
    pump_mm_h: float | None = None


class Zone(msgspec.Struct, frozen=True):
    """Where people live; `geometry` is GeoJSON (lon, lat)."""

    zone_id: str
    district_id: str
    geometry: dict[str, Any]
    name: str = ""
    name_en: str = ""
    walking_min: float = 15.0


class Shelter(msgspec.Struct, frozen=True):
    """Where people can go."""

    shelter_id: str
    name: str = ""
    name_en: str = ""
    capacity: int = 0
    lon: float = 0.0
    lat: float = 0.0


class Names(msgspec.Struct, frozen=True):
    """What people call a place."""

    name: str = ""
    name_en: str = ""


class City(msgspec.Struct, frozen=True):
    """A city folder as read; collections are in the order of their ids, so that nothing depends on the order in the files."""

    name: str
    time_zone: str
    districts: tuple[str, ...]
    folder: str = ""
    district_names: dict[str, Names] = {}
    languages: tuple[str, ...] = ("zh", "en")
    levels: tuple[Level, ...] = ()
    rain_signals: tuple[RainSignal, ...] = ()
    approval: dict[str, Release] = {}
    release_rules: dict[str, ReleaseRule] = {}
    sender: Sender = Sender()
    public: Public = Public()
    reports: Reporting = Reporting()
    demo: bool = False
    simulated: bool = False
    drill: bool = False
    low_points: tuple[LowPoint, ...] = ()
    stations: tuple[Station, ...] = ()
    zones: tuple[Zone, ...] = ()
    shelters: tuple[Shelter, ...] = ()

    @property
    def zone_info(self) -> ZoneInfo:
        """The local time zone, for what people read."""
        return ZoneInfo(self.time_zone)

    def release_of(self, level: int, unconfirmed: bool) -> Release:
        """Who must sign an order of this level (DESIGN 4, `approval`); an unconfirmed one asks for the stricter of two rules."""
        rules = [self.approval[str(level)]] + ([self.approval["unconfirmed"]] if unconfirmed else [])
        return max(rules, key=("automatic", "one", "two").index)

    def release_rule_of(self, level: int, unconfirmed: bool) -> ReleaseRule | None:
        """The written rule for an order of this level, where there is one; what nothing confirms is never released by it."""
        return None if unconfirmed else self.release_rules.get(str(level))
