"""Groups of reports as clients get them: weighed against what is known around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from streams.audit.row import AuditRow
from streams.city.model import City, LowPoint, Station
from streams.desk.reports_wire import (
    DeedView,
    DepthView,
    DuplicateView,
    EffectView,
    GroupView,
    NearestView,
    ReasonView,
    ReportView,
    WaitingView,
    WhyNone,
)
from streams.observation.moments import to_text
from streams.reports.around import Surroundings
from streams.reports.observed import observations_of, reports_station, stations_of
from streams.reports.report import Report
from streams.reports.triage.apart import WhyApart
from streams.reports.triage.around import Around
from streams.reports.triage.depth import GroupDepth
from streams.reports.triage.duplicates import duplicates
from streams.reports.triage.likeness import alike
from streams.reports.triage.sources import sources_of
from streams.reports.triage.weigh import Weight, weigh
from streams.rules.limits import REPORT_US
from streams.store.reports_groups import PENDING

MOST_PICTURES = 12


def group_view(city: City, known: Surroundings, own: Sequence[Report]) -> GroupView:
    """A group, of at least one report."""
    weight, around = weighed(known, own)
    waiting = [report for report in own if report.state in PENDING]
    point, near = known.low_point(own), known.nearest(own)
    lons = [report.lon for report in own if report.lon is not None]
    lats = [report.lat for report in own if report.lat is not None]
    last = max(waiting or own, key=lambda report: (report.state_us, report.made_us))
    return GroupView(
        group=own[0].group_id,
        state=last.state,
        training=own[0].training,
        low_point=point.low_point_id if point else None,
        nearest=NearestView(low_point=near[0].low_point_id, distance_m=round(near[1])) if near else None,
        lon=median(lons) if lons else None,
        lat=median(lats) if lats else None,
        received_at=to_text(max(report.made_us for report in own)),
        seen_at=to_text(max(report.observed_us for report in own)),
        reports=len(own),
        waiting=len(waiting),
        accepted=sum(report.state == "accepted" for report in own),
        waits=[WaitingView(report=one.report, picture=one.picture, apart=one.report in weight.apart) for one in waiting],
        sources=weight.sources,
        photos=weight.photos,
        score=weight.score,
        reasons=[ReasonView(code=one.code, log_odds=one.log_odds, figures=dict(one.figures)) for one in weight.reasons],
        depth=DepthView.model_validate(weight.depth, from_attributes=True) if weight.depth else None,
        apart=len(weight.apart) if waiting else 0,
        pictures=_pictures(own),
        effect=_effect(city, own, waiting, weight, around),
    )


def weighed(known: Surroundings, own: Sequence[Report]) -> tuple[Weight, Around]:
    """What a group is worth, and against what it was held: of what waits, where anything does.

    What was accepted before speaks for it, but does not weigh for it: else one who lies later would ride on what others saw.
    """
    waiting = [report for report in own if report.state in PENDING]
    accepted = [report for report in own if report.state == "accepted"]
    heard = waiting or accepted or list(own)
    around = known.of(heard, accepted if waiting else ())
    return weigh(heard, around), around


def _pictures(own: Sequence[Report]) -> list[str]:
    kept: list[tuple[str, str]] = []
    for report in own:
        likeness = report.likeness or ""
        if report.picture and not any(report.picture == name or (likeness and alike(likeness, other)) for name, other in kept):
            kept.append((report.picture, likeness))
    return [name for name, _ in kept[:MOST_PICTURES]]


def _effect(city: City, own: Sequence[Report], waiting: Sequence[Report], weight: Weight, around: Around) -> EffectView:
    """What accepting what waits would do, with the depth that the group says; what stands apart is left."""
    low_point = next((report.low_point for report in own if report.low_point is not None), None)
    point = next((one for one in city.low_points if one.low_point_id == low_point), None)
    station, depth = reports_station(city, low_point if point else None), weight.depth
    fresh = [report for report in waiting or own if around.now_us - report.observed_us < REPORT_US]
    level = sum(rung.depth_m <= depth.depth_m for rung in point.levels) if point and depth else None
    sound = [report for report in waiting if report.report not in weight.apart]
    made = len(observations_of(sound, depth.depth_m, stations_of(city, low_point))) if station is not None and depth is not None else 0
    return EffectView(
        level=level,
        level_now=around.level,
        station=station.station_id if station else None,
        observations=made,
        why_none=_why_none(point, own, station, depth, fresh),
    )


def _why_none(
    point: LowPoint | None, own: Sequence[Report], station: Station | None, depth: GroupDepth | None, fresh: Sequence[Report]
) -> WhyNone:
    if point is None:
        return "no_low_point"
    if own[0].training:
        return "training"
    if station is None:
        return "no_station"
    if depth is None:
        return "no_depth"
    return "" if fresh else "too_old"


def report_views(own: Sequence[Report], sent: Mapping[str, int | None], away: Mapping[str, WhyApart]) -> list[ReportView]:
    """The reports of a group, without whose they are."""
    repeats = {one.report: DuplicateView(of=one.of, why=one.why) for one in duplicates(own)}
    return [
        ReportView(
            report=report.report,
            received_at=to_text(report.made_us),
            seen_at=to_text(report.observed_us),
            taken_at=to_text(report.taken_us) if report.taken_us is not None else None,
            language=report.language,
            channel=report.channel,
            place_by=report.place_by,
            place_error_m=report.place_error_m,
            lon=report.lon,
            lat=report.lat,
            depth=report.depth,
            depth_m=report.depth_m,
            words=report.words,
            picture=report.picture,
            source=source + 1,
            duplicate=repeats.get(report.report),
            apart=away.get(report.report),
            state=report.state,
            decided_by=report.decided_by,
            state_at=to_text(report.state_us) if report.decided_by else None,
            reason=report.reason,
            question=report.question,
            answer=report.answer,
            observation="" if report.report not in sent else "sent" if sent[report.report] is not None else "waits",
        )
        for source, report in zip(sources_of(own), own, strict=True)
    ]


def deed_view(row: AuditRow) -> DeedView:
    """A row of the audit as clients get it."""
    facts = row.facts
    return DeedView.model_validate(
        {
            "at": row.at,
            "actor": row.actor,
            "act": row.act.removeprefix("reports_"),
            "reports": len(facts.get("reports", ())),
            "depth_m": facts.get("depth_m"),
            "into": facts.get("into"),
            "words": facts.get("reason") or facts.get("question") or "",
        }
    )
