"""A map to point at without a script: a picture in a form, which tells the server where it was touched, first the city, then a street."""

from __future__ import annotations

from math import isfinite

import msgspec
from markupsafe import Markup

from streams.city.model import City, LowPoint
from streams.web.drawing import Drawing, frame_of
from streams.web.frame import WIDTH

SHOWN_PX = 288
"""Width on the page: what a telephone of 320 px has beside the margins; the browser tells the touch in these."""
ZOOM = 6.0
FINGER_PX = 12
MOST_STEPS = 3


class View(msgspec.Struct, frozen=True):
    """A part of the drawing: its middle, and how many units of the drawing a pixel of the page is; `step` 0 is the whole city."""

    x: float
    y: float
    unit: float
    height: int
    step: int


class Pointing:
    """Turns touches of the map into places."""

    def __init__(self, city: City, drawing: Drawing):
        self._frame, self._drawing = frame_of(city), drawing
        self._points = {point.low_point_id: point for point in city.low_points}
        self._whole = View(WIDTH / 2, drawing.height / 2, WIDTH / SHOWN_PX, round(drawing.height * SHOWN_PX / WIDTH), 0)

    def view(self, at: tuple[float, float] | None, step: int) -> View:
        """The whole city, or the part around a place (lon, lat)."""
        if at is None or step <= 0:
            return self._whole
        x, y = self._frame.at(*at)
        return View(x, y, self._whole.unit / ZOOM ** min(step, MOST_STEPS - 1), SHOWN_PX, min(step, MOST_STEPS - 1))

    def touched(self, view: View, x_px: float, y_px: float) -> tuple[float, float]:
        """Longitude and latitude of a touch."""
        return self._frame.place(view.x + (x_px - SHOWN_PX / 2) * view.unit, view.y + (y_px - view.height / 2) * view.unit)

    def error_m(self, view: View) -> float:
        """How well a finger meets a place on it."""
        return max(5.0, FINGER_PX * view.unit * self._frame.metres)

    def near(self, lon: float, lat: float, most: int = 5) -> list[LowPoint]:
        """The low points nearest to a place, for who does not see the map."""
        x, y = self._frame.at(lon, lat)
        found = sorted(self._drawing.places.items(), key=lambda one: (one[1][0] - x) ** 2 + (one[1][1] - y) ** 2)
        return [self._points[name] for name, _ in found[:most]]

    def svg(self, view: View, marked: bool) -> bytes:
        """The map as a picture; a mark stands in its middle where something was touched before."""
        wide, tall = SHOWN_PX * view.unit, view.height * view.unit
        left, top, dot = view.x - wide / 2, view.y - tall / 2, 5 * view.unit
        parts = [_path(self._drawing.layers.get(name, ""), look) for name, look in _LAYERS.items()]
        parts.append(_path("".join(self._drawing.zones.values()), 'fill="none" stroke="#8d9aa3" stroke-width="1"'))
        parts += [
            f'<circle cx="{x}" cy="{y}" r="{dot:.1f}" fill="#0b4f9c" stroke="#fff" stroke-width="1" vector-effect="non-scaling-stroke"/>'
            for x, y in self._drawing.places.values()
            if abs(x - view.x) <= wide and abs(y - view.y) <= tall
        ]
        if marked:
            parts.append(
                f'<circle cx="{view.x}" cy="{view.y}" r="{9 * view.unit:.1f}" fill="none" stroke="#8f0d1d" stroke-width="3"'
                ' vector-effect="non-scaling-stroke"/>'
            )
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{SHOWN_PX}" height="{view.height}"'
            f' viewBox="{left:.1f} {top:.1f} {wide:.1f} {tall:.1f}"><rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}"'
            f' height="{tall:.1f}" fill="#eef1f3"/>'
        )
        return f"{head}{''.join(parts)}</svg>".encode()


def number(text: str, least: float, most: float) -> float | None:
    """A number of an address; None where it is none, or out of bounds."""
    try:
        found = float(text[:32])
    except ValueError:
        return None
    return found if isfinite(found) and least <= found <= most else None


_LAYERS = {
    "water": 'fill="#a9cbe6"',
    "rivers": 'fill="none" stroke="#a9cbe6" stroke-width="3"',
    "roads": 'fill="none" stroke="#9aa4ab" stroke-width="1.5"',
}


def _path(d: str, look: str) -> str:
    return str(Markup('<path d="{}" {} vector-effect="non-scaling-stroke"/>').format(d, Markup(look))) if d else ""
