"""Versions of a state, and what a client must be told to have the newest one. Pure: nothing here knows the store, a clock or HTTP.

A state is every entity as JSON, by kind and id. Each change of it is a delta with the next number. Whoever says which version they have
gets the deltas from there while all of them are kept, and else the whole state: so nothing can be missed, however long they were away.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping

import msgspec

State = Mapping[str, Mapping[str, bytes]]

MOST_KEPT = 2_000
MOST_KEPT_BYTES = 8 * 1024 * 1024

_NONE: Mapping[str, bytes] = {}


class Delta(msgspec.Struct, frozen=True):
    """What is new or another one, and what is gone, by kind."""

    set: dict[str, dict[str, bytes]] = {}
    gone: dict[str, list[str]] = {}

    def __bool__(self) -> bool:
        return bool(self.set or self.gone)


class Frame(msgspec.Struct, frozen=True):
    """An event as it goes out, and the version that whoever got it has."""

    version: int
    data: bytes


def diff(before: State, after: State) -> Delta:
    """What makes one state of another."""
    changed: dict[str, dict[str, bytes]] = {}
    gone: dict[str, list[str]] = {}
    for kind in {**before, **after}:
        old, new = before.get(kind, _NONE), after.get(kind, _NONE)
        if old is new:
            continue
        own = {name: entity for name, entity in new.items() if old.get(name) != entity}
        lost = [name for name in old if name not in new]
        if own:
            changed[kind] = own
        if lost:
            gone[kind] = lost
    return Delta(changed, gone)


def fold(state: State, delta: Delta) -> State:
    """A state with a delta in it."""
    kinds = {**state, **delta.set, **delta.gone}
    folded = {kind: {**state.get(kind, _NONE), **delta.set.get(kind, _NONE)} for kind in kinds}
    for kind, names in delta.gone.items():
        for name in names:
            folded[kind].pop(name, None)
    return folded


class Versions:
    """The newest state, and the deltas that led to it as far back as they are kept. For any thread.

    Parameters
    ----------
    epoch
        Names this count of versions: another process, or this one started again, counts anew. No dash in it.
    most, most_bytes
        How many deltas are kept, and how large they may be together.
    """

    def __init__(self, epoch: str, most: int = MOST_KEPT, most_bytes: int = MOST_KEPT_BYTES):
        self._epoch, self._most, self._most_bytes = epoch, most, most_bytes
        self._lock = threading.Lock()
        self._version = 0
        self._state: State = {}
        self._kept: deque[Frame] = deque()
        self._kept_bytes = 0
        self._whole: Frame | None = None

    @property
    def version(self) -> int:
        """The number of the newest state; 0 before there is any."""
        return self._version

    @property
    def kept_bytes(self) -> int:
        """How large the deltas are that are kept."""
        return self._kept_bytes

    def advance(self, state: State) -> bool:
        """Take a newer state; whether it is another one. For one thread at a time."""
        delta = diff(self._state, state)
        if self._version and not delta:
            return False
        number = self._version + 1
        frame = Frame(number, self._event("delta", number, {"version": number, "set": _raw(delta.set), "gone": delta.gone}))
        with self._lock:
            self._version, self._state, self._whole = number, state, None
            self._kept.append(frame)
            self._kept_bytes += len(frame.data)
            while len(self._kept) > self._most or (self._kept_bytes > self._most_bytes and self._kept):
                self._kept_bytes -= len(self._kept.popleft().data)
        return True

    def known(self, last_id: str | None) -> int | None:
        """The version that an id of an event stands for; None where it is none of ours, so that its holder has nothing."""
        epoch, _, number = (last_id or "").rpartition("-")
        # not isdigit alone: it takes digits that int does not
        return int(number) if epoch == self._epoch and number.isascii() and number.isdigit() and len(number) < 16 else None

    def after(self, version: int | None) -> Frame | None:
        """What brings somebody on who has this version: the next delta, or else the whole; None where theirs is the newest.

        One at a time: who takes long keeps no other memory than that of one event.
        """
        with self._lock:
            if self._version == 0 or version == self._version:
                return None
            if version is not None and self._kept and self._kept[0].version <= version + 1 <= self._version:
                return self._kept[version + 1 - self._kept[0].version]
            if self._whole is None:
                told = {"version": self._version, "set": _raw(self._state)}
                self._whole = Frame(self._version, self._event("snapshot", self._version, told))
            return self._whole

    def _event(self, name: str, version: int, told: Mapping[str, object]) -> bytes:
        return b"id: %s-%d\nevent: %s\ndata: %s\n\n" % (self._epoch.encode(), version, name.encode(), msgspec.json.encode(told))


def _raw(state: State) -> dict[str, dict[str, msgspec.Raw]]:
    return {kind: {name: msgspec.Raw(entity) for name, entity in entities.items()} for kind, entities in state.items()}
