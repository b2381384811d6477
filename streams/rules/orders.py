"""The orders of an incident: issued in a thread of versions, and released, rejected or ended under their identifiers."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from msgspec import structs

from streams.city.model import LowPoint, Zone
from streams.messages.texts import ended_texts, order_texts
from streams.observation.moments import SECOND_US, to_datetime, to_text
from streams.rules import limits
from streams.rules.outputs import Basis, MsgType, Order, OrderState
from streams.rules.point_state import BASES, state_of
from streams.rules.release import due_us, missing
from streams.rules.state import LATER_US, CalledOff, Incident
from streams.rules.work import Work


@dataclass(frozen=True)
class Danger:
    """Level of a zone, the low point that carries it, and what it rests on; `by_zone` where an officer raised the zone as a whole."""

    level: int
    point: int
    basis: Basis
    unconfirmed: bool
    by_zone: bool = False


def issue(work: Work, zone: int, msg_type: MsgType, danger: Danger, reason: str) -> None:
    """A new version: an Alert that begins the incident, or an Update."""
    before = work.state.incidents.get(zone)
    city, level = work.plan.city, danger.level
    signed, texted = (before.released_level, before.texted_level) if before else (0, 0)
    # a signature covers what asks no more than it
    muted = silenced(work, zone, level)
    released = level <= signed or (missing(city, level, danger.unconfirmed, ()) == 0 and not muted)
    raised = level > texted and level >= city.public.text_from_level
    order = _order(
        work,
        zone,
        msg_type,
        level,
        "released" if released else "draft",
        order_texts(city, _place(work, zone, danger.point, danger.by_zone), level, danger.basis, work.now_us) if raised else {},
        f"{reason}; {muted}" if muted and not released else reason,
    )
    order = structs.replace(
        order, basis=danger.basis, unconfirmed=danger.unconfirmed, low_point=_low_point(work, danger.point, danger.by_zone)
    )
    work.outputs.append(order)
    work.state.incidents[zone] = Incident(
        order.incident,
        order.version,
        level,
        order.identifier,
        work.now_us + limits.EXPIRES_US,
        texted_level=max(texted, level) if released and raised else texted,
        released_level=max(signed, level) if released else signed,
        point=danger.point,
        by_zone=danger.by_zone,
        order=order,
        due_us=LATER_US if released or muted else due_us(city, level, danger.unconfirmed, danger.basis, work.now_us),
    )
    work.due_us = None


def end(work: Work, zone: int, reason: str) -> None:
    """The danger is over: the all-clear, at once, to exactly those who were texted; what was not released needs no calling off."""
    incident = work.state.incidents[zone]
    state: OrderState = "released" if incident.released_level > 0 else "draft"
    order = _order(work, zone, "Cancel", incident.level, state, _ended(work, zone, incident, "clear"), reason)
    basis = BASES[state_of(work, incident.point)[1]] if work.plan.points else "officer"
    work.outputs.append(structs.replace(order, basis=basis, low_point=_low_point(work, incident.point, incident.by_zone)))
    del work.state.incidents[zone]
    work.due_us = None


def end_by_hand(work: Work, zone: int, act: str, signed_by: tuple[str, ...], reason: str) -> None:
    """Two officers end an incident before the rules do: called off, or corrected where it was an error."""
    incident = work.state.incidents[zone]
    texts = _ended(work, zone, incident, "correction" if act == "correct" else "clear")
    order = _order(work, zone, "Cancel", incident.level, "released", texts, reason)
    words = f"{'corrected' if act == 'correct' else 'called off'} by {' and '.join(signed_by)}"
    order = structs.replace(
        order, basis="officer", signed_by=signed_by, decided_at=work.issued_at, decision=words, decided_by=" and ".join(signed_by)
    )
    work.outputs.append(structs.replace(order, low_point=_low_point(work, incident.point, incident.by_zone)))
    work.state.called_off[zone] = CalledOff(incident.level, incident.order.basis if incident.order else "measured")
    # the hands that carried it go with it
    work.state.zones_by_hand.pop(zone, None)
    del work.state.incidents[zone]
    work.due_us = None


def change(work: Work, zone: int, order: Order) -> Order:
    """Tell what became of the last version, under its own identifier."""
    incident = work.state.incidents[zone]
    order = structs.replace(order, number=order.number + 1)
    released = order.state == "released"
    work.outputs.append(order)
    work.state.incidents[zone] = structs.replace(
        incident,
        order=order,
        texted_level=max(incident.texted_level, order.level) if released and order.texts else incident.texted_level,
        released_level=max(incident.released_level, order.level) if released else incident.released_level,
        due_us=LATER_US if order.state != "draft" else incident.due_us,
    )
    work.due_us = None
    return order


def rests_on_more(incident: Incident, danger: Danger) -> bool:
    """Whether the level of a draft rests on more than when it was made: it is confirmed, or measured and no longer foreseen alone."""
    order = incident.order
    if order is None or order.state != "draft":
        return False
    return (order.unconfirmed and not danger.unconfirmed) or (danger.basis == "measured" and order.basis != "measured")


def restate(work: Work, zone: int, danger: Danger) -> None:
    """A draft of the same level rests on more: its policy is asked again, and a written rule that covers it now begins to run.

    Its text is made anew only where nobody has signed or edited it.
    """
    incident, city = work.state.incidents[zone], work.plan.city
    if incident.order is None:
        return
    order = structs.replace(incident.order, basis=danger.basis, unconfirmed=danger.unconfirmed, decided_by="")
    if not order.signed_by and not incident.answered:
        place, low_point = _place(work, zone, danger.point, danger.by_zone), _low_point(work, danger.point, danger.by_zone)
        texts = order_texts(city, place, order.level, danger.basis, work.now_us) if order.texts else {}
        order = structs.replace(order, texts=texts, low_point=low_point)
    if order.signed_by and not missing(city, order.level, order.unconfirmed, order.signed_by):
        words = f"signed by {' and '.join(order.signed_by)}, and confirmed since"
        order = structs.replace(
            order, state="released", decided_at=work.issued_at, decision=words, decided_by=" and ".join(order.signed_by)
        )
    work.state.incidents[zone] = structs.replace(incident, point=danger.point, by_zone=danger.by_zone)
    change(work, zone, order)
    set_clock(work, zone)


def set_clock(work: Work, zone: int) -> None:
    """From now on the written rule's time runs for a draft that nobody has answered and nobody silenced; if it runs already, it goes on."""
    incident = work.state.incidents.get(zone)
    if incident is None or incident.order is None or incident.order.state != "draft" or incident.answered or incident.due_us < LATER_US:
        return
    order = incident.order
    muted = silenced(work, zone, order.level)
    at_us = LATER_US if muted else due_us(work.plan.city, order.level, order.unconfirmed, order.basis, work.now_us)
    work.state.incidents[zone] = structs.replace(incident, due_us=at_us)
    work.due_us = None


