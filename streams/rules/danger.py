"""Zones in danger and their incidents: one thread of Alert, Update and Cancel for each flood of a zone (law 5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from urllib.parse import quote

from streams.messages.texts import order_texts
from streams.observation.moments import to_datetime, to_text
from streams.rules import limits
from streams.rules.outputs import Order
from streams.rules.point_state import BASES, held_level, state_of, unconfirmed
from streams.rules.state import Incident
from streams.rules.work import Work

MsgType = Literal["Alert", "Update", "Cancel"]


def review(work: Work, zones: Iterable[int]) -> None:
    """Bring the incidents of zones in line with what now holds at their points."""
    for zone in zones:
        level, point = _worst(work, zone)
        incident = work.state.incidents.get(zone)
        if incident is None:
            if level > 0:
                _issue(work, zone, "Alert", level, point, None)
        elif level == 0:
            _issue(work, zone, "Cancel", incident.level, incident.point, incident)
            del work.state.incidents[zone]
        elif level != incident.level or (incident.released_level < level and _released(work, level, point)):
            _issue(work, zone, "Update", level, point, incident)


def renew(work: Work) -> None:
    """Issue again what is about to run out while the danger stands."""
    for zone, incident in sorted(work.state.incidents.items()):
        if work.now_us >= incident.expires_us - limits.RENEW_US:
            level, point = _worst(work, zone)
            _issue(work, zone, "Update", level, point, incident)


def _worst(work: Work, zone: int) -> tuple[int, int]:
    """Level of a zone and the point that carries it: the highest level whose water reaches it."""
    from_level = work.plan.zone_from_level[zone]
    reaching = [(held, -point) for point in range(len(work.plan.points)) if (held := held_level(work, point)) >= max(from_level[point], 1)]
    level, point = max(reaching, default=(0, -int(from_level.argmin())))
    return level, -point


def _released(work: Work, level: int, point: int) -> bool:
    alone = unconfirmed(work, point, level, state_of(work, point)[1])
    return work.plan.city.release_of(level, alone) == "automatic"


def _issue(work: Work, zone: int, msg_type: MsgType, level: int, point: int, before: Incident | None) -> None:
    name = before.name if before else _incident_name(work, zone)
    version = before.version + 1 if before else 1
    identifier = _identifier(work, name, version)
    signed = before.released_level if before else 0
    # a signature covers what asks no more than it; what was released is called off at once, what was not needs no calling off
    released = signed > 0 if msg_type == "Cancel" else level <= signed or _released(work, level, point)
    raised = level > (before.texted_level if before else 0) and level >= work.plan.city.public.text_from_level
    ended = msg_type == "Cancel" and before is not None and before.texted_level > 0
    texted = (released and raised) or ended
    expires_us = work.now_us + limits.EXPIRES_US
    basis = BASES[state_of(work, point)[1]]
    work.outputs.append(
        Order(
            incident=name,
            version=version,
            msg_type=msg_type,
            identifier=identifier,
            references=[before.identifier] if before else [],
            zones=[work.plan.zones[zone].zone_id],
            level=level,
            basis=basis,
            state="released" if released else "draft",
            issued_at=work.issued_at,
            expires=to_text(expires_us),
            texts=order_texts(work.plan.city, work.plan.points[point], level, basis, work.now_us, ended) if raised or ended else {},
        )
    )
    texted_level = max(before.texted_level if before else 0, level if texted else 0)
    signed = max(signed, level if released else 0)
    work.state.incidents[zone] = Incident(name, version, level, identifier, expires_us, texted_level, signed, point)


def _incident_name(work: Work, zone: int) -> str:
    moment = to_datetime(work.now_us).strftime("%Y%m%dT%H%M%SZ")
    return f"{quote(work.plan.zones[zone].zone_id, safe='-._~')}-{moment}"


def _identifier(work: Work, incident: str, version: int) -> str:
    """`cap_issuer`_`local time`_`incident`_`version` (DESIGN 6)."""
    local = to_datetime(work.now_us).astimezone(work.plan.city.zone_info).strftime("%Y%m%d%H%M%S")
    return f"{work.plan.city.public.cap_issuer}_{local}_{incident}_{version}"
