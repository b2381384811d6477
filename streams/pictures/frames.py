"""What goes between a process and the child that decodes for it: length and MessagePack, never a pickle, which could run as code."""

from __future__ import annotations

from typing import IO, Literal

import msgspec

from streams.pictures.refused import Refusal
from streams.pictures.taken import Taken

LARGEST_ANSWER = 16 * 1024 * 1024


class Ask(msgspec.Struct, frozen=True):
    """What to do with a picture: take it in whole, clean it only, or hide in a clean one what the public must not see."""

    work: Literal["take", "clean", "hide"]
    raw: bytes
    consent: bool = False
    zone: str | None = None


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The child has loaded what it needs and shut itself in."""


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The picture is not taken."""

    reason: Refusal
    detail: str


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The picture was taken."""

    taken: Taken


class Made(msgspec.Struct, frozen=True, tag="made"):
    """The picture was cleaned or searched: encoded anew."""

    jpeg: bytes


Answer = Ready | Refused | Done | Made
ASK = msgspec.msgpack.Decoder(Ask)
ANSWER: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


class Gone(Exception):
    """The other side is no more, or speaks otherwise."""


def send(pipe: IO[bytes], what: msgspec.Struct) -> None:
    """Write one message."""
    held = msgspec.msgpack.encode(what)
    try:
        pipe.write(len(held).to_bytes(4, "big") + held)
        pipe.flush()
    except (OSError, ValueError) as error:
        raise Gone(str(error)) from error


def receive(pipe: IO[bytes], most_bytes: int) -> bytes | None:
    """Read one message; None at the end.

    Raises
    ------
    Gone
        Where it is longer than it may be, or ends in its middle.
    """
    try:
        head = pipe.read(4)
        if not head:
            return None
        length = int.from_bytes(head, "big")
        if len(head) < 4 or length > most_bytes:
            raise Gone("not a message")
        held = pipe.read(length)
    except (OSError, ValueError) as error:
        raise Gone(str(error)) from error
    if len(held) < length:
        raise Gone("a message without an end")
    return held
