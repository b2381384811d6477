"""Citizens of a benchmark: each opens the form, sends a picture in pieces and then the form, and does not give up before it is answered."""

from __future__ import annotations

import asyncio
import io
import random
import re
from collections.abc import Sequence
from html import unescape

import aiohttp
import msgspec
import numpy as np
from PIL import Image, ImageFilter

from streams import clock

PIECES_BYTES = (32 * 1024, 128 * 1024, 512 * 1024)
"""As the page's script sends over a good line: the first is small, and each is larger than the one before."""
WAIT_S, LONGEST_WAIT_S = 0.5, 5.0
GIVE_UP_S = 120.0
DEPTHS = ("ankle", "hub", "knee", "thigh", "bonnet")
KIND = {"Content-Type": "application/offset+octet-stream"}
_CARD = re.compile(r'name="card" value="([^"]+)"')


class Told(msgspec.Struct, frozen=True):
    """How one report went.

    Attributes
    ----------
    took_s
        From the form sent (its page was there already) until it was answered, with all tries; None where it never was.
    """

    took_s: float | None
    card: str
    code: str = ""
    tries: int = 1


class Citizens:
    """Sends reports to a page.

    Parameters
    ----------
    low_points
        Of the city: each report is of one of them, by chance.
    """

    def __init__(self, port: int, low_points: Sequence[str], pictures: Sequence[bytes], seed: int):
        self._origin, self._low_points, self._pictures = f"http://127.0.0.1:{port}", low_points, pictures
        self._chance = random.Random(seed)
        self._number = 0
        self.sent: list[Told] = []

    async def arrive(self, rate: float, seconds: float) -> list[Told]:
        """Arrive by chance at a rate (a second), whatever becomes of those who came before; how each went."""
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        timeout = aiohttp.ClientTimeout(total=60)
        begun_s, due_s = clock.monotonic_s(), 0.0
        tasks = []
        async with aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
            while (due_s := due_s + self._chance.expovariate(rate)) < seconds:
                await asyncio.sleep(max(0.0, begun_s + due_s - clock.monotonic_s()))
                tasks.append(asyncio.create_task(self._report(session, begun_s + due_s)))
            told = list(await asyncio.gather(*tasks))
        self.sent += told
        return told

    async def _report(self, session: aiohttp.ClientSession, due_s: float) -> Told:
        self._number += 1
        picture = self._pictures[self._number % len(self._pictures)]
        # each from an address of its own, as the proxy before the page tells them
        told = {"X-Forwarded-For": f"10.{self._number >> 16 & 255}.{self._number >> 8 & 255}.{self._number & 255}"}
        fields = {"point": self._chance.choice(self._low_points), "depth": self._chance.choice(DEPTHS), "ago": "0", "words": "bench"}
        card, wait_s = "", WAIT_S
        for tries in range(1, 1_000):
            try:
                if not card:
                    card, due_s = await self._card(session, told), clock.monotonic_s()
                code = await self._send(session, told, {**fields, "card": card}, picture)
            except (aiohttp.ClientError, OSError, TimeoutError):
                code = ""
            if code:
                return Told(clock.monotonic_s() - due_s, card, code, tries)
            if clock.monotonic_s() - due_s > GIVE_UP_S:
                break
            await asyncio.sleep(wait_s)
            wait_s = min(LONGEST_WAIT_S, 2 * wait_s)
        return Told(None, card, tries=tries)

    async def _card(self, session: aiohttp.ClientSession, told: dict[str, str]) -> str:
        async with session.get(f"{self._origin}/report?lang=en", headers=told) as answer:
            found = _CARD.search(await answer.text())
            return unescape(found[1]) if found else ""

    async def _send(self, session: aiohttp.ClientSession, told: dict[str, str], fields: dict[str, str], picture: bytes) -> str:
        """The code of the report; "" where it has to be sent again."""
        address = f"{self._origin}/report/upload/{fields['card']}"
        async with session.head(address, headers=told) as answer:
            offset = int(answer.headers.get("Upload-Offset", 0))
        turn = 0
        while offset < len(picture):
            piece = picture[offset : offset + PIECES_BYTES[min(turn, len(PIECES_BYTES) - 1)]]
            async with session.patch(address, data=piece, headers={**told, **KIND, "Upload-Offset": str(offset)}) as answer:
                if answer.status not in (204, 409):
                    return ""
                offset = int(answer.headers["Upload-Offset"])
            turn += 1
        form = {**fields, "picture_bytes": str(len(picture))}
        async with session.post(f"{self._origin}/report?lang=en", data=form, headers={**told, "Accept": "application/json"}) as answer:
            said = await answer.json() if answer.content_type == "application/json" else {}
        return str(said.get("code", "")) if said.get("ended") == "sent" else ""


def make_pictures(count: int, seed: int) -> list[bytes]:
    """Pictures as a browser makes them of a telephone's: 1600 x 1200, some 200 to 400 kB, no two alike."""
    chance = np.random.default_rng(seed)
    grain = chance.integers(0, 256, (1800, 2400, 3), np.uint8)
    whole = Image.blend(
        Image.fromarray(chance.integers(0, 256, (18, 24, 3), np.uint8)).resize((2400, 1800), Image.Resampling.BICUBIC),
        Image.fromarray(grain).filter(ImageFilter.GaussianBlur(1.6)),
        0.75,
    )
    found = []
    for _ in range(count):
        left, top = int(chance.integers(0, 800)), int(chance.integers(0, 600))
        buffer = io.BytesIO()
        whole.crop((left, top, left + 1600, top + 1200)).save(buffer, "JPEG", quality=80)
        found.append(buffer.getvalue())
    return found
