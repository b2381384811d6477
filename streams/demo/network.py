"""The demo city's drains as an input file for EPA SWMM 5, which computes the simulated truth.

Each low point is a storage node with the shape of its hollow. Its catchment runs into it; an inlet of limited capacity takes water
down to a drain, which leads to the district's trunk and on to a canal (northern districts) or to the river (southern ones, shut by a
flap when the river is high). Some underpasses have a pump. What the hollow cannot hold runs over its rim.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from streams.demo.hollow import Storage
from streams.demo.layout import is_beside_river
from streams.demo.rain import STEP_S, Rain, Series

_COVER_M = 2.5  # the drain lies this deep under the road
_PUMP_SHARE = 0.25  # of the drain's capacity
_CATCHMENT_SD = 0.15  # the records of a city are not exact: the real catchment differs by about so much

_OPTIONS = """[TITLE]
Demo city: SIMULATED, made up

[OPTIONS]
FLOW_UNITS           CMS
INFILTRATION         HORTON
FLOW_ROUTING         DYNWAVE
LINK_OFFSETS         DEPTH
ALLOW_PONDING        NO
SKIP_STEADY_STATE    NO
START_DATE           07/20/2026
START_TIME           06:00:00
REPORT_START_DATE    07/20/2026
REPORT_START_TIME    06:00:00
END_DATE             07/20/2026
END_TIME             {end}
DRY_DAYS             3
REPORT_STEP          00:05:00
WET_STEP             00:00:30
DRY_STEP             00:01:00
ROUTING_STEP         00:00:02
INERTIAL_DAMPING     FULL
NORMAL_FLOW_LIMITED  BOTH
VARIABLE_STEP        0.75
MINIMUM_STEP         0.5
MAX_TRIALS           8
HEAD_TOLERANCE       0.002
THREADS              1

[EVAPORATION]
CONSTANT             0.0

