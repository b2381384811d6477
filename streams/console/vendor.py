"""Scripts of others, from the folder that the set-up filled by npm; without them the console shows tables."""

from __future__ import annotations

from pathlib import Path

FILES = (
    "maplibre-gl/dist/maplibre-gl.css",
    "maplibre-gl/dist/maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-shared.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs",
    "uplot/dist/uPlot.esm.js",
    "uplot/dist/uPlot.min.css",
)
"""All that is served: nothing else of a package can be asked for."""


def vendor_files(folder: Path) -> dict[str, bytes]:
    """Those that are there, by name."""
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}
