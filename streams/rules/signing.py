"""What officers decide about orders: sign, reject, edit, call off, correct (law 8)."""

from __future__ import annotations

import re

from msgspec import structs

from streams.messages.lint import faults
from streams.messages.texts import DRILL_MARK
from streams.observation.decision import Decision
from streams.rules import orders
from streams.rules.outputs import Order, Outcome
from streams.rules.release import TO_END_BY_HAND, missing
from streams.rules.state import LATER_US, Incident
from streams.rules.work import Work

Answer = tuple[Outcome, str]


def act_on_order(work: Work, decision: Decision, identifier: str) -> Answer:
    """Decide about one order, by its identifier."""
    zone, incident = _find(work, identifier)
    if incident is None or incident.order is None:
        return "refused", "no open incident has this order"
    if identifier != incident.identifier:
        return "refused", f"version {incident.version}, {incident.identifier}, has taken its place: look at that one"
    if decision.act in ("call_off", "correct"):
        return _end(work, decision, zone, incident)
    order = incident.order
    if order.state != "draft":
        return "refused", f"it is {order.state} already"
    if decision.act == "sign":
        return _sign(work, decision, zone, order)
    if decision.act == "reject":
        words = f"rejected by {decision.officer}: {decision.reason}"
        orders.change(
            work, zone, structs.replace(order, state="rejected", decided_at=work.issued_at, decision=words, decided_by=decision.officer)
        )
        return "done", words
    return _edit(work, decision, zone, order)


def _find(work: Work, identifier: str) -> tuple[int, Incident | None]:
    """The open incident that an order belongs to, by any of its versions: an old one is told what has taken its place."""
    issuer = work.plan.city.public.cap_issuer
    for zone, incident in sorted(work.state.incidents.items()):
        if re.fullmatch(rf"{re.escape(issuer)}_\d{{14}}_{re.escape(incident.name)}_\d+", identifier):
            return zone, incident
    return -1, None


def _sign(work: Work, decision: Decision, zone: int, order: Order) -> Answer:
    if decision.officer in order.signed_by:
        return "refused", f"{decision.officer} has signed it already: another officer must"
    if decision.texts and decision.texts != order.texts:
        return "refused", "its text is not the one that was seen: read it again"
    signed_by = (*order.signed_by, decision.officer)
    lacking = missing(work.plan.city, order.level, order.unconfirmed, signed_by)
    if lacking:
        orders.change(work, zone, structs.replace(order, signed_by=signed_by, decided_by=decision.officer))
        return "counted", f"{lacking} more officer must sign"
    words = f"signed by {' and '.join(signed_by)}"
    orders.change(
        work,
        zone,
        structs.replace(
            order, state="released", signed_by=signed_by, decided_at=work.issued_at, decision=words, decided_by=" and ".join(signed_by)
        ),
    )
    return "done", "released"


def _edit(work: Work, decision: Decision, zone: int, order: Order) -> Answer:
    """Another text; what was signed was the one before, and whoever edits has answered."""
    city = work.plan.city
    if not order.texts:
        return "refused", "nobody is texted by this order"
    if set(decision.texts) - set(order.texts):
        return "refused", f"it is texted in {', '.join(sorted(order.texts))} only"
    texts = {**order.texts, **decision.texts}
    wrong = [fault for language, text in texts.items() for fault in faults(text, language, city.sender.signature(language))]
    if not city.drill:
        wrong += [
            f"the text in {language} says {DRILL_MARK}, and this is no drill" for language, text in texts.items() if DRILL_MARK in text
        ]
    else:
        unmarked = [language for language, text in texts.items() if not text.startswith(DRILL_MARK)]
        wrong += [f"the text in {language} of a drill must open with {DRILL_MARK}" for language in unmarked]
    if texts == order.texts or wrong:
        return "refused", wrong[0] if wrong else "the text is the same"
    orders.change(work, zone, structs.replace(order, texts=texts, signed_by=(), decided_by=decision.officer))
    work.state.incidents[zone] = structs.replace(work.state.incidents[zone], due_us=LATER_US, answered=True)
    return "done", "edited: every signature is asked for anew"


def _end(work: Work, decision: Decision, zone: int, incident: Incident) -> Answer:
    """Two officers end what was released; the correction is ready from the moment an order goes out."""
    if incident.released_level == 0:
        return "refused", "nothing was released: reject the draft"
    # a signature for the one is none for the other
    before = incident.off_by if incident.off_act == decision.act else ()
    if decision.officer in before:
        return "refused", f"{decision.officer} has signed it already: another officer must"
    signed_by = (*before, decision.officer)
    if len(signed_by) < TO_END_BY_HAND:
        work.state.incidents[zone] = structs.replace(incident, off_act=decision.act, off_by=signed_by)
        return "counted", f"{TO_END_BY_HAND - len(signed_by)} more officer must sign"
    orders.end_by_hand(work, zone, decision.act, signed_by, decision.reason)
    return "done", "released"
