"""A service over a town whose people were texted, and those who call it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode

import httpx
import msgspec
from sqlalchemy import Engine, select
from twilio.request_validator import RequestValidator

from streams import clock
from streams.city.model import City
from streams.receipts.app import Parts, Receipts, make_app
from streams.receipts.gateway import Gateway, Gateways
from streams.receipts.signature import HEADER, Signature
from streams.senders.gateway_form import GatewayForm, Receipt
from streams.store.claims import claim
from streams.store.engine import reading
from streams.store.outbox import write_order
from streams.store.outbox_schema import ATTEMPTS, OUTBOX
from tests.streams.store.town import VAULT, order, settle

PUBLIC = "https://receipts.example/city"
TOKEN, OTHER_TOKEN = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
SECRET = "a-secret-of-thirty-two-characters"
BY_ATTEMPT = GatewayForm("https://sms.example/send", {}, receipt=Receipt(attempt="extend", id="msgid", state="stat", code="err"))
BY_ID = GatewayForm("https://sms.example/send", {}, receipt=Receipt(id="msgid", state="stat"))
GATEWAYS = Gateways([Gateway("by-attempt", BY_ATTEMPT, SECRET), Gateway("by-id", BY_ID, SECRET)])


class Told(msgspec.Struct, frozen=True):
    """What the store knows of an attempt, and of its row."""

    state: str
    code: str
    provider_id: str | None
    row: str
    reason: str


class Site:
    """A service, without a server before it."""

    def __init__(self, engine: Engine, folder: Path, city: City, passes: Callable[[str], None]):
        self.engine, self.folder = engine, folder
        signature = Signature(PUBLIC, [OTHER_TOKEN, TOKEN])
        self.receipts = Receipts(Parts(engine, VAULT, city, signature, GATEWAYS, passes=passes))
        self._app = make_app(self.receipts)

    def attempts(self, people: int, provider: str = "twilio") -> list[str]:
        """Text so many people; the ids of the attempts."""
        settle(self.engine, self.folder, ["Z1"] * people)
        write_order(self.engine, order())
        jobs = claim(self.engine, "sms", "o", provider, clock.now_us(), people, expires=False).jobs
        return [job.attempt for job in jobs]

    def send(self, *requests: httpx.Request) -> list[httpx.Response]:
        """Send requests all at once."""
        return asyncio.run(self._send(requests))

    def status(self, attempt: str, **params: str) -> int:
        """Send one callback; the status of its answer."""
        return self.send(signed(f"/twilio/status/{attempt}", params))[0].status_code

    def text(self, words: str, phone: str = "+9990000000001", sid: str = "SM1", **more: str) -> httpx.Response:
        """Text back."""
        return self.send(text(words, phone, sid, **more))[0]

    def told(self, attempts: Iterable[str]) -> dict[str, Told]:
        """What is known of attempts."""
        columns = (ATTEMPTS.c.state, ATTEMPTS.c.code, ATTEMPTS.c.provider_id, OUTBOX.c.state.label("row"), OUTBOX.c.reason)
        query = select(ATTEMPTS.c.attempt, *columns).join(OUTBOX).where(ATTEMPTS.c.attempt.in_(list(attempts)))
        with reading(self.engine) as connection:
            return {row[0]: Told(*row[1:]) for row in connection.execute(query)}

    async def _send(self, requests: Sequence[httpx.Request]) -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app)) as client:
            return list(await asyncio.gather(*(client.send(request) for request in requests)))


def signed(
    path: str, params: Mapping[str, str] | Sequence[tuple[str, str]], token: str = TOKEN, query: str = "", host: str = "http://inside"
) -> httpx.Request:
    """A request as Twilio signs it, and as a proxy passes it on."""
    pairs = list(params.items()) if isinstance(params, Mapping) else list(params)
    query = f"?{query}" if query else ""
    signature = RequestValidator(token).compute_signature(f"{PUBLIC}{path}{query}", _Multi(pairs))
    headers = {HEADER: signature, "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    return httpx.Request("POST", f"{host}{path}{query}", content=urlencode(pairs), headers=headers)


def text(words: str, phone: str, sid: str, **more: str) -> httpx.Request:
    """A text of a resident as Twilio passes it on."""
    params = {"MessageSid": sid, "SmsSid": sid, "AccountSid": "AC1", "From": phone, "To": "+15005550006", "Body": words, "NumMedia": "0"}
    return signed("/twilio/inbound", params | more)


class _Multi(dict[str, str]):
    """Parameters, some with several values, as Twilio's own library takes them."""

    def __init__(self, pairs: Sequence[tuple[str, str]]):
        super().__init__(pairs)
        self._pairs = pairs

    def getall(self, name: str) -> list[str]:
        return [value for key, value in self._pairs if key == name]
