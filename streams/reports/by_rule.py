"""Has the city's written rule look at the groups that wait, and accepts those that it may."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy import Engine

from streams.city.model import City
from streams.reports.around import Surroundings
from streams.reports.ground import Ground
from streams.reports.observed import ReportStations
from streams.reports.rule import RULE, accepts
from streams.reports.triage.weigh import Weight
from streams.reports.weighed import waiting_of, weighed
from streams.store.reports_acts import Asked, ReportsRefused, UnknownReports, accept
from streams.store.reports_groups import group_heads, reports_of

log = logging.getLogger(__name__)

MOST_GROUPS = 100
DRY = "dry"
"""Who says so contradicts the others: what they agree on must not become an observation of that one too."""


def accept_by_rule(city: City, engine: Engine, ground: Ground, now_us: Callable[[], int]) -> int:
    """Accept what the rule allows; returns how many groups. A city without the rule asks the store nothing."""
    least = city.reports.accept_from
    if least == 0:
        return 0
    heads = group_heads(engine, training=False, least=least, addresses=least, limit=MOST_GROUPS)
    if not heads:
        return 0
    at_us, count = now_us(), 0
    known, found = Surroundings(city, engine, at_us, ground), reports_of(engine, [head.group_id for head in heads])
    stations = ReportStations(city)
    for group, every in found.items():
        waiting = waiting_of(every)
        if not waiting or any(report.state == "asked" or report.depth == DRY for report in waiting):
            continue  # a person looks after it
        own = weighed(known, every)
        weight = own.weight
        if not accepts(city.reports, weight, training=waiting[0].training) or weight.depth is None:
            continue
        sound = tuple(report.report for report in own.sound)
        point = known.low_point(waiting)
        try:
            # the id is of what was weighed: another process that weighs the same accepts it once
            asked = Asked(f"{RULE}-{sound[0]}-{len(sound)}", RULE, group, at_us, sound)
            accept(engine, asked, weight.depth.depth_m, stations.of_group(point.low_point_id if point else None), _why(weight, least))
            count += 1
        except (ReportsRefused, UnknownReports) as refused:
            log.info("the rule found %s decided meanwhile: %s", group, refused)
    return count


def _why(weight: Weight, least: int) -> dict[str, object]:
    told = {"score": weight.score, "sources": weight.sources, "photos": weight.photos, "photo_sources": weight.photo_sources}
    return {**told, "reasons": [reason.code for reason in weight.reasons], "accept_from": least}
