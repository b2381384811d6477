"""What became of the texts, and what one would cost: counts, never who."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from streams.alerts.levels import NAMES
from streams.desk.account_wire import (
    AccountView,
    CostView,
    DelaysView,
    DoublesView,
    LanguageCostView,
    OrderAccountView,
    OrderDelaysView,
    SpreadView,
    TallyView,
    ZoneAccountView,
)
from streams.desk.caller import Bearer, Caller, Cookie, Key, Looks, caller_of, looking
from streams.desk.desk import AtDesk
from streams.desk.exposition import CONTENT_TYPE, Sample, gauge
from streams.desk.problems import documented, problem
from streams.desk.wire import IDENTIFIER
from streams.observation.moments import to_text
from streams.store.account import OrderAccount, Tally, ZoneAccount, account_by_zone, total
from streams.store.api_keys import holder_of
from streams.store.cost import SEGMENTS_PER_S, cost_of_order
from streams.store.delays import Delays, Doubles, Spread, delays, doubles
from streams.store.queries import told_order
from streams.store.reasons import words_of

LEAST_SEGMENTS_PER_S, MOST_SEGMENTS_PER_S = 0.1, 100_000.0

router = APIRouter(tags=["account"])

_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"description": "In the text format of Prometheus", "content": {"text/plain": {"schema": {"type": "string"}}}}
}


@router.get("/api/account", responses=documented(401, 403, 503))
def account(desk: AtDesk, _: Looks) -> AccountView:
    """Tell where the texts of every order are, how long they took, and which were posted again."""
    as_of_us = desk.now_us()  # asked first: what is asked after it can only be newer
    zones = account_by_zone(desk.engine)
    texts, calls = total(zone.texts for zone in zones), total(zone.calls for zone in zones)
    return AccountView(
        as_of=to_text(as_of_us),
        texts=_tally(texts),
        calls=_tally(calls),
        zones=[_zone(zone) for zone in zones],
        delays=_delays(delays(desk.engine)),
        doubles=_doubles(doubles(desk.engine)),
        words={reason: words_of(reason) for reason in _reasons((texts, calls))},
    )


@router.get("/api/orders/{identifier}/cost", responses=documented(401, 403, 404, 422, 503))
def cost(
    desk: AtDesk,
    _: Looks,
    identifier: Annotated[str, Path(pattern=IDENTIFIER)],
    segments_per_s: Annotated[
        float,
        Query(ge=LEAST_SEGMENTS_PER_S, le=MOST_SEGMENTS_PER_S, allow_inf_nan=False, description="pace that the minutes are reckoned with"),
    ] = SEGMENTS_PER_S,
) -> CostView:
    """Tell what an order costs in people, segments and minutes, before it is signed."""
    order = told_order(desk.engine, identifier)
    if order is None:
        raise problem(404, f"there is no order {identifier}: GET /api/orders lists those that are open")
    found = cost_of_order(desk.engine, order)
    return CostView(
        identifier=identifier,
        state=order.state,
        zone_id=found.zone,
        people=found.people,
        texts=found.texts,
        segments=found.segments,
        minutes=found.minutes(segments_per_s),
        segments_per_s=segments_per_s,
        languages=[
            LanguageCostView(language=one.language, people=one.people, segments_each=one.segments_each, segments=one.segments)
            for one in found.languages
        ],
        opted_out=found.opted_out,
        without_telephone=found.without_telephone,
        told_elsewhere=found.told_elsewhere,
    )


def _scraping(desk: AtDesk, request: Request, bearer: Bearer, key: Key, cookie: Cookie) -> Caller:
    """Somebody who may look. A scraper may send the key of a machine as a bearer's token: most can send nothing else."""
    if bearer is not None and key is None and holder_of(desk.engine, bearer.credentials) is not None:
        return looking(caller_of(desk, request, None, bearer.credentials, None))
    return looking(caller_of(desk, request, bearer, key, cookie))


