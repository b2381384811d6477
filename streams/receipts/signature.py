"""Whether a request is Twilio's: its signature is over the public address, which a proxy hides from us."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

Params = ImmutableMultiDict[str, str]
HEADER = "X-Twilio-Signature"


class AddressError(ValueError):
    """A public address that Twilio cannot call, and what to write."""


class Signature:
    """Checks signatures.

    Parameters
    ----------
    public_url
        Where Twilio reaches us, without the path of a route; see `checked_address`.
    tokens
        Of the accounts that may call; the same one several times does no harm.
    """

    def __init__(self, public_url: str, tokens: Iterable[str]):
        self._public_url = public_url
        self._validators = [RequestValidator(token) for token in dict.fromkeys(tokens)]

    def is_right(self, path: str, query: str, params: Params | Mapping[str, str], signature: str) -> bool:
        """Whether a signature was made with one of the tokens.

        Parameters
        ----------
        path, query
            As they came, with their escapes.
        params
            Of the body; one that came with several values counts with each.
        """
        address = f"{self._public_url}{path}?{query}" if query else f"{self._public_url}{path}"
        return bool(signature) and any(each.validate(address, params, signature) for each in self._validators)


def checked_address(public_url: str) -> str:
    """The public address without a slash at its end.

    Raises
    ------
    AddressError
        Where it is none: what a resident wrote must not travel in the clear.
    """
    try:
        parts = urlsplit(public_url)
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        raise AddressError(f"{public_url!r} is no address: {_WRITE}") from None
    if not parts.hostname or not port_is_right or parts.query or parts.fragment or parts.username:
        raise AddressError(f"{public_url!r} is no address of a proxy: {_WRITE}")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(parts.hostname)):
        raise AddressError(f"{public_url!r} is not encrypted: {_WRITE}")
    return public_url.rstrip("/")


_WRITE = "write https://HOST as providers call it, without the path of a route"


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
