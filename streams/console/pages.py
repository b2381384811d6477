"""Renders the console's pages: shells in the reader's language, which their scripts fill with what is live."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from streams.city.basemap import Basemap
from streams.city.model import City
from streams.console.assets import STATIC, Assets
from streams.console.look import Look
from streams.desk.caller import Caller
from streams.officers.roles import Act
from streams.officers.session import csrf_of
from streams.web.page import TEMPLATES
from streams.words.catalogue import load_words

PAGES = ("situation", "point", "what-if", "orders", "reports", "delivery", "duty", "system", "storms", "drill", "briefing")

_ENVIRONMENT = Environment(
    # the signs of the levels are those of the public page
    loader=FileSystemLoader([Path(__file__).parent / "templates", TEMPLATES]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
# in a block of data only this ends a script element, and only these begin a comment in one
_CLOSING = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


class Pages:
    """The pages of one city.

    Parameters
    ----------
    drawn
        Names of the layers of its map that have something in them.
    """

    def __init__(self, city: City, own: Assets, vendor: Assets, places_version: str, basemap: Basemap, drawn: Sequence[str]):
        self._city, self._own, self._vendor, self._places, self._basemap = city, own, vendor, places_version, basemap
        self._drawn = list(drawn)

    def page(self, name: str, person: Caller, token: str, look: Look, path: str, **more: Any) -> bytes:
        """One of `PAGES` for somebody who is signed in; `path` is where they are, `more` goes into the page and its context."""
        csrf = csrf_of(token)
        return self._render(
            f"{name}.html",
            look,
            page=name,
            path=path,
            has_sheet=(STATIC / f"{name}.css").exists(),
            me=person,
            csrf=csrf,
            context=Markup(self._context(person, csrf, look, more)),
            more=more,
        )

    def sign_in(self, look: Look, goes_to: str, wrong: str = "", name: str = "") -> bytes:
        """The page to sign in at."""
        return self._render("sign-in.html", look, next=goes_to, wrong=wrong, name=name)

    def refused(self, look: Look, why: str) -> bytes:
        """A page that says what is not possible, and why."""
        return self._render("refused.html", look, why=why)

    def _render(self, template: str, look: Look, **more: Any) -> bytes:
        said = {"city": self._city, "words": look.words, "t": look.words.say, "theme": look.theme, "static": self._static}
        languages = list(load_words().values())
        return _ENVIRONMENT.get_template(template).render(**said, languages=languages, **more).encode()

    def _static(self, name: str) -> str:
        return f"/console/static/{self._own.version}/{name}"

    def _context(self, person: Caller, csrf: str, look: Look, more: dict[str, Any]) -> str:
        city = self._city
        context = {
            "me": {
                "name": person.name,
                "display_name": person.display_name,
                "role": str(person.role),
                "may": [str(act) for act in Act if person.may(act)],
            },
            "csrf": csrf,
            "language": look.words.code,
            "version": self._own.version,
            "city_data": f"/console/places/{self._places}/city.json",
            "layers": f"/console/places/{self._places}/",
            "drawn": self._drawn,
            "vendor": f"/console/vendor/{self._vendor.version}/",
            "has_map": "maplibre-gl/dist/maplibre-gl.mjs" in self._vendor,
            "has_charts": "uplot/dist/uPlot.esm.js" in self._vendor,
            "city": {
                "name": city.name,
                "time_zone": city.time_zone,
                "drill": city.drill,
                "demo": city.demo,
                "simulated": city.simulated,
                "languages": city.languages,
                "map": self._basemap,
                "text_from_level": city.public.text_from_level,
                "levels": [{"level": rung.level, "depth_m": rung.depth_m, "colour": rung.colour} for rung in city.levels],
            },
            **more,
        }
        return msgspec.json.encode(context).decode().translate(_CLOSING)
