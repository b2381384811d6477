"""Turns an order into the alert that the public and other systems read."""

from __future__ import annotations

from streams.alerts.alert import Alert, Certainty, Info, Named, Status, Urgency
from streams.alerts.area import area_of
from streams.alerts.drill import drill_text
from streams.alerts.levels import NAMES, RESPONSES, SEVERITIES
from streams.alerts.words import languages_of, templates
from streams.city.model import City, LowPoint, Zone
from streams.messages.texts import place_name
from streams.observation.moments import SECOND_US, parse_us, to_datetime
from streams.rules.limits import EVACUATE_LEVEL
from streams.rules.outputs import Order

CORRECTED = "corrected"
"""How the decision begins that ends an incident because it should not have been one (`streams.rules.orders`)."""


class AlertError(ValueError):
    """An order that cannot be told as an alert, and why."""


class NothingToCancel(AlertError):
    """The end of an incident of which nothing was published: there is nobody to be told."""


def alert_of(
    city: City, order: Order, zone: Zone, point: LowPoint | Zone, before: Alert | None, status: Status, *, depth_m: float | None = None
) -> Alert:
    """Make the alert of an order.

    Parameters
    ----------
    zone
        The zone of the order.
    point
        The low point that carries it; the zone where an officer raised it as a whole.
    before
        The alert of this incident that was published last; None where none was. What was never published cannot be referred to, so a
        thread whose first versions stayed drafts is opened in public by an Alert, whatever version of the order it is.
    status
        See `status_of`.
    depth_m
        How deep the water stands at the point, where that is known.

    Returns
    -------
    Alert
        Sent when the order was issued, or released if that was later, in whole seconds; it holds until the order's own `expires`.

    Raises
    ------
    NothingToCancel
        For a Cancel with nothing published before.
    AlertError
        When the parts do not belong together, or a draft would go out as Actual.
    """
    _must_fit(order, zone, before, status)
    sent_us = _second_us(order.decided_at or order.issued_at)
    msg_type = order.msg_type if before is not None else "Alert"
    languages = languages_of(city.languages)
    infos = tuple(_info(city, order, zone, point, language, status, sent_us, depth_m) for language in languages)
    drill = templates(languages[0])["drill"]
    return Alert(
        identifier=order.identifier,
        sender=city.public.cap_issuer,
        sent_us=sent_us,
        status=status,
        msg_type=msg_type,
        infos=infos,
        references=(before.as_reference,) if before is not None else (),
        incidents=(order.incident,),
        note=drill["note"].format(incident=order.incident) if status == "Exercise" else "",
    )


def _must_fit(order: Order, zone: Zone, before: Alert | None, status: Status) -> None:
    name = order.identifier
    if order.zones != [zone.zone_id]:
        raise AlertError(f"{name}: it is about zone {', '.join(order.zones)}, not {zone.zone_id}")
    if status == "Actual" and order.state != "released":
        raise AlertError(f"{name}: it is {order.state}, and only what is released is told as Actual (law 8)")
    if before is None:
        if order.msg_type == "Cancel":
            raise NothingToCancel(f"{name}: nothing of incident {order.incident} was published, so there is nothing to cancel")
        return
    if order.msg_type == "Alert":
        raise AlertError(f"{name}: an Alert opens a thread, and {before.identifier} is there before it")
    if before.incidents != (order.incident,) or before.status != status or before.msg_type == "Cancel":
        raise AlertError(f"{name}: it cannot supersede {before.identifier}, which is of another incident or status, or ended it")


def _info(
    city: City, order: Order, zone: Zone, point: LowPoint | Zone, language: str, status: Status, sent_us: int, depth_m: float | None
) -> Info:
    words, ended = templates(language), order.msg_type == "Cancel"
    levels = point.levels if isinstance(point, LowPoint) else city.levels
    fields = {
        "place": place_name(point, language),
        "zone": place_name(zone, language),
        "level": order.level,
        "word": words["words"][str(order.level)],
        "cm": round(next((rung.depth_m for rung in levels if rung.level == order.level), 0.0) * 100),
        "time": to_datetime(sent_us).astimezone(city.zone_info).strftime("%H:%M"),
    }
    kind = _kind(order)
    texts = {
        "headline": words["headline"][kind].format(**fields),
        "description": words["description"][kind].format(**fields),
        "instruction": words["instruction"][kind if ended else str(order.level)].format(**fields),
    }
    if status == "Exercise":
        texts = {name: drill_text(text, language) for name, text in texts.items()}
    return Info(
        language=language,
        event=words["event"],
        response_types=("AllClear",) if ended else (RESPONSES[order.level],),
        urgency=_urgency(order),
        severity=SEVERITIES[order.level],
        certainty=_certainty(order),
        audience=words["audience"].format(**fields),
        effective_us=sent_us,
        # a forecast is of some moment within its lead, and an end has no onset
        onset_us=None if ended or order.basis == "forecast" else sent_us,
        expires_us=_second_us(order.expires),
        sender_name=city.sender.name or city.name,
        parameters=tuple(_parameters(city, order, depth_m, language)),
        areas=(area_of(zone, language),),
        **texts,
    )


def _kind(order: Order) -> str:
    """Which wording fits; a report counts as seen, like a measurement."""
    if order.msg_type == "Cancel":
        return "correction" if order.decision.startswith(CORRECTED) else "clear"
    if order.basis == "forecast":  # that of an evacuation looks as far ahead as the walk takes, any other half an hour
        return "forecast_evacuate" if order.level == EVACUATE_LEVEL else "forecast"
    if order.basis == "officer":
        return "officer"
    return "unconfirmed" if order.unconfirmed else "measured"


def _urgency(order: Order) -> Urgency:
    if order.msg_type == "Cancel":
        return "Past"
    return "Expected" if order.basis == "forecast" else "Immediate"


def _certainty(order: Order) -> Certainty:
    if order.unconfirmed:
        return "Possible"
    return "Observed" if order.basis == "measured" else "Likely"


def _parameters(city: City, order: Order, depth_m: float | None, language: str) -> list[Named]:
    found = [
        Named("level", str(order.level)),
        Named("level_name", NAMES[order.level]),
        Named("basis", order.basis),
        Named("unconfirmed", str(order.unconfirmed).lower()),
    ]
    if depth_m is not None:
        found.append(Named("depth_m", f"{depth_m:.3f}"))
    if order.texts.get(language):
        # the very words that residents got, also where an officer has edited them
        found.append(Named("text", order.texts[language]))
    if city.simulated:
        found.append(Named("simulated", "true"))
    return found


def _second_us(text: str) -> int:
    """Microseconds of the whole second that a moment lies in: CAP knows no fractions."""
    time_us = parse_us(text)
    if time_us is None:
        raise AlertError(f"{text!r} is not a moment in RFC 3339 with a zone")
    return time_us // SECOND_US * SECOND_US
