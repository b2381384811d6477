"""Turns records of the outputs and dead-letters topics into rows; what cannot be read becomes a dead letter itself (law 9)."""

from __future__ import annotations

from typing import Any

import msgspec

from streams.observation.dead_letter import DeadLetter, Reason
from streams.rules.outputs import OutputMessage
from streams.store.projection import Rows, rows_of, rows_of_letter

_OUTPUTS = msgspec.msgpack.Decoder(OutputMessage)
_LETTERS = msgspec.msgpack.Decoder(DeadLetter)


def decoded(record: Any, letters_topic: str) -> Rows:
    """Rows of one Kafka record.

    Raises
    ------
    ValueError
        Where it is not what its topic promises.
    """
    if record.value is None:
        raise ValueError("no value")
    if record.topic != letters_topic:
        return rows_of(_OUTPUTS.decode(record.value))
    # a letter that came without a key of its own is known by where it lies
    key = record.key.decode("utf-8", "backslashreplace") if record.key else position(record)
    return rows_of_letter(key, _LETTERS.decode(record.value))


def refused(record: Any, why: str) -> Rows:
    """The dead letter for a record that cannot be projected: where it lies, never what it holds."""
    letter = DeadLetter(Reason.FAILED, record.topic, record.offset, "", f"not projected: {why}")
    return rows_of_letter(f"projector/{position(record)}", letter)


def position(record: Any) -> str:
    """Where a record lies, as topic/partition/offset."""
    return f"{record.topic}/{record.partition}/{record.offset}"
