"""Leads messages and calls through their stages, and sends out what is told of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

from streams import clock
from streams.fake_twilio.callbacks import Callbacks
from streams.fake_twilio.chance import Chance
from streams.fake_twilio.counts import Counts
from streams.fake_twilio.stage import Stage


class Traveller(Protocol):
    """What goes through stages."""

    number: int
    sid: str
    callback: str
    status: str

    def enter(self, stage: Stage, now_us: int) -> bool:
        """Go on to a stage; False ends the course."""

    def subscribed(self, stage: Stage) -> bool:
        """Whether a callback tells of it."""

    def told(self, stage: Stage, account: str) -> dict[str, str]:
        """What that callback tells."""


class Course:
    """All that is under way; one timer each."""

    def __init__(self, account: str, chance: Chance, callbacks: Callbacks, counts: Counts):
        self._account, self._chance, self._callbacks, self._counts = account, chance, callbacks, counts
        self._scheduled: dict[str, asyncio.TimerHandle] = {}

    def begin(self, traveller: Traveller, stages: Sequence[Stage], key: str, after_s: float = 0.0) -> None:
        """Set out: the first stage at once if it is where the traveller stands already, the others one step after the other."""
        self._counts.stats.under_way += 1
        journey = _Journey(traveller, stages, key, withheld=self._chance.strikes("withheld", key))
        at_once = bool(stages) and stages[0].status == traveller.status
        timer = asyncio.get_running_loop().call_later(after_s if at_once else after_s + self._step_s(journey), self._go, journey)
        if after_s:
            self._scheduled[traveller.sid] = timer

    def stop(self, traveller: Traveller, stage: Stage, key: str) -> None:
        """Tell that a traveller goes no further; one that is on its way finds out at its next stage."""
        if timer := self._scheduled.pop(traveller.sid, None):
            timer.cancel()
            self._counts.stats.under_way -= 1
        if traveller.subscribed(stage):
            self._send(traveller, traveller.told(stage, self._account), f"{key} {stage.status}", traveller.number)

    def _go(self, journey: _Journey) -> None:
        traveller, stage = journey.traveller, journey.next()
        self._scheduled.pop(traveller.sid, None)
        before = traveller.status
        entered = traveller.enter(stage, clock.now_us())
        self._counts.became(before, traveller.status)
        if entered or traveller.status != before:
            self._tell(journey, stage)
        if entered and journey.more:
            asyncio.get_running_loop().call_later(self._step_s(journey), self._go, journey)
            return
        self._counts.stats.under_way -= 1
        self._let_go(journey)

    def _step_s(self, journey: _Journey) -> float:
        return self._chance.between(f"step {journey.place}", self._chance.behaviour.step_s, journey.key)

    def _tell(self, journey: _Journey, stage: Stage) -> None:
        if not journey.traveller.subscribed(stage):
            return
        if journey.withheld:
            self._counts.stats.callbacks.withheld += 1
            return
        told = journey.traveller.told(stage, self._account)
        if self._chance.behaviour.shuffled:
            journey.kept.append(told)
        else:
            self._send(journey.traveller, told, f"{journey.key} {journey.place}", journey.traveller.number)

    def _let_go(self, journey: _Journey) -> None:
        """Send what was kept back to be shuffled, all at the same time."""
        for place in self._chance.shuffled(len(journey.kept), journey.key):
            self._send(journey.traveller, journey.kept[place], f"{journey.key} {place}", journey.traveller.number + place)

    def _send(self, traveller: Traveller, told: Mapping[str, str], key: str, lane: int) -> None:
        """Send one callback, and its repeats at the same time; those that are neither shuffled nor repeated keep their order."""
        behaviour = self._chance.behaviour
        for again in range(1 + behaviour.repeated):
            delay_s = self._chance.between(f"delay {again}", behaviour.callback_delay_s, key)
            if delay_s == 0.0:
                self._callbacks.post(traveller.callback, told, behaviour.callback_origin, lane + again)
            else:
                self._counts.stats.under_way += 1
                asyncio.get_running_loop().call_later(delay_s, self._send_late, traveller.callback, told, lane + again)

    def _send_late(self, address: str, told: Mapping[str, str], lane: int) -> None:
        self._counts.stats.under_way -= 1
        self._callbacks.post(address, told, self._chance.behaviour.callback_origin, lane)


class _Journey:
    """One traveller's stages."""

    __slots__ = ("_stages", "kept", "key", "place", "traveller", "withheld")

    def __init__(self, traveller: Traveller, stages: Sequence[Stage], key: str, *, withheld: bool):
        self.traveller, self._stages, self.key, self.withheld = traveller, stages, key, withheld
        self.place = 0
        self.kept: list[Mapping[str, str]] = []

    @property
    def more(self) -> bool:
        return self.place < len(self._stages)

    def next(self) -> Stage:
        self.place += 1
        return self._stages[self.place - 1]
