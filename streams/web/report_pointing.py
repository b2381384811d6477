"""The page with the map to point at, and the picture of that map."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from streams.city.model import City
from streams.reports.reports import Reports
from streams.web.answer import Body, answer, beside
from streams.web.drawing import Drawing
from streams.web.report_map import MOST_STEPS, ZOOM, Pointing, View, number
from streams.web.report_pages import Pages, see
from streams.web.subscribe import Site

_KEPT = "public, max-age=3600"


class PointingPages(Pages):
    """Answers requests for the map."""

    def __init__(self, site: Site, city: City, drawing: Drawing, reports: Reports):
        super().__init__(site, city, reports)
        self._pointing = Pointing(city, drawing)

    async def map(self, request: Request) -> Response:
        """Answer `/report/map`: where a street was touched, that is the place; before, the map is shown larger there."""
        view, touch = self._view(request), _touch(request)
        if touch is not None:
            lon, lat = self._pointing.touched(view, *touch)
            place = {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}"}
            if view.step + 1 >= MOST_STEPS:
                error = f"{self._pointing.error_m(view):.0f}"
                return see(self.own(request, "/report", **place, error_m=error, by="map"))
            return see(self.own(request, "/report/map", **place, step=view.step + 1))
        at = _place(request)
        query = f"&{urlencode({'lon': at[0], 'lat': at[1], 'step': view.step})}" if at else ""
        near = self._pointing.near(*at) if at else []
        # the ring stands where the step before was touched, on a map that was so many times smaller
        error_m = round(self._pointing.error_m(view) * ZOOM)
        return await self.page(request, "report_map.html", query=query, view=view, near=near, at=at, error_m=error_m)

    async def drawing(self, request: Request) -> Response:
        """Answer `/report/map.svg`."""
        view = self._view(request)
        body = await beside(lambda: Body(self._pointing.svg(view, marked=view.step > 0)))
        return answer(request, body, "image/svg+xml", cache=_KEPT)

    def _view(self, request: Request) -> View:
        at, step = _place(request), request.query_params.get("step", "0")
        return self._pointing.view(at, int(step) if step in ("1", "2") else 0)


def _place(request: Request) -> tuple[float, float] | None:
    query = request.query_params
    lon, lat = number(query.get("lon", ""), -180, 180), number(query.get("lat", ""), -89, 89)
    return None if lon is None or lat is None else (lon, lat)


def _touch(request: Request) -> tuple[float, float] | None:
    """Where the map was touched; a key that is pressed on it touches nothing."""
    x, y = (number(request.query_params.get(f"at.{axis}", ""), 0, 4_000) for axis in "xy")
    return None if x is None or y is None or (x, y) == (0, 0) else (x, y)