[REPORT]
INPUT                NO
CONTROLS             NO
"""


@dataclass(frozen=True)
class Basin:
    """One low point as the hydraulics see it."""

    low_point_id: str
    district_id: str
    road_elevation_m: float
    catchment_ha: float
    width_m: float
    impervious_share: float
    drain_mm_h: float
    storage: Storage
    pump_fails_s: int | None  # None: no pump; over the end: it holds

    @property
    def drain_m3_s(self) -> float:
        """What the inlets take when they are drowned."""
        return self.drain_mm_h * self.catchment_ha / 360


def real_catchment(recorded_ha: float, rng: np.random.Generator) -> tuple[float, float]:
    """Return area in ha and width in m of what drains into a point in truth, around what the records say; a narrow one answers slowly."""
    area_ha = recorded_ha * float(np.exp(rng.normal(0, _CATCHMENT_SD)))
    return area_ha, (area_ha * 10_000) ** 0.5 * float(rng.uniform(0.15, 0.9))


def swmm_input(basins: Sequence[Basin], rain: Rain, stage_m: Series, duration_s: int) -> str:
    """Write the whole input file; rain is taken per low point, the stage drowns the southern outfalls."""
    sections: dict[str, list[str]] = {}
    for basin in basins:
        for section, lines in _basin_lines(basin).items():
            sections.setdefault(section, []).extend(lines)
        sections.setdefault("TIMESERIES", []).extend(_series(f"R_{basin.low_point_id}", rain.mm[basin.low_point_id] * 60))
    for district_id in sorted({basin.district_id for basin in basins}):
        here = [basin for basin in basins if basin.district_id == district_id]
        for section, lines in _trunk_lines(district_id, here).items():
            sections.setdefault(section, []).extend(lines)
    sections["TIMESERIES"].extend(_series("RIVER", stage_m))
    end = f"{6 + duration_s // 3600:02d}:{duration_s // 60 % 60:02d}:{duration_s % 60:02d}"
    return _OPTIONS.format(end=end) + _written(sections)


def _written(sections: Mapping[str, Sequence[str]]) -> str:
    return "".join(f"\n[{name}]\n" + "\n".join(lines) + "\n" for name, lines in sections.items())


def _series(name: str, values: Series) -> list[str]:
    return [f"{name} {k * STEP_S // 3600}:{k * STEP_S // 60 % 60:02d} {value:.4f}" for k, value in enumerate(values)]


def _basin_lines(basin: Basin) -> dict[str, list[str]]:
    """Write one catchment, its hollow, inlet, drain and pump."""
    key, road_m, catchment_ha = basin.low_point_id, basin.road_elevation_m, basin.catchment_ha
    rated_m3_s = basin.drain_m3_s
    inlet = ((0.0, 0.0), (0.01, 0.15), (0.03, 0.7), (0.06, 1.0), (0.5, 1.1), (3.0, 1.3), (9.0, 1.4))
    lines = {
        "RAINGAGES": [f"G_{key} INTENSITY 0:01 1.0 TIMESERIES R_{key}"],
        "SUBCATCHMENTS": [f"C_{key} G_{key} S_{key} {catchment_ha:.4f} {100 * basin.impervious_share:.1f} {basin.width_m:.1f} 0.6 0"],
        "SUBAREAS": [f"C_{key} 0.016 0.2 1.5 5 20 OUTLET"],
        "INFILTRATION": [f"C_{key} 60 6 3 7 0"],
        "STORAGE": [f"S_{key} {road_m:.3f} {basin.storage.depth_m[-1] + 2:.2f} 0 TABULAR V_{key} 0 0"],
        "CURVES": [
            f"V_{key} {'STORAGE ' if k == 0 else ''}{depth_m:.2f} {area_m2:.1f}"
            for k, (depth_m, area_m2) in enumerate(zip(basin.storage.depth_m, basin.storage.area_m2, strict=True))
        ]
        + [f"I_{key} {'RATING ' if k == 0 else ''}{head_m} {rated_m3_s * share:.5f}" for k, (head_m, share) in enumerate(inlet)],
        "OUTLETS": [f"IN_{key} S_{key} J_{key} 0 TABULAR/HEAD I_{key} YES"],
        "JUNCTIONS": [f"J_{key} {road_m - _COVER_M:.3f} {_COVER_M:.3f} 0 8 0"],
        "CONDUITS": [f"P_{key} J_{key} T_{basin.district_id} 250 0.013 0 0 0 0"],
        "XSECTIONS": [f"P_{key} CIRCULAR {_diameter_m(1.2 * rated_m3_s, 0.004):.2f} 0 0 0 1"],
        "OUTFALLS": [f"OW_{key} 80 FREE NO"],  # SWMM lets one link only end in an outfall
        "WEIRS": [f"W_{key} S_{key} OW_{key} TRANSVERSE {basin.storage.spill_m:.2f} 1.5 YES 0 0 NO"],
    }
    lines["XSECTIONS"].append(f"W_{key} RECT_OPEN 2 20 0 0 1")
    if basin.pump_fails_s is not None:
        lines["CURVES"].extend(
            f"PC_{key} {'PUMP4 ' if k == 0 else ''}{depth} {_PUMP_SHARE * rated_m3_s:.5f}" for k, depth in enumerate((0.0, 4.0))
        )
        lines["OUTFALLS"].append(f"OP_{key} 80 FREE NO")
        lines["PUMPS"] = [f"PU_{key} S_{key} OP_{key} PC_{key} OFF 0.08 0.03"]
        hours = basin.pump_fails_s / 3600
        lines["CONTROLS"] = [f"RULE FAIL_{key}", f"IF SIMULATION TIME >= {hours:.4f}", f"THEN PUMP PU_{key} STATUS = OFF", "PRIORITY 1"]
    return lines


def _trunk_lines(district_id: str, basins: Sequence[Basin]) -> dict[str, list[str]]:
    """Write the district's trunk, a little too small for all its drains at once, and its outfalls."""
    lowest_m = min(basin.road_elevation_m for basin in basins) - _COVER_M
    trunk_m, capacity_m3_s = lowest_m - 0.8, 0.9 * sum(basin.drain_m3_s for basin in basins)
    outfall = f"O_{district_id} {trunk_m - 1.0:.3f} " + ("TIMESERIES RIVER YES" if is_beside_river(district_id) else "FREE NO")
    return {
        "JUNCTIONS": [f"T_{district_id} {trunk_m:.3f} 12 0 20 0"],
        "OUTFALLS": [outfall],
        "CONDUITS": [f"M_{district_id} T_{district_id} O_{district_id} 400 0.013 0 0 0 0"],
        "XSECTIONS": [f"M_{district_id} CIRCULAR {_diameter_m(capacity_m3_s, 0.0025):.2f} 0 0 0 1"],
    }


def _diameter_m(flow_m3_s: float, slope: float) -> float:
    """Return the pipe that carries a flow when it runs full (Manning, n = 0.013: Q = 0.312 / n D^(8/3) S^(1/2))."""
    return float(max(0.3, (flow_m3_s * 0.013 / (0.312 * slope**0.5)) ** 0.375))
