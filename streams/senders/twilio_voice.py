"""Calls by Twilio: the text is spoken, twice, to those who cannot be expected to read it in time."""

from __future__ import annotations

import re

from twilio.twiml.voice_response import VoiceResponse

from streams.delivery.job import Job
from streams.senders.channel import Found, Posted, barred
from streams.senders.twilio_account import TwilioAccount, found, not_before
from streams.senders.twilio_sms import LISTED, SKEW_US
from streams.senders.way_out import MayNot, WayOut

_VOICES = {"zh": "zh-CN", "en": "en-GB"}
CALLS_PER_S = 1.0
"""What Twilio lets an account begin in a second by default."""


class TwilioVoice:
    """A channel; `caller` is the number that it calls from."""

    kind = "voice"
    repeatable = False

    def __init__(self, name: str, caller: str, way_out: WayOut, calls_per_s: float = CALLS_PER_S, at_once: int = 16):
        self.name, self.line, self.segments_per_s, self.at_once = name, name, calls_per_s, at_once
        self._caller, self._way_out = caller, way_out
        self._twilio = TwilioAccount(way_out.door, at_once)

    async def post(self, job: Job) -> Posted:
        """Begin one call."""
        try:
            number = self._way_out.number(job)
        except MayNot as why:
            return barred(str(why))
        options: dict[str, object] = {"to": number, "from_": self._caller, "twiml": spoken(job.text, job.language)}
        callback = self._way_out.callback(f"twilio/status/{job.attempt}")
        if callback:
            options |= {"status_callback": callback, "status_callback_event": ["initiated", "answered", "completed"]}
        return await self._twilio.create(self._twilio.client.calls.create_async(**options))

    async def look_up(self, job: Job, posted_us: int) -> list[Found] | None:
        """Ask for calls to that number since."""
        try:
            number = self._way_out.number(job)
        except MayNot:
            return []
        listed = await self._twilio.ask(self._twilio.client.calls.list_async(to=number, limit=LISTED, page_size=LISTED))
        return None if listed is None else [found(one) for one in listed if not_before(one, posted_us - SKEW_US)]

    async def fetch(self, provider_id: str) -> Found | None:
        """Ask how far a call is."""
        one = await self._twilio.ask(self._twilio.client.calls(provider_id).fetch_async())
        return found(one) if one is not None else None

    async def close(self) -> None:
        """End its connections."""
        await self._twilio.close()


def spoken(text: str, language: str) -> str:
    """What is said in a call, as TwiML: the text twice, without the brackets around who sends it."""
    words = re.sub(r"【(.*?)】", r"\1。", text)
    response = VoiceResponse()
    response.say(words, language=_VOICES.get(language, language), loop=2)
    return str(response)