@router.get("/metrics", response_class=Response, responses=documented(401, 403, 503) | _TEXT)
def metrics(desk: AtDesk, _: Annotated[Caller, Depends(_scraping)]) -> Response:
    """Tell the same figures as Prometheus reads them."""
    zones, took, again = account_by_zone(desk.engine), delays(desk.engine), doubles(desk.engine)
    return Response("".join(_lines(zones, took, again)), media_type=CONTENT_TYPE)


def _lines(zones: Iterable[ZoneAccount], took: Delays, again: Doubles) -> Iterable[str]:
    orders = [order for zone in zones for order in zone.orders]
    spreads = [("accepted", "the provider's yes", took.accepted), ("delivered", "the receipt", took.delivered)]
    quantiles = [
        gauge(f"lowpoint_text_{name}_{quantile}_seconds", f"From an order's release to {end}, {quantile}.", _one(value))
        for name, end, spread in spreads
        for quantile, value in (("p50", spread.p50_s), ("p95", spread.p95_s))
    ]
    return chain(
        gauge("lowpoint_texts_targeted", "Texts that orders asked for.", _targeted(orders)),
        gauge("lowpoint_texts", "Texts by state; level 0 is an all-clear.", _by_state((order, order.texts) for order in orders)),
        gauge("lowpoint_calls", "Calls by state.", _by_state((order, order.calls) for order in orders)),
        *quantiles,
        gauge("lowpoint_texts_taken_again", "Texts of which the provider took more than one post.", _one(again.taken_again)),
        gauge("lowpoint_texts_perhaps_twice", "Texts that somebody may have got twice.", _one(again.perhaps_twice)),
        gauge("lowpoint_texts_again_though_unknown", "Texts posted again, outcome unknown.", _one(again.again_though_unknown)),
    )


def _targeted(orders: Iterable[OrderAccount]) -> list[Sample]:
    counts = Counter[tuple[str, str]]()
    for order in orders:
        counts[order.zone, _level(order)] += order.texts.targeted
    return [({"zone": zone, "level": level}, count) for (zone, level), count in sorted(counts.items())]


def _by_state(tallies: Iterable[tuple[OrderAccount, Tally]]) -> list[Sample]:
    counts = Counter[tuple[str, str, str]]()
    for order, tally in tallies:
        for state, count in tally.states.items():
            counts[order.zone, _level(order), state] += count
    return [({"zone": zone, "level": level, "state": state}, count) for (zone, level, state), count in sorted(counts.items())]


def _level(order: OrderAccount) -> str:
    return "0" if order.msg_type == "Cancel" else str(order.level)


def _one(value: float | None) -> list[Sample]:
    return [] if value is None else [({}, value)]


def _zone(zone: ZoneAccount) -> ZoneAccountView:
    return ZoneAccountView(
        zone_id=zone.zone, texts=_tally(zone.texts), calls=_tally(zone.calls), orders=[_order(order) for order in zone.orders]
    )


def _order(order: OrderAccount) -> OrderAccountView:
    return OrderAccountView(
        identifier=order.identifier,
        incident=order.incident,
        version=order.version,
        msg_type=order.msg_type,
        level=order.level,
        level_name=NAMES[order.level],
        issued_at=to_text(order.issued_us),
        texts=_tally(order.texts),
        calls=_tally(order.calls),
    )


def _tally(tally: Tally) -> TallyView:
    return TallyView(targeted=tally.targeted, states=tally.states, reasons=tally.reasons)


def _reasons(tallies: Iterable[Tally]) -> list[str]:
    return sorted({reason for tally in tallies for counts in tally.reasons.values() for reason in counts})


def _delays(found: Delays) -> DelaysView:
    return DelaysView(
        accepted=_spread(found.accepted),
        delivered=_spread(found.delivered),
        orders=[
            OrderDelaysView(identifier=one.identifier, accepted=_spread(one.accepted), delivered=_spread(one.delivered))
            for one in found.orders
        ],
    )


def _spread(spread: Spread) -> SpreadView:
    return SpreadView(count=spread.count, p50_s=spread.p50_s, p95_s=spread.p95_s)


def _doubles(found: Doubles) -> DoublesView:
    return DoublesView(taken_again=found.taken_again, perhaps_twice=found.perhaps_twice, again_though_unknown=found.again_though_unknown)
