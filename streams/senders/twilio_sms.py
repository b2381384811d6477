"""Texts by Twilio, from a Messaging Service or a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streams import clock
from streams.delivery.job import Job
from streams.observation.moments import SECOND_US
from streams.senders.channel import Found, Posted, barred
from streams.senders.twilio_account import TwilioAccount, found, not_before
from streams.senders.way_out import MayNot, WayOut

LONGEST_S = 36_000
"""The most that Twilio takes as validity."""
SKEW_US = 120 * SECOND_US
"""How far its clock and ours may be apart."""
LISTED = 50


class TwilioSms:
    """A channel.

    Parameters
    ----------
    sender
        ``{"from_": number}`` or ``{"messaging_service_sid": id}``.
    """

    kind = "sms"
    repeatable = False

    def __init__(
        self,
        name: str,
        sender: dict[str, str],
        way_out: WayOut,
        segments_per_s: float,
        at_once: int = 64,
        now_us: Callable[[], int] = clock.now_us,
    ):
        self.name, self.line, self.segments_per_s, self.at_once = name, name, segments_per_s, at_once
        self._sender, self._way_out, self._now_us = sender, way_out, now_us
        self._twilio = TwilioAccount(way_out.door, at_once)

    async def post(self, job: Job) -> Posted:
        """Post one text."""
        try:
            number = self._way_out.number(job)
        except MayNot as why:
            return barred(str(why))
        options: dict[str, Any] = {"to": number, "body": job.text, **self._sender}
        callback = self._way_out.callback(f"twilio/status/{job.attempt}")
        if callback:
            options["status_callback"] = callback
        left_s = (job.expires_us - self._now_us()) // SECOND_US
        if job.level and left_s > 0:
            # whoever switches the telephone on tomorrow is not told of today's water; of its end they are, whenever
            options["validity_period"] = min(LONGEST_S, left_s)
        return await self._twilio.create(self._twilio.client.messages.create_async(**options))

    async def look_up(self, job: Job, posted_us: int) -> list[Found] | None:
        """Ask for texts to that number, the latest first.

        They are told apart by their words and time, and not by a code in them: an order's text names place and minute, so two equal
        ones are the same warning, and a code would cost many a text its second segment (decision 17). `DateSent` is not asked for:
        what is still queued has none.
        """
        try:
            number = self._way_out.number(job)
        except MayNot:
            return []  # it could not have been posted
        listed = await self._twilio.ask(self._twilio.client.messages.list_async(to=number, limit=LISTED, page_size=LISTED))
        if listed is None:
            return None
        # an account on trial has words of its own put before ours
        return [found(one) for one in listed if str(one.body).endswith(job.text) and not_before(one, posted_us - SKEW_US)]

    async def fetch(self, provider_id: str) -> Found | None:
        """Ask how far a text is."""
        one = await self._twilio.ask(self._twilio.client.messages(provider_id).fetch_async())
        return found(one) if one is not None else None

    async def close(self) -> None:
        """End its connections."""
        await self._twilio.close()