def release_by_rule(work: Work, zone: int, danger: Danger) -> None:
    """The written rule's time is over: release the draft, unless it rests on another basis, is silenced, or the policy changed."""
    incident, city = work.state.incidents[zone], work.plan.city
    order, rule = incident.order, city.release_rule_of(incident.level, incident.order.unconfirmed if incident.order else True)
    covered = rule is not None and order is not None and {order.basis, danger.basis} <= set(rule.bases)
    if rule is None or order is None or not covered or silenced(work, zone, incident.level):
        work.state.incidents[zone] = structs.replace(incident, due_us=LATER_US)
        return
    words = f"released by the written rule: level {incident.level} {order.basis}, unanswered for {rule.after_s:g} s"
    change(work, zone, structs.replace(order, state="released", decided_at=work.issued_at, decision=words, decided_by=""))


def silenced(work: Work, zone: int, level: int) -> str:
    """Who has silenced the zone up to this level, in words; "" if nobody."""
    silence = work.state.silences.get(zone)
    if silence is None or level > silence.level:
        return ""
    return f"silenced by {silence.officer} until {to_text(silence.until_us)}: {silence.reason}"


def _ended(work: Work, zone: int, incident: Incident, kind: str) -> dict[str, str]:
    """Texts of an end, for those who were texted; none where nobody was."""
    if not incident.texted_level:
        return {}
    return ended_texts(work.plan.city, _place(work, zone, incident.point, incident.by_zone), work.now_us, kind)


def _place(work: Work, zone: int, point: int, by_zone: bool) -> LowPoint | Zone:
    return work.plan.zones[zone] if by_zone or not work.plan.points else work.plan.points[point]


def _low_point(work: Work, point: int, by_zone: bool) -> str:
    return "" if by_zone or not work.plan.points else work.plan.points[point].low_point_id


def _order(work: Work, zone: int, msg_type: MsgType, level: int, state: OrderState, texts: dict[str, str], reason: str) -> Order:
    before = work.state.incidents.get(zone)
    name = before.name if before else _incident_name(work, zone)
    version = before.version + 1 if before else 1
    return Order(
        incident=name,
        version=version,
        msg_type=msg_type,
        identifier=_identifier(work, name, version),
        references=[before.identifier] if before else [],
        zones=[work.plan.zones[zone].zone_id],
        level=level,
        basis="measured",
        state=state,
        issued_at=work.issued_at,
        expires=to_text(work.now_us + limits.EXPIRES_US),
        texts=texts,
        reason=reason,
    )


def _incident_name(work: Work, zone: int) -> str:
    """The zone and the second in which it began; two that begin within one second are told apart by the next one."""
    second = max(work.now_us // SECOND_US, work.state.named.get(zone, 0) + 1)
    work.state.named[zone] = second
    moment = to_datetime(second * SECOND_US).strftime("%Y%m%dT%H%M%SZ")
    return f"{quote(work.plan.zones[zone].zone_id, safe='-._~')}-{moment}"


def _identifier(work: Work, incident: str, version: int) -> str:
    """`cap_issuer`_`local time`_`incident`_`version` (DESIGN 6)."""
    local = to_datetime(work.now_us).astimezone(work.plan.city.zone_info).strftime("%Y%m%d%H%M%S")
    return f"{work.plan.city.public.cap_issuer}_{local}_{incident}_{version}"
