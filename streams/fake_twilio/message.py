"""A message: what was asked for, what has become of it, and what Twilio tells about it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from streams.fake_twilio import dates
from streams.fake_twilio.behaviour import Ending
from streams.fake_twilio.form import Form, is_address
from streams.fake_twilio.problems import ENDED
from streams.fake_twilio.stage import Stage

VERSION = "2010-04-01"
LONGEST_BODY = 1_600
LONGEST_VALIDITY_S = 36_000
POOL = "+15005550006"
"""The sender that every messaging service of the fake has."""

_NUMBER = re.compile(r"\+[0-9]{3,15}", re.ASCII)
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}", re.ASCII)


class Message(msgspec.Struct, gc=False):
    """A message as the fake keeps it."""

    number: int
    sid: str
    to: str
    from_: str
    service: str
    body: str
    callback: str
    segments: int
    status: str
    created_us: int
    updated_us: int
    expires_us: int | None = None
    due_us: int | None = None
    sent_us: int | None = None
    code: int | None = None
    direction: str = "outbound-api"

    @property
    def at_us(self) -> int:
        """The time that lists filter by; one that is not sent yet is found by its creation."""
        return self.sent_us or self.created_us

    @property
    def done(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.status in ("delivered", "undelivered", "failed", "canceled", "received")

    def enter(self, stage: Stage, now_us: int) -> bool:
        """Go on to a stage; False where it has ended already, or ends here instead."""
        if self.done:
            return False
        self.updated_us = now_us
        if not self.from_:
            self.from_ = POOL
        if stage.status in ("sending", "sent") and self.sent_us is None:
            if self.expires_us is not None and now_us > self.expires_us:
                self.status, self.code = "failed", 30036
                return False
            self.sent_us = now_us
        self.status, self.code = stage.status, stage.code
        return True

    def subscribed(self, stage: Stage) -> bool:
        """Whether a callback tells of a stage: of every one, if it has an address."""
        return bool(self.callback)

    def told(self, stage: Stage, account: str) -> dict[str, str]:
        """What a callback tells; it is of the status as it is now."""
        told = {
            "AccountSid": account,
            "ApiVersion": VERSION,
            "From": self.from_,
            "MessageSid": self.sid,
            "MessageStatus": self.status,
            "SmsSid": self.sid,
            "SmsStatus": self.status,
            "To": self.to,
        }
        if self.service:
            told["MessagingServiceSid"] = self.service
        if self.code is not None:
            told["ErrorCode"] = str(self.code)
        return told


class MessageAnswer(msgspec.Struct, frozen=True, gc=False, rename={"from_": "from"}):
    """A message as Twilio's description (api.v2010.account.message) has it."""

    account_sid: str
    api_version: str
    body: str
    date_created: str | None
    date_sent: str | None
    date_updated: str | None
    direction: str
    error_code: int | None
    error_message: str | None
    from_: str | None
    messaging_service_sid: str | None
    num_media: str
    num_segments: str
    price: str | None
    price_unit: str
    sid: str
    status: str
    subresource_uris: dict[str, str]
    to: str
    uri: str


def answer_of(message: Message, home: str, account: str) -> MessageAnswer:
    """A message as it is told; `home` is the path of the account."""
    uri = f"{home}/Messages/{message.sid}"
    return MessageAnswer(
        account,
        VERSION,
        message.body,
        dates.written(message.created_us),
        dates.written(message.sent_us),
        dates.written(message.updated_us),
        message.direction,
        message.code,
        None if message.code is None else ENDED.get(message.code, "Unknown error"),
        message.from_ or None,
        message.service or None,
        "0",
        # a service has chosen no sender yet
        "0" if message.status in ("accepted", "scheduled") else str(message.segments),
        None,
        "USD",
        message.sid,
        message.status,
        {"media": f"{uri}/Media.json"},
        message.to,
        f"{uri}.json",
    )


def problem_of(form: Form) -> int | None:
    """The code of what is wrong with a request for a message."""
    if not form.get("To"):
        return 21604
    if not (form.get("From") or form.get("MessagingServiceSid")):
        return 21603
    if not (form.get("Body") or form.get("MediaUrl") or form.get("ContentSid")):
        return 21602
    if not is_number(form.get("To")):
        return 21211
    if len(form.get("Body")) > LONGEST_BODY:
        return 21617
    return _problem_of_options(form)


def _problem_of_options(form: Form) -> int | None:
    service, callback, validity = form.get("MessagingServiceSid"), form.get("StatusCallback"), form.get("ValidityPeriod")
    if service and not _SERVICE.fullmatch(service):
        return 21701
    if callback and not is_address(callback):
        return 21609
    if validity and not (validity.isascii() and validity.isdecimal() and 1 <= int(validity) <= LONGEST_VALIDITY_S):
        return 21624
    if form.get("ScheduleType") and not (service and due_us_of(form)):
        return 20001
    return None


def due_us_of(form: Form) -> int | None:
    """When a scheduled message is due; None where it is not scheduled, or its time is none."""
    if form.get("ScheduleType") != "fixed":
        return None
    try:
        return dates.span_s(form.get("SendAt"))[0] * dates.US
    except ValueError:
        return None


def is_number(text: str) -> bool:
    """Whether it is + and digits."""
    return _NUMBER.fullmatch(text) is not None


def stages_of(course: Sequence[str], ending: Ending | None) -> list[Stage]:
    """What a message goes through."""
    if ending is None:
        return [Stage(status) for status in course]
    ends = ("delivered",) if ending.status == "undelivered" else ("sending", "sent", "delivered")
    return [*(Stage(status) for status in course if status not in ends), Stage(ending.status, code=ending.code)]
