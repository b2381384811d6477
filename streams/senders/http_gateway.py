"""Texts by a plain HTTP gateway, described by a small table in the providers file."""

from __future__ import annotations

from typing import Any

import msgspec

from streams.delivery.job import Job
from streams.senders.channel import Found, Posted, barred
from streams.senders.connections import TOO_MANY, Away, Connections, Unclear, retry_after_s
from streams.senders.gateway_form import GatewayForm, at, fill
from streams.senders.way_out import MayNot, WayOut


class HttpGateway:
    """A channel. Such a gateway tells of no text afterwards: what is unknown waits for its receipt, or is posted again."""

    kind = "sms"
    repeatable = False

    def __init__(self, name: str, form: GatewayForm, secret: str, way_out: WayOut, segments_per_s: float, at_once: int = 32):
        self.name, self.line, self.segments_per_s, self.at_once = name, name, segments_per_s, at_once
        self._form, self._secret, self._way_out = form, secret, way_out
        self._url = way_out.door.address(form.url)
        self._connections = Connections(at_once)

    async def post(self, job: Job) -> Posted:
        """Post one text."""
        try:
            number = self._way_out.number(job)
        except MayNot as why:
            return barred(str(why))
        credentials = self._way_out.door.credentials
        values = {
            "number": number.removeprefix(f"+{self._form.national}") if self._form.national else number,
            "text": job.text,
            "attempt": job.attempt,
            "callback": self._way_out.callback(f"gateway/{self.name}/{self._secret}") or "",
            "account": credentials.account,
            "token": credentials.token,
        }
        body = self._form.filled(values)
        headers = {name: fill(template, values) for name, template in self._form.headers.items()}
        sent: dict[str, Any] = {"json": body} if self._form.encoding == "json" else {"data": body}
        try:
            status, text, answered = await self._connections.exchange("POST", self._url, headers=headers, **sent)
        except Away:
            return Posted("away", code="away")
        except Unclear as error:
            return Posted("unknown", code=error.code)
        return self._told(status, text, answered)

    def _told(self, status: int, text: str, answered: Any) -> Posted:
        if status == TOO_MANY:
            return Posted("refused", code="429", retry_after_s=retry_after_s(answered))
        if status >= 500:
            return Posted("unknown", code=str(status))
        # without a code of its own it is no word of the gateway's: a good status may have taken the text, and no other has
        nothing = Posted("unknown", code="answer_unreadable") if status < 300 else Posted("away", code=f"http_{status}")
        try:
            answer = msgspec.json.decode(text)
        except msgspec.DecodeError:
            return nothing
        if at(answer, self._form.accepted.path) == self._form.accepted.equals:
            return Posted("accepted", provider_id=at(answer, self._form.id))
        own = at(answer, self._form.code or self._form.accepted.path)
        return Posted("refused", code=self._form.like(own)) if own else nothing

    async def look_up(self, job: Job, posted_us: int) -> list[Found] | None:
        """There is no way to ask."""
        return None

    async def fetch(self, provider_id: str) -> Found | None:
        """There is no way to ask."""
        return None

    async def close(self) -> None:
        """End its connections."""
        await self._connections.close()
