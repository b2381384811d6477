"""Which right each act needs."""

from __future__ import annotations

from streams.desk.wire import AskedFor
from streams.observation.decision import Act
from streams.officers.roles import Act as Right

_RIGHTS: dict[Act, Right] = {
    "sign": Right.SIGN,
    "reject": Right.REJECT,
    "edit": Right.EDIT,
    "call_off": Right.CANCEL,
    "correct": Right.CANCEL,
    "raise": Right.RAISE,
    "hold": Right.HOLD,
    "close": Right.CLOSE,
    "set_aside": Right.SET_ASIDE,
    "silence": Right.SILENCE,
}


def rights_for(asked: AskedFor) -> list[Right]:
    """All rights that are needed; to end what was done by hand takes the right to do it."""
    if asked.act != "end":
        return [_RIGHTS[asked.act]]
    stations = [Right.SET_ASIDE] if asked.stations else []
    return stations + ([Right.RAISE] if asked.points or asked.zones or asked.orders else [])
