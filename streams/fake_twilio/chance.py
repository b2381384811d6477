"""Chooses whom a fault befalls: by the seed, the number and how many posts to it came before, so that a run can be repeated."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Callable, Iterable

from streams import clock
from streams.fake_twilio.behaviour import FAULTS, Behaviour, Ending, Fault


class Chance:
    """The choices under one behaviour. A fault's count and seconds begin when it is set."""

    def __init__(self, behaviour: Behaviour):
        self.behaviour = behaviour
        self._posts: defaultdict[str, int] = defaultdict(int)
        self._ended: defaultdict[str, int] = defaultdict(int)
        self._spells: dict[str, _Spell] = {}
        self._begin(FAULTS)

    def change(self, behaviour: Behaviour, fields: set[str]) -> None:
        """Go on under another behaviour, in which these fields were set; the others' counts go on."""
        self.behaviour = behaviour
        self._begin([name for name in FAULTS if name in fields])
        if "endings" in fields:
            self._ended.clear()

    def key(self, to: str) -> str:
        """What tells this post to a number from those before."""
        self._posts[to] += 1
        return f"{to} {self._posts[to]}"

    def strikes(self, fault: str, key: str) -> bool:
        """Whether the fault of this name befalls the post."""
        spell = self._spells.get(fault)  # only those that can strike are there
        return spell is not None and spell.strikes(lambda: draw(self.behaviour.seed, fault, key))

    def between(self, what: str, span: tuple[float, float], key: str) -> float:
        """A time within a span."""
        low, high = span
        return low if low == high else low + (high - low) * draw(self.behaviour.seed, what, key)

    def shuffled(self, count: int, key: str) -> list[int]:
        """Places 0 to count - 1 in any order."""
        places = list(range(count))
        random.Random(f"{self.behaviour.seed} order {key}").shuffle(places)
        return places

    def ending(self, to: str) -> Ending | None:
        """How the next message to a number ends, None is well."""
        ending = self.behaviour.endings.get(to)
        if ending is None:
            return None
        self._ended[to] += 1
        return ending if ending.first is None or self._ended[to] <= ending.first else None

    def _begin(self, names: Iterable[str]) -> None:
        for name in names:
            fault: Fault = getattr(self.behaviour, name)
            if fault.share > 0.0:
                self._spells[name] = _Spell(fault)
            else:
                self._spells.pop(name, None)


class _Spell:
    """A fault for as long as it lasts."""

    def __init__(self, fault: Fault):
        self._fault, self._left = fault, fault.count
        self._until_s = None if fault.seconds is None else clock.monotonic_s() + fault.seconds

    def strikes(self, drawn: Callable[[], float]) -> bool:
        if self._left == 0 or (self._until_s is not None and clock.monotonic_s() >= self._until_s):
            return False
        if drawn() >= self._fault.share:
            return False
        if self._left is not None:
            self._left -= 1
        return True


def draw(seed: int, what: str, key: str) -> float:
    """A number from 0 up to 1, the same for equal arguments."""
    digest = hashlib.blake2b(f"{seed} {what} {key}".encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / (1 << 56)
