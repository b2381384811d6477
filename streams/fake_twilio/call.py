"""A call: what was asked for, what has become of it, and what Twilio tells about it."""

from __future__ import annotations

import msgspec

from streams.fake_twilio import dates
from streams.fake_twilio.form import Form, is_address
from streams.fake_twilio.message import VERSION, is_number
from streams.fake_twilio.stage import Stage

ENDS = ("completed", "busy", "no-answer", "failed", "canceled")


class Call(msgspec.Struct):
    """A call as the fake keeps it."""

    number: int
    sid: str
    to: str
    from_: str
    twiml: str
    callback: str
    events: tuple[str, ...]
    status: str
    created_us: int
    updated_us: int
    started_us: int | None = None
    ended_us: int | None = None
    told_count: int = 0

    @property
    def at_us(self) -> int:
        """The time that lists filter by."""
        return self.started_us or self.created_us

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self.status in ENDS

    def enter(self, stage: Stage, now_us: int) -> bool:
        """Go on to a stage; False where it has ended already."""
        if self.done:
            return False
        self.status, self.updated_us = stage.status, now_us
        if stage.event == "ringing":
            self.started_us = now_us
        if stage.event == "completed":
            self.ended_us = now_us
        return True

    def subscribed(self, stage: Stage) -> bool:
        """Whether a callback tells of a stage."""
        return bool(self.callback) and stage.event in self.events

    def told(self, stage: Stage, account: str) -> dict[str, str]:
        """What a callback tells."""
        told = {
            "AccountSid": account,
            "ApiVersion": VERSION,
            "CallbackSource": "call-progress-events",
            "CallSid": self.sid,
            "CallStatus": "initiated" if stage.event == "initiated" else self.status,
            "Called": self.to,
            "Caller": self.from_,
            "Direction": "outbound-api",
            "From": self.from_,
            "SequenceNumber": str(self.told_count),
            "Timestamp": str(dates.written(self.updated_us)),
            "To": self.to,
        }
        self.told_count += 1
        if self.done:
            told["CallDuration"] = self.duration or "0"
        return told

    @property
    def duration(self) -> str | None:
        """Seconds that it lasted, None where nobody answered."""
        if self.status != "completed" or self.ended_us is None or self.started_us is None:
            return None
        return str((self.ended_us - self.started_us) // dates.US)


class CallAnswer(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """A call as Twilio's description (api.v2010.account.call) has it."""

    sid: str
    account_sid: str
    date_created: str | None
    date_updated: str | None
    to: str
    to_formatted: str
    from_: str
    from_formatted: str
    status: str
    start_time: str | None
    end_time: str | None
    duration: str | None
    uri: str
    subresource_uris: dict[str, str]
    api_version: str = VERSION
    direction: str = "outbound-api"
    price_unit: str = "USD"
    queue_time: str = "0"
    parent_call_sid: None = None
    phone_number_sid: None = None
    price: None = None
    answered_by: None = None
    forwarded_from: None = None
    group_sid: None = None
    caller_name: None = None
    trunk_sid: None = None


def answer_of(call: Call, home: str, account: str) -> CallAnswer:
    """A call as it is told; `home` is the path of the account."""
    uri = f"{home}/Calls/{call.sid}"
    return CallAnswer(
        call.sid,
        account,
        dates.written(call.created_us),
        dates.written(call.updated_us),
        call.to,
        call.to,
        call.from_,
        call.from_,
        call.status,
        dates.written(call.started_us),
        dates.written(call.ended_us),
        call.duration,
        f"{uri}.json",
        {"events": f"{uri}/Events.json", "notifications": f"{uri}/Notifications.json"},
    )


def problem_of(form: Form) -> int | None:
    """The code of what is wrong with a request for a call."""
    if not form.get("To"):
        return 21201
    if not form.get("From"):
        return 21213
    if not (form.get("Twiml") or is_address(form.get("Url"))):
        return 21205
    if not is_number(form.get("To")):
        return 21211
    callback = form.get("StatusCallback")
    return 21609 if callback and not is_address(callback) else None


def events_of(form: Form) -> tuple[str, ...]:
    """The events that callbacks are wanted of: the end alone, if none is named."""
    return tuple(event for value in form.all("StatusCallbackEvent") for event in value.split()) or ("completed",)


def stages_of(ending: str | None) -> list[Stage]:
    """What a call goes through."""
    queued, ringing = Stage("queued", "initiated"), Stage("ringing", "ringing")
    if ending is None:
        return [queued, ringing, Stage("in-progress", "answered"), Stage("completed", "completed")]
    if ending == "failed":
        return [queued, Stage("failed", "completed")]
    return [queued, ringing, Stage(ending, "completed")]
