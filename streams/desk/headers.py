"""Headers of the desk's answers: nothing of them is kept by anybody, nor loaded, run or framed by a browser."""

from __future__ import annotations

from streams.web import headers

STRICT = {
    **headers.STRICT,
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
