"""Where the demo city lies: a made-up plain of 6 km by 4 km, cut into ten rectangular districts, with a river along its south."""

from collections.abc import Sequence

from pyproj import Transformer
from shapely.geometry import Polygon, box

EPSG = 32649  # UTM zone 49 north: metres, so that areas and distances are what they seem
ORIGIN_E_M, ORIGIN_N_M = 738_000.0, 3_841_000.0  # the south-west corner; x_m and y_m everywhere in this package count from here
WIDTH_M, HEIGHT_M = 6_000.0, 4_000.0
COLUMNS, ROWS = 5, 2
DISTRICT_IDS = tuple(f"D{number:02d}" for number in range(1, COLUMNS * ROWS + 1))  # west to east, the northern row first

_to_lonlat = Transformer.from_crs(EPSG, 4326, always_xy=True)
_to_metres = Transformer.from_crs(4326, EPSG, always_xy=True)


def district_area(district_id: str) -> Polygon:
    """Return the rectangle of a district, in metres from the origin."""
    index = DISTRICT_IDS.index(district_id)
    column, row_from_north = index % COLUMNS, index // COLUMNS
    width_m, height_m = WIDTH_M / COLUMNS, HEIGHT_M / ROWS
    west_m, south_m = column * width_m, (ROWS - 1 - row_from_north) * height_m
    return box(west_m, south_m, west_m + width_m, south_m + height_m)


def is_beside_river(district_id: str) -> bool:
    """Tell whether a district is in the southern row, which the river runs along."""
    return DISTRICT_IDS.index(district_id) >= COLUMNS


def lonlat(x_m: float, y_m: float) -> tuple[float, float]:
    """Turn metres from the origin into degrees (WGS 84), rounded to a tenth of a metre."""
    lon, lat = _to_lonlat.transform(ORIGIN_E_M + x_m, ORIGIN_N_M + y_m)
    return round(lon, 6), round(lat, 6)


def metres(lon: float, lat: float) -> tuple[float, float]:
    """Turn degrees (WGS 84) into metres from the origin."""
    east_m, north_m = _to_metres.transform(lon, lat)
    return east_m - ORIGIN_E_M, north_m - ORIGIN_N_M


def ring(corners_m: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Turn the corners of a polygon into a closed ring of degrees."""
    degrees = [lonlat(x_m, y_m) for x_m, y_m in corners_m]
    return degrees if degrees[0] == degrees[-1] else [*degrees, degrees[0]]
