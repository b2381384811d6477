"""A page on which a gauge is clicked, served to this machine alone by `lowpoint camera calibrate`."""

from __future__ import annotations

import math
import secrets
import threading
from collections.abc import Callable
from pathlib import Path

import cv2
import jinja2
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from streams.camera.calibration import Calibration, CalibrationError, check
from streams.camera.make import drawn, make_calibration, write_calibration
from streams.camera.picture import Picture
from streams.camera.said import Said, t
from streams.web.headers import STRICT, StrictHeaders, allowing
from streams.words.catalogue import Words, choose, load_words

HOST = "127.0.0.1"
ROWS, LEVEL_ROWS = 8, 2
_FILES = Path(__file__).parent / "page_files"
# its address is its key: no referrer tells of it, not even to itself
_HEADERS = {**allowing(STRICT, script_src="'self'", form_action="'self'"), "Cache-Control": "no-store"}


class CalibrationPage:
    """One calibration by clicking.

    Parameters
    ----------
    saved
        Told what a user should know, once the file is written.
    """

    def __init__(self, dry: Picture, station: str, file: Path, saved: Callable[[tuple[Said, ...]], None]):
        self._dry, self._station, self._file, self._saved = dry, station, file, saved
        self.key = secrets.token_urlsafe(24)
        """Part of the address: another page in the same browser cannot know it."""
        loader = jinja2.FileSystemLoader(_FILES)
        self._template = jinja2.Environment(loader=loader, autoescape=True).get_template("calibrate.html")
        self._calibration: Calibration | None = None

    def app(self) -> Starlette:
        """The page as a web application."""
        routes = [
            Route("/{key}/", self.show, methods=["GET"]),
            Route("/{key}/", self.take, methods=["POST"]),
            Route("/{key}/dry.png", self.picture, methods=["GET"]),
            Route("/{key}/calibrate.js", self.script, methods=["GET"]),
            Route("/{key}/calibrate.css", self.style, methods=["GET"]),
        ]
        return Starlette(routes=routes, middleware=[Middleware(StrictHeaders, headers=_HEADERS)])

    async def show(self, request: Request) -> Response:
        """The empty page."""
        self._check(request)
        return self._page(request, {}, (), None)

    async def picture(self, request: Request) -> Response:
        """The dry picture; with `?drawn` the last calibration is drawn on it."""
        self._check(request)
        shown = self._dry
        if "drawn" in request.query_params and self._calibration:
            shown = drawn(self._calibration, self._dry)
        return Response(cv2.imencode(".png", shown)[1].tobytes(), media_type="image/png")

    async def take(self, request: Request) -> Response:
        """Check what was clicked, and save it where that is asked."""
        self._check(request)
        form = await request.form(max_files=0, max_fields=200)
        given = {name: str(value) for name, value in form.items()}
        try:
            calibration = self._read(form)
            told = check(calibration)
            self._calibration = calibration
            if given.get("do") != "save":
                return self._page(request, given, told, None)
            told = write_calibration(calibration, self._dry, self._file)
        except CalibrationError as error:
            return self._page(request, given, (), error.said, 422)
        self._saved(told)
        return self._page(request, given, told, None, saved=True)

    def _read(self, form: FormData) -> Calibration:
        points = [row for number in range(ROWS) if (row := _row(form, [f"x{number}", f"y{number}", f"h{number}"]))]
        levels = [row for number in range(LEVEL_ROWS) if (row := _row(form, [f"{name}{number}" for name in ("ax", "ay", "bx", "by")]))]
        width = _row(form, ["width"])
        return make_calibration(
            self._station,
            self._dry,
            [(row[0], row[1], row[2]) for row in points],
            [(row[0], row[1], row[2], row[3]) for row in levels],
            width[0] if width else None,
        )

    def _check(self, request: Request) -> None:
        """Another name for this machine (DNS rebinding), or another key: nobody of ours."""
        host = request.headers.get("host", "").rpartition(":")[0]
        if host not in (HOST, "localhost") or not secrets.compare_digest(request.path_params["key"].encode(), self.key.encode()):
            raise HTTPException(404)

    async def script(self, request: Request) -> Response:
        """What turns clicks into numbers."""
        return self._file_of(request, "calibrate.js", "text/javascript")

    async def style(self, request: Request) -> Response:
        """Its style sheet."""
        return self._file_of(request, "calibrate.css", "text/css")

    def _file_of(self, request: Request, name: str, kind: str) -> Response:
        self._check(request)
        return FileResponse(_FILES / name, media_type=kind)

    def _page(
        self, request: Request, given: dict[str, str], told: tuple[Said, ...], wrong: Said | None, status: int = 200, saved: bool = False
    ) -> Response:
        words = _words(request)
        text = self._template.render(
            t=words.say,
            language=words.code,
            others=[other for other in load_words().values() if other.code != words.code],
            given=given,
            told=[one.told(words) for one in told],
            wrong=wrong.told(words) if wrong else "",
            saved=saved,
            rows=range(ROWS),
            level_rows=range(LEVEL_ROWS),
            station=self._station,
            file=str(self._file),
            width=self._dry.shape[1],
            height=self._dry.shape[0],
            drawn="?drawn" if self._calibration else "",
        )
        return HTMLResponse(text, status)


def _words(request: Request) -> Words:
    known = load_words()
    return known[choose(tuple(known), request.query_params.get("lang"), request.headers.get("accept-language", ""), ())]


def _row(form: FormData, names: list[str]) -> tuple[float, ...]:
    """Numbers of a row of fields; nothing where all are empty."""
    texts = [str(form.get(name, "")).strip() for name in names]
    if not any(texts):
        return ()
    if not all(texts):
        raise CalibrationError(t("a row is half empty: {row}", row=", ".join(text or "?" for text in texts)))
    try:
        numbers = tuple(float(text) for text in texts)
    except ValueError:
        raise CalibrationError(t("{row}: these are not numbers", row=", ".join(texts))) from None
    if not all(math.isfinite(number) for number in numbers):
        raise CalibrationError(t("{row}: these are not numbers", row=", ".join(texts)))
    return numbers


def calibrate_in_browser(dry: Picture, station: str, file: Path, port: int, told_url: Callable[[str], None]) -> tuple[Said, ...] | None:
    """Serve the page until a calibration is saved; what a user should know of it, or None when given up.

    Raises
    ------
    CalibrationError
        Where the port cannot be listened on.
    """
    from streams.web.server import WebFailed, serve

    stop, result = threading.Event(), list[tuple[Said, ...]]()

    def saved(told: tuple[Said, ...]) -> None:
        result.append(told)
        stop.set()

    page = CalibrationPage(dry, station, file, saved)
    try:
        serve(page.app(), HOST, port, stop, lambda found: told_url(f"http://{HOST}:{found}/{page.key}/"))
    except WebFailed as error:
        raise CalibrationError(str(error)) from None
    except KeyboardInterrupt:
        return None
    return result[0] if result else None
