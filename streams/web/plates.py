"""The page of plates to print: in both languages, for whoever stands before one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from streams.city.model import City
from streams.reports.plates import Plate, drawing, plates
from streams.web.page import render_plain
from streams.web.reader import emergency
from streams.words.catalogue import load_words

PAGE = "plates.html"


def write_plates(city: City, url: str, folder: Path) -> int:
    """Write the page to print, and each code as an SVG of its own; how many plates.

    Raises
    ------
    CityError
        Where two low points have the same code.
    OSError
        Where they cannot be written.
    """
    made = plates(city, url)
    folder.mkdir(parents=True, exist_ok=True)
    for plate in made:
        drawing(plate.address).save(str(folder / f"{plate.code}.svg"), scale=8, border=4)
    (folder / PAGE).write_bytes(render_plates(city, url, made))
    return len(made)


def render_plates(city: City, url: str, made: Sequence[Plate]) -> bytes:
    """The page as UTF-8, in the languages of the city that the screens have, else in all of them."""
    known = load_words()
    speakers = [known[code] for code in city.languages if code in known] or list(known.values())
    numbers = {words.code: emergency(words.code) for words in speakers}
    return render_plain("plates.html", city=city, url=url, plates=made, speakers=speakers, numbers=numbers)
