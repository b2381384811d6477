"""Renders the pages from a board: HTML that needs no script, escaped throughout."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from streams.city.model import City, LowPoint
from streams.city.near import nearest_shelters
from streams.store.queries import OpenOrder
from streams.web import chart
from streams.web.board import Board
from streams.web.drawing import Drawing
from streams.web.past import HOURS, Past
from streams.web.pictured import pictured
from streams.web.reader import Asked, Reader, Speaker

REFRESH_S = 30
"""How often the page refreshes itself: twice before what it says counts as stale."""

TEMPLATES = Path(__file__).parent / "templates"

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def render_page(board: Board, drawing: Drawing, asked: Asked, style: str) -> bytes:
    """The page as UTF-8; `style` is the address of its style sheet."""
    reader = Reader(board, asked)
    in_force = reader.in_force()
    return render(
        "page.html",
        board.city,
        asked,
        style,
        "/",
        reader=reader,
        board=board,
        fresh=board.fresh,
        drawing=drawing,
        drawn=[view for view in reversed(board.points) if view.point.low_point_id in drawing.places],
        shown=[view for view in board.points if not reader.calm(view)],
        folded=[view for view in board.points if reader.calm(view)],
        zones={zone.zone_id: zone for zone in board.city.zones},
        in_force=in_force,
        ordered=_order_by_zone(in_force),
        levels=[None, 0, *(rung.level for rung in board.city.levels)][::-1],
    )


def render_road(board: Board, point: LowPoint, past: Past, asked: Asked, style: str, pictures: bool = False) -> bytes:
    """The page of one road as UTF-8; with `pictures`, those of its water that the public may see."""
    reader = Reader(board, asked)
    view = next(view for view in board.points if view.point.low_point_id == point.low_point_id)
    threshold_m, outlook = reader.closing_m(view), view.outlook
    closes: list[tuple[int, float]] = []
    if threshold_m is not None and outlook is not None:
        chances = ((30, outlook.chance_of(threshold_m)), (60, outlook.later_chance_of(threshold_m)))
        closes = [(lead, p) for lead, p in chances if p is not None]
    return render(
        "road.html",
        board.city,
        asked,
        style,
        reader.road(point).partition("?")[0],
        reader=reader,
        board=board,
        fresh=board.fresh,
        point=point,
        view=view,
        closes=closes,
        closed=bool(view.level) and threshold_m is None,
        past=past,
        pictured=pictured(past.pictures, reader, point) if pictures else [],
        chart=chart.chart_of(past, point.levels),
        chart_width=chart.WIDTH,
        chart_height=chart.HEIGHT,
        hours=HOURS,
        near=nearest_shelters(board.city, point.lon, point.lat),
    )


def render_away(city: City, asked: Asked, style: str, path: str = "/") -> bytes:
    """The page while the store does not answer and nothing of the last day is kept."""
    return render("away.html", city, asked, style, path, report=Speaker(city, asked.words).report())


def render_lost(city: City, asked: Asked, style: str) -> bytes:
    """The page for a road that is none of the city's."""
    return render("lost.html", city, asked, style, "/")


def render(template: str, city: City, asked: Asked, style: str, path: str, query: str = "", **values: Any) -> bytes:
    """Any page of the public's as UTF-8; `path` and `query` are its own address, for the links to itself in another language."""
    common = {
        "city": city,
        "words": asked.words,
        "t": asked.words.say,
        "others": asked.others,
        "refresh": asked.refresh,
        "refresh_s": REFRESH_S,
        "subscribe": asked.subscribe,
        "reports": asked.reports,
        "style": style,
        "path": path,
        "query": query,
    }
    return render_plain(template, **common | values)


def render_plain(template: str, **values: Any) -> bytes:
    """What is no page of the site's, such as one to print, as UTF-8."""
    return _ENVIRONMENT.get_template(template).render(values).encode()


def _order_by_zone(orders: Sequence[OpenOrder]) -> dict[str, OpenOrder]:
    """The order that each zone is outlined for: the most dangerous."""
    return {order.zone: order for order in sorted(orders, key=lambda order: order.level)}
