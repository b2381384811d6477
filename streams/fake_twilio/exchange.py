"""The telephone exchange behind the fake's API: makes messages and calls, keeps them and sends them on their course."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from itertools import count

from streams import clock
from streams.fake_twilio import call as calls
from streams.fake_twilio import message as messages
from streams.fake_twilio.behaviour import Behaviour
from streams.fake_twilio.call import Call
from streams.fake_twilio.callbacks import Callbacks
from streams.fake_twilio.chance import Chance
from streams.fake_twilio.counts import Counts, Stats
from streams.fake_twilio.course import Course
from streams.fake_twilio.dates import US
from streams.fake_twilio.form import Form
from streams.fake_twilio.ledger import Answered, Entry, Ledger
from streams.fake_twilio.media import Media
from streams.fake_twilio.message import Message
from streams.fake_twilio.options import FakeOptions
from streams.fake_twilio.shelf import Shelf
from streams.fake_twilio.stage import Stage
from streams.messages.segments import segments

CANCELABLE = ("queued", "accepted", "scheduled")


class Exchange:
    """All state of a fake."""

    def __init__(self, options: FakeOptions):
        self.account = options.account
        self.chance = Chance(options.behaviour)
        self.counts = Counts()
        self.ledger = Ledger(options.ledger)
        self.messages: Shelf[Message] = Shelf()
        self.calls: Shelf[Call] = Shelf()
        self.callbacks = Callbacks(options.token, self.counts)
        self.media = Media()
        self._course = Course(self.account, self.chance, self.callbacks, self.counts)
        self._numbers = count(1)

    @property
    def behaviour(self) -> Behaviour:
        """How it behaves now."""
        return self.chance.behaviour

    def send(self, form: Form, key: str, answered: Answered) -> Message:
        """Make the message that a sound form asks for."""
        now_us, due_us, validity = clock.now_us(), messages.due_us_of(form), form.get("ValidityPeriod")
        service, body = form.get("MessagingServiceSid"), form.get("Body")
        message = Message(
            next(self._numbers),
            new_sid("SM"),
            form.get("To"),
            form.get("From"),
            service,
            body,
            form.get("StatusCallback"),
            segments(body),
            "scheduled" if due_us else "accepted" if service else "queued",
            now_us,
            now_us,
            expires_us=(due_us or now_us) + int(validity) * US if validity else None,
            due_us=due_us,
        )
        self.messages.add(message)
        self.counts.message(message.to, body, message.status)
        self._enter(Entry(message.sid, "message", message.to, message.from_, body, message.callback, now_us, message.segments, answered))
        stages = messages.stages_of(self.behaviour.course, self.chance.ending(message.to))
        self._course.begin(message, stages, key, after_s=max(due_us - now_us, 0) / US if due_us else 0.0)
        return message

    def call(self, form: Form, key: str, answered: Answered) -> Call:
        """Make the call that a sound form asks for."""
        now_us = clock.now_us()
        text = form.get("Twiml") or form.get("Url")
        to, sender, callback = form.get("To"), form.get("From"), form.get("StatusCallback")
        call = Call(next(self._numbers), new_sid("CA"), to, sender, text, callback, calls.events_of(form), "queued", now_us, now_us)
        self.calls.add(call)
        self.counts.call(call.status)
        self._enter(Entry(call.sid, "call", to, sender, text, callback, now_us, 0, answered))
        self._course.begin(call, calls.stages_of(self.behaviour.call_endings.get(to)), key)
        return call

    def cancel(self, message: Message) -> bool:
        """Take back a message; False where it is too late."""
        if message.status not in CANCELABLE:
            return False
        before, message.updated_us, message.status = message.status, clock.now_us(), "canceled"
        self.counts.became(before, message.status)
        self._course.stop(message, Stage("canceled"), message.sid)
        return True

    async def receive(
        self, sender: str, to: str, body: str, address: str, sid: str = "", media: Sequence[bytes] = ()
    ) -> tuple[str, int, bytes]:
        """Take a message from a resident to an inbound webhook: its sid, and the status and body of the answer."""
        now_us = clock.now_us()
        message = self.messages.get(sid)
        if message is None:
            number, sid = next(self._numbers), sid or new_sid("MM" if media else "SM")
            message = Message(number, sid, to, sender, "", body, "", segments(body), "received", now_us, now_us)
            message.direction, message.sent_us = "inbound", now_us
            self.messages.add(message)
            self.counts.stats.inbound += 1
            self.media.put(sid, media)
        told = message.told(Stage("received"), self.account) | {
            "Body": body,
            "NumSegments": str(message.segments),
            "SmsMessageSid": message.sid,
            **self.media.told(message.sid, self.account),
        }
        del told["MessageStatus"]
        return message.sid, *await self.callbacks.post_now(address, told, self.behaviour.callback_origin)

    def stats(self) -> Stats:
        """What was counted."""
        return self.counts.stats

    def _enter(self, entry: Entry) -> None:
        self.ledger.add(entry)


def new_sid(kind: str) -> str:
    """A sid that there never was."""
    return kind + secrets.token_hex(16)
