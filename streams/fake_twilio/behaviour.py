"""How the fake behaves: what it refuses, loses, delays and repeats, and how messages and calls end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from streams.fake_twilio.problems import PROBLEMS

Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Seconds = Annotated[float, msgspec.Meta(ge=0.0, le=86_400.0)]
CourseStatus = Literal["queued", "sending", "sent", "delivered"]

FAULTS = ("too_many", "error_before", "unavailable_before", "queue_full", "error_after", "dropped", "slow", "withheld")


class BehaviourError(ValueError):
    """A behaviour that cannot be: what is wrong with it, and where."""


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What befalls a share of requests: at most `count` of them, and for so many `seconds` from when it is set; None is without end."""

    share: Share = 0.0
    count: Count | None = None
    seconds: Seconds | None = None


class Ending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How messages to a number end instead of being delivered; `first` is how many of them do, None is all."""

    status: Literal["undelivered", "failed"] = "undelivered"
    code: Annotated[int, msgspec.Meta(ge=10_000, le=99_999)] = 30003
    first: Count | None = None


class Behaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything about a fake that can be set, at its start and later; as it stands here all goes well.

    Attributes
    ----------
    seed
        Equal seeds give equal choices. A choice hangs on the number and on how many posts to it came before, not on the order in which
        posts to several numbers come.
    down
        "unavailable" answers 503 to everything, "closing" closes the connection without an answer.
    too_many, retry_after_s
        429 with code 20429; nothing is created.
    error_before, unavailable_before
        500 and 503; nothing is created.
    queue_full
        400 with code 21611; nothing is created.
    error_after, dropped, slow, slow_s
        The message or call exists, and its callbacks come, but the answer is a 500, or the connection closes without one, or it comes late.
    refusals
        Number: code of the refusal, as 21610 (opted out), 21211 (invalid), 21612 or 21614.
    endings, call_endings
        Number: how what goes to it ends.
    course, step_s
        The statuses that a message goes through, each with a callback, and the shortest and longest time from one to the next.
        A message that ends otherwise leaves it at the end (undelivered) or before it is sent (failed).
    shuffled
        Callbacks of a message come in any order, once it has ended.
    repeated
        How often each callback comes again.
    callback_delay_s
        Shortest and longest time that a callback lags behind what it tells.
    withheld
        Messages and calls of which no callback comes.
    callback_origin
        As http://127.0.0.1:8000: where callbacks go in place of the host of their public address, which stays the one that is signed.
        Without it, callbacks to other hosts than this one fail.
    """

    seed: int = 1
    down: Literal["", "unavailable", "closing"] = ""
    too_many: Fault = Fault()
    retry_after_s: Annotated[int, msgspec.Meta(ge=0)] = 1
    error_before: Fault = Fault()
    unavailable_before: Fault = Fault()
    queue_full: Fault = Fault()
    error_after: Fault = Fault()
    dropped: Fault = Fault()
    slow: Fault = Fault()
    slow_s: Seconds = 5.0
    refusals: dict[str, int] = {}
    endings: dict[str, Ending] = {}
    call_endings: dict[str, Literal["busy", "no-answer", "failed"]] = {}
    course: tuple[CourseStatus, ...] = ("queued", "sent", "delivered")
    step_s: tuple[Seconds, Seconds] = (0.01, 0.05)
    shuffled: bool = False
    repeated: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    callback_delay_s: tuple[Seconds, Seconds] = (0.0, 0.0)
    withheld: Fault = Fault()
    callback_origin: str = ""

    def __post_init__(self) -> None:
        for name in ("step_s", "callback_delay_s"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} goes from {low} down to {high}: write the shorter time first")
        strange = sorted(set(self.refusals.values()) - PROBLEMS.keys())
        if strange:
            raise ValueError(f"refusals: this fake knows no problem {strange[0]}")
        if list(self.course) != [status for status in COURSE if status in self.course]:
            raise ValueError(f"course: of {', '.join(COURSE)}, each once at most and in this order")


COURSE: tuple[CourseStatus, ...] = ("queued", "sending", "sent", "delivered")


def load_behaviour(file: Path) -> Behaviour:
    """Read a behaviour from a JSON file.

    Raises
    ------
    BehaviourError
        Where it cannot be read or is none.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=Behaviour)
    except OSError as error:
        raise BehaviourError(f"{file}: cannot be read ({error.strerror})") from None
    except msgspec.MsgspecError as error:
        raise BehaviourError(f"{file}: {error}: see the fields of Behaviour") from None


def changed(behaviour: Behaviour, changes: dict[str, Any]) -> Behaviour:
    """The behaviour with some fields set anew.

    Raises
    ------
    BehaviourError
        Where a field is unknown or its value impossible.
    """
    try:
        return msgspec.convert(msgspec.to_builtins(behaviour) | changes, Behaviour)
    except msgspec.ValidationError as error:
        raise BehaviourError(str(error)) from None
