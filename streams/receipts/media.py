"""Fetches the pictures of messages: from the provider alone, with the account's own credentials, and no more of them than may be.

An address comes with a message, so a stranger has a hand in it. It is followed only to Twilio's API, and from there only to the hosts
that Twilio keeps media on, which are not told the credentials.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, urljoin, urlsplit

import aiohttp

from streams import clock
from streams.reports.uploads import LARGEST_BYTES
from streams.senders.door import Credentials, LoopbackDoor

log = logging.getLogger(__name__)

API_HOST = "api.twilio.com"
MEDIA_HOSTS = frozenset({"mms.twiliocdn.com", "media.twiliocdn.com"})
_BUCKET = ("s3-external-1.amazonaws.com", "/media.twiliocdn.com/")
"""Where Twilio kept media before: a host that holds others' too, so the folder counts."""
MOST_REDIRECTS = 3
ALL_S, CONNECT_S = 8.0, 3.0
"""A provider gives an answer up after 15 s."""
AGAIN_S = 0.4
_PATH = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-fA-F]{32})/Messages/[A-Z]{2}[0-9a-fA-F]{32}/Media/ME[0-9a-fA-F]{32}", re.ASCII)


class MediaRefused(Exception):
    """An address that is not followed, or what it leads to is no picture for us; the message holds no address."""


class Media:
    """Fetches pictures.

    Parameters
    ----------
    accounts
        The credentials of each account that may be asked.
    loopback
        Leads to a server on this machine that stands for the provider, for a trial; None for the provider itself.
    """

    def __init__(self, accounts: Iterable[Credentials], loopback: LoopbackDoor | None = None):
        self._accounts = {each.account: each for each in accounts}
        self._loopback = loopback

    async def fetch(self, address: str) -> bytes | None:
        """The picture at an address, None where it is not to be had in time; tried again while there is time.

        Raises
        ------
        MediaRefused
            Where the address is not the provider's, or the picture is too large.
        """
        credentials = self._whose(address)
        until_s = clock.monotonic_s() + ALL_S
        timeout = aiohttp.ClientTimeout(total=ALL_S, sock_connect=CONNECT_S)
        async with aiohttp.ClientSession(timeout=timeout, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()) as session:
            while (left_s := until_s - clock.monotonic_s()) > 0:
                try:
                    async with asyncio.timeout(left_s):
                        return await self._followed(session, address, credentials)
                except (aiohttp.ClientError, OSError) as error:  # its deadline too
                    log.info("a picture of a message does not come (%s)", type(error).__name__)
                await asyncio.sleep(min(AGAIN_S, max(0.0, until_s - clock.monotonic_s())))
        return None

    def _whose(self, address: str) -> Credentials:
        parts = _parts(address)
        found = _PATH.fullmatch(parts.path)
        if parts.hostname != API_HOST or found is None or found[1] not in self._accounts:
            raise MediaRefused("not an address of the provider for an account of ours")
        return self._accounts[found[1]]

    async def _followed(self, session: aiohttp.ClientSession, address: str, credentials: Credentials) -> bytes:
        for turn in range(MOST_REDIRECTS + 1):
            if turn and not _is_of_media(address):
                raise MediaRefused("it leads away from the provider")
            # only the API is told who we are
            headers = {} if turn else {"Authorization": aiohttp.encode_basic_auth(credentials.account, credentials.token)}
            async with session.get(self._near(address), headers=headers, allow_redirects=False) as answer:
                if answer.status in (301, 302, 303, 307, 308):
                    address = urljoin(address, answer.headers.get("Location", ""))
                    continue
                if answer.status != 200:
                    raise aiohttp.ClientError(f"status {answer.status}")
                return await _read(answer)
        raise MediaRefused("it leads on and on")

    def _near(self, address: str) -> str:
        """The same on this machine, in a trial."""
        if self._loopback is None:
            return address
        parts = _parts(address)
        return self._loopback.address(address) + parts.path + (f"?{parts.query}" if parts.query else "")


def addresses_of(params: Mapping[str, str]) -> list[str]:
    """The addresses of the pictures of a message, in their order."""
    count = params.get("NumMedia", "")
    most = min(int(count), 10) if count.isascii() and count.isdecimal() and len(count) < 4 else 0
    return [address for number in range(most) if (address := params.get(f"MediaUrl{number}", ""))]


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        right = parts.scheme == "https" and not parts.username and not parts.password and parts.port in (None, 443)
    except ValueError:
        right = False
    if not right or not address.isascii() or not address.isprintable() or "\\" in address:
        raise MediaRefused("no address that could be the provider's")
    return parts


def _is_of_media(address: str) -> bool:
    parts = _parts(address)
    host, folder = _BUCKET
    return parts.hostname in MEDIA_HOSTS or (parts.hostname == host and parts.path.startswith(folder) and ".." not in parts.path)


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    if (answer.content_length or 0) > LARGEST_BYTES:
        raise MediaRefused("too large")
    body = bytearray()
    async for piece in answer.content.iter_chunked(64 * 1024):
        body += piece
        if len(body) > LARGEST_BYTES:
            raise MediaRefused("too large")
    return bytes(body)
