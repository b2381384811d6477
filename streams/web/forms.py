"""Reads the small forms of the public page, and refuses those that another site has sent."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from starlette.requests import ClientDisconnect, Request

LARGEST_BYTES = 4096
MOST_FIELDS = 12


async def form_of(request: Request) -> dict[str, str] | None:
    """The fields of a form, of each the first; None where it is none, or larger than anybody's."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_BYTES:
                return None
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (ClientDisconnect, ValueError):
        return None
    return {name: values[0] for name, values in fields.items()}


def is_ours(request: Request, public_url: str) -> bool:
    """Whether a form was sent from our own page.

    There are no sessions here, and the one cookie is the mark of a device, under which limits count as under its address (SameSite=Lax: no
    other site's form brings it along). Another site that sends a form gains nothing else by the visitor whom it uses. So it is enough to
    ask the browser: every one of the last years says where a request began
    (Sec-Fetch-Site), those before name the page's origin. Who says neither is no browser, has no visitor to use, and is counted itself.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    return origin == public_url or urlsplit(origin).netloc == request.headers.get("host", "")
