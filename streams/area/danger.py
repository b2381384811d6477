"""The danger area of a low point: where its water stands and may stand in half an hour, which zones that touches, who lives in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Geometry
from shapely.geometry import shape

from streams.area.addresses import Addresses
from streams.area.people import Points
from streams.area.polygons import band_radius_m, disc, geojson, in_metres, under_water
from streams.area.water import flooded
from streams.city.model import City, LowPoint, Zone
from streams.city.terrain import Terrain, read_terrain

SOON_MIN = 30
QUANTILES = ("0.5", "0.9")
"""Of the water in half an hour: what is likely, and what must be reckoned with."""

When = Literal["now", "30 min"]
Basis = Literal["terrain", "distance"]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Outlook:
    """What is known of the water of a low point: its depth now (None where that is unknown), and the forecast (DESIGN 6).

    `depth_m` gives for each quantile one depth a lead; both it and `lead_min` are empty where there is no forecast.
    """

    now_m: float | None
    lead_min: Sequence[float] = ()
    depth_m: Mapping[str, Sequence[float]] | None = None

    def soon_m(self, quantile: str) -> float | None:
        """Greatest depth from now to `SOON_MIN` ahead; None without a forecast.

        The water that stands now counts: whoever stands in it must leave it, even if it falls.
        """
        if not self.depth_m:
            return None
        ahead = [depth for lead, depth in zip(self.lead_min, self.depth_m[quantile], strict=True) if lead <= SOON_MIN]
        return max([*ahead, *([] if self.now_m is None else [self.now_m])], default=None)


@dataclass(frozen=True)
class Touched:
    """What of a zone lies in an area: share of its ground (0 where they do no more than touch), addresses and people in the part inside."""

    zone_id: str
    share: float
    addresses: Ints | None
    people: int | None


@dataclass(frozen=True)
class Area:
    """Where water stands, or may.

    Attributes
    ----------
    quantile
        Of the forecast; None for what stands now.
    depth_m
        At the low point, above the road.
    basis
        Whether the terrain said it, or the distance from the point.
    geometry
        Multipolygon in lon and lat; empty where it is dry.
    zones
        Zones of the point's district that it touches, by id.
    addresses
        Numbers of the address points inside, ascending; None where the city has no addresses: unknown is not nobody.
    people
        How many live at them.
    """

    low_point: str
    when: When
    quantile: str | None
    depth_m: float
    basis: Basis
    geometry: Geometry
    zones: tuple[Touched, ...]
    addresses: Ints | None
    people: int | None


class DangerAreas:
    """Answers where the water of each low point of one city stands; what does not change is made ready once."""

    def __init__(self, city: City, addresses: Addresses | None = None):
        file = Path(city.folder) / "dem.tif"
        self._terrain: Terrain | None = read_terrain(file) if city.folder and file.exists() else None
        self._points = {point.low_point_id: point for point in city.low_points}
        self._zones = [(zone, _ground_of(zone)) for zone in city.zones]
        self._addresses = addresses
        self._places = None if addresses is None else Points(addresses.lon, addresses.lat)
        self._within = {} if self._places is None else self._addresses_by_zone(self._places)

    def of(self, low_point: str, outlook: Outlook, quantiles: Sequence[str] = QUANTILES) -> tuple[Area, ...]:
        """Say where the water of a low point stands now, and where it may within half an hour.

        Parameters
        ----------
        quantiles
            Of the forecast, as DESIGN 6 writes them.

        Returns
        -------
        tuple of Area
            "now" first, where the depth is known, then one for each quantile, where there is a forecast.
        """
        point = self._points[low_point]
        asked: list[tuple[When, str | None, float | None]] = [("now", None, outlook.now_m)]
        asked += [("30 min", quantile, outlook.soon_m(quantile)) for quantile in quantiles]
        known = [(when, quantile, depth_m) for when, quantile, depth_m in asked if depth_m is not None]
        basis, drawn = self._drawn(point, [depth_m for _, _, depth_m in known])
        inside: Sequence[Ints | None] = [None] * len(known) if self._places is None else self._places.inside(drawn)
        return tuple(
            Area(low_point, when, quantile, depth_m, basis, area, self._touched(point, area, who), who, self._people(who))
            for (when, quantile, depth_m), area, who in zip(known, drawn, inside, strict=True)
        )

    def people_in(self, areas: Iterable[Area]) -> int | None:
        """How many live in any of the areas, each counted once; None where the city has no addresses."""
        found = [area.addresses for area in areas if area.addresses is not None]
        if self._addresses is None:
            return None
        return self._people(np.unique(np.concatenate([np.zeros(0, np.int64), *found])))

    def _drawn(self, point: LowPoint, depths_m: list[float]) -> tuple[Basis, list[Geometry]]:
        # a point that the terrain does not reach is no reason to show no danger
        if self._terrain is None or self._terrain.place(point.lon, point.lat) is None:
            return "distance", [disc(point.lon, point.lat, band_radius_m(point.levels, depth_m)) for depth_m in depths_m]
        water = flooded(self._terrain, point.lon, point.lat, depths_m)
        return "terrain", [under_water(self._terrain, water, number) for number in range(len(depths_m))]

    def _touched(self, point: LowPoint, area: Geometry, who: Ints | None) -> tuple[Touched, ...]:
        shapely.prepare(area)
        found = []
        for zone, ground in self._zones:
            if zone.district_id != point.district_id or not area.intersects(ground):
                continue
            wet, all_of_it = (in_metres(part, point.lon, point.lat).area for part in (area.intersection(ground), ground))
            there = None if who is None else np.intersect1d(who, self._within[zone.zone_id], assume_unique=True)
            found.append(Touched(zone.zone_id, min(wet / all_of_it, 1.0) if all_of_it else 0.0, there, self._people(there)))
        return tuple(found)

    def _addresses_by_zone(self, places: Points) -> dict[str, Ints]:
        inside = places.inside([ground for _, ground in self._zones])
        return {zone.zone_id: found for (zone, _), found in zip(self._zones, inside, strict=True)}

    def _people(self, who: Ints | None) -> int | None:
        return None if who is None or self._addresses is None else int(self._addresses.people[who].sum())


def feature_collection(areas: Iterable[Area]) -> dict[str, Any]:
    """Areas as GeoJSON: depths to 1 mm, shares to .001; numbers of people, never an address."""
    return {"type": "FeatureCollection", "features": [_feature(area) for area in areas]}


def _feature(area: Area) -> dict[str, Any]:
    zones = [{"zone_id": zone.zone_id, "share": round(zone.share, 3), "people": zone.people} for zone in area.zones]
    properties = {
        "low_point": area.low_point,
        "quantile": None if area.quantile is None else float(area.quantile),
        "when": area.when,
        "depth_m": round(area.depth_m, 3),
        "people": area.people,
        "basis": area.basis,
        "zones": zones,
    }
    return {"type": "Feature", "geometry": geojson(area.geometry), "properties": properties}


def _ground_of(zone: Zone) -> Geometry:
    ground = shape(zone.geometry)
    # a ring that crosses itself, as drawn by hand, must not stop a warning
    return ground if ground.is_valid else shapely.make_valid(ground, method="structure", keep_collapsed=False)
