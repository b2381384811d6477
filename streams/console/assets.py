"""Scripts, sheets and the city's places as the browser loads them: once, for their address changes when they do."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from streams.city.model import City
from streams.web.style import make_style
from streams.words.catalogue import Words

STATIC = Path(__file__).parent / "static"
KEPT = "public, max-age=604800, immutable"
UNKEPT = "no-cache"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
}
PACK_FROM_BYTES = 1024


class Asset(msgspec.Struct, frozen=True):
    """A file as it is sent, plain and packed."""

    kind: str
    plain: bytes
    packed: bytes


def asset(name: str, plain: bytes) -> Asset:
    """A file by its name, whose end says what it is."""
    return Asset(TYPES[Path(name).suffix], plain, gzip.compress(plain, 6, mtime=0))


class Assets:
    """Files under one version: their digest. Under another version they are sent too, but not to be kept."""

    def __init__(self, files: Mapping[str, bytes]):
        whole = sha256()
        for name, body in sorted(files.items()):
            whole.update(f"{name} {len(body)} ".encode() + body)
        self.version = whole.hexdigest()[:12]
        self._files = {name: asset(name, body) for name, body in files.items()}

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def answer(self, request: Request) -> Response:
        """Answer `.../{version}/{name:path}`."""
        found = self._files.get(request.path_params["name"])
        if found is None:
            return Response("there is no such file\n", 404, media_type="text/plain")
        fresh = request.path_params["version"] == self.version
        headers = {"Cache-Control": KEPT if fresh else UNKEPT, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", "") and len(found.plain) >= PACK_FROM_BYTES:
            return Response(found.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=found.kind)
        return Response(found.plain, headers=headers, media_type=found.kind)


def own_files(city: City, words: Mapping[str, Words]) -> dict[str, bytes]:
    """Our scripts and sheets, the colours of the city's ladder, and the catalogues as scripts."""
    files = {file.name: file.read_bytes() for file in sorted(STATIC.iterdir()) if file.suffix in TYPES}
    files["levels.css"] = make_style(city.levels).rules
    for code, told in words.items():
        files[f"words/{code}.js"] = b"export default " + msgspec.json.encode(told.texts) + b";\n"
    return files
