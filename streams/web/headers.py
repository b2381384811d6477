"""Headers that every answer carries: a browser may load our style sheet and nothing else, and run nothing."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

STRICT = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def allowing(headers: Mapping[str, str], **sources: str) -> dict[str, str]:
    """The same with other sources for some directives of the policy, the others as they are: `form_action` for `form-action`."""
    policy = dict(directive.split(" ", 1) for directive in headers["Content-Security-Policy"].split("; "))
    policy |= {name.replace("_", "-"): source for name, source in sources.items()}
    return {**headers, "Content-Security-Policy": "; ".join(f"{name} {source}" for name, source in policy.items())}


def with_forms(headers: Mapping[str, str]) -> dict[str, str]:
    """The same for a page whose forms are sent back to where it came from.

    Under `no-referrer` a browser names the origin of a form as `null`; without https, and in browsers of before 2023, that is all it says
    of where the form came from, and it would be taken for another site's.
    """
    return {**allowing(headers, form_action="'self'"), "Referrer-Policy": "same-origin"}


def with_script(headers: Mapping[str, str]) -> dict[str, str]:
    """The same for a page with a form and a script of ours, which sends to where it came from."""
    return allowing(with_forms(headers), script_src="'self'", connect_src="'self'")


class StrictHeaders:
    """Middleware that adds them, or others, to errors too; what an answer says of itself stays."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str] = STRICT):
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the headers added."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
