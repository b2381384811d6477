"""The simulated truth: EPA SWMM 5 (through pyswmm) says how deep the water stands over the road at each low point."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyswmm import Links, Nodes, Simulation

from streams.demo.folder import Folder
from streams.demo.hollow import measure
from streams.demo.moment import DURATION_S
from streams.demo.network import Basin, real_catchment, swmm_input
from streams.demo.rain import Rain, Series

STEP_S = 10
_PUMPS_FAIL_S = {2: 9000, 4: 9900}  # the third and the fifth pump fail in the middle of the worst hour


@dataclass(frozen=True)
class Flood:
    """Depth above the road in m and pumps (1 running), per low point; element k is the state at time_s[k]."""

    time_s: NDArray[np.int64]
    depth_m: Mapping[str, Series]
    pump_on: Mapping[str, Series]

    def depth_at(self, low_point_id: str, time_s: NDArray[np.float64]) -> Series:
        """Return the depth at any times, straight between the steps."""
        return np.interp(time_s, self.time_s, self.depth_m[low_point_id])


def make_basins(folder: Folder, seed: int) -> list[Basin]:
    """Take the low points of the folder, their hollows from its terrain, and their real catchments around the recorded ones."""
    rng = np.random.default_rng([seed, 2])
    pumped = [station.low_point_id for station in folder.of_kind("pump")]
    failing = {point: _PUMPS_FAIL_S[k] for k, point in enumerate(pumped) if k in _PUMPS_FAIL_S}
    return [
        Basin(
            point.low_point_id,
            point.district_id,
            point.road_elevation_m,
            *real_catchment(point.catchment_ha, rng),
            point.impervious_share,
            point.drain_mm_h,
            measure(folder.terrain, point.x_m, point.y_m),
            failing.get(point.low_point_id, 10 * DURATION_S) if point.low_point_id in pumped else None,
        )
        for point in folder.points
    ]


def make_flood(basins: Sequence[Basin], rain: Rain, stage_m: Series) -> Flood:
    """Run the storm in a scratch folder."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "demo.inp"
        path.write_text(swmm_input(basins, rain, stage_m, DURATION_S + STEP_S), encoding="ascii")
        return _run(path, basins)


def _run(path: Path, basins: Sequence[Basin]) -> Flood:
    times_s, depths_m = [0], [[0.0] * len(basins)]
    pumped = [basin.low_point_id for basin in basins if basin.pump_fails_s is not None]
    pumps: list[list[float]] = [[0.0] * len(pumped)]
    with Simulation(str(path)) as simulation:
        nodes, links = Nodes(simulation), Links(simulation)
        storages = [nodes[f"S_{basin.low_point_id}"] for basin in basins]
        pump_links = [links[f"PU_{key}"] for key in pumped]
        simulation.step_advance(STEP_S)
        for _ in simulation:
            times_s.append(round((simulation.current_time - simulation.start_time).total_seconds()))
            depths_m.append([storage.depth for storage in storages])
            pumps.append([1.0 if pump.flow > 1e-6 else 0.0 for pump in pump_links])
    depth, pump = np.round(np.array(depths_m), 4), np.array(pumps)
    return Flood(
        np.array(times_s),
        {basin.low_point_id: depth[:, k] for k, basin in enumerate(basins)},
        {key: pump[:, k] for k, key in enumerate(pumped)},
    )
