"""Groups of reports as clients get them: weighed against what is known around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from streams.audit.row import AuditRow
from streams.city.model import LowPoint, Station
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
from streams.reports.observed import Observed, ReportStations, minutes_left, observations_of
from streams.reports.report import Report
from streams.reports.triage.apart import WhyApart
from streams.reports.triage.duplicates import duplicates
from streams.reports.triage.likeness import alike
from streams.reports.triage.sources import sources_of
from streams.reports.weighed import Weighed

MOST_PICTURES = 12


def group_view(known: Surroundings, stations: ReportStations, own: Sequence[Report], found: Weighed, wait: int) -> GroupView:
    """A group, of at least one report, and what it was found to be worth; so many of its reports `wait`, read or not."""
    weight, waiting = found.weight, found.waiting
    point, near = known.low_point(own), known.nearest(own)
    takes = stations.of_group(_named(own))
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
        waits=[_waiting(one, found, takes(one) is not None) for one in waiting],
        accepted_reports=[report.report for report in own if report.state == "accepted"],
        unread=max(wait - len(waiting), 0),
        sources=weight.sources,
        photos=weight.photos,
        score=weight.score,
        reasons=[ReasonView(code=one.code, log_odds=one.log_odds, figures=dict(one.figures)) for one in weight.reasons],
        depth=DepthView.model_validate(weight.depth, from_attributes=True) if weight.depth else None,
        apart=len(weight.apart) if waiting else 0,
        pictures=_pictures(own),
        effect=_effect(known, stations, own, found),
    )


def _named(own: Sequence[Report]) -> str | None:
    """The low point that a group is about."""
    return next((report.low_point for report in own if report.low_point is not None), None)


def _waiting(report: Report, found: Weighed, observes: bool) -> WaitingView:
    return WaitingView(
        report=report.report,
        picture=report.picture,
        apart=report.report in found.weight.apart,
        depth_m=report.depth_m,
        minutes=minutes_left(report.observed_us, found.around.now_us),
        observes=observes and not report.training,
    )


def _pictures(own: Sequence[Report]) -> list[str]:
    kept: list[tuple[str, str]] = []
    for report in own:
        likeness = report.likeness or ""
        if report.picture and not any(report.picture == name or (likeness and alike(likeness, other)) for name, other in kept):
            kept.append((report.picture, likeness))
    return [name for name, _ in kept[:MOST_PICTURES]]


def _effect(known: Surroundings, stations: ReportStations, own: Sequence[Report], found: Weighed) -> EffectView:
    """What accepting what waits would do, with the depth that the group says; what stands apart is left."""
    low_point = _named(own)
    point = known.point(low_point)
    station, depth = stations.of(low_point if point else None), found.weight.depth
    level = sum(rung.depth_m <= depth.depth_m for rung in point.levels) if point and depth else None
    made: list[Observed] = []
    if station is not None and depth is not None:
        made = observations_of(found.sound, depth.depth_m, stations.of_group(low_point))
    left = [minutes for one in made if (minutes := one.minutes_left(found.around.now_us))]
    return EffectView(
        level=level,
        level_now=found.around.level,
        station=station.station_id if station else None,
        observations=len(left),
        minutes=max(left, default=0),
        why_none=_why_none(point, station, found, made, left),
    )


def _why_none(point: LowPoint | None, station: Station | None, found: Weighed, made: Sequence[Observed], left: Sequence[int]) -> WhyNone:
    if not found.waiting:
        return "nothing_waits"
    if point is None:
        return "no_low_point"
    if found.waiting[0].training:
        return "training"
    if station is None:
        return "no_station"
    if found.weight.depth is None:
        return "no_depth"
    if not found.sound:
        return "all_apart"
    if not made:
        # one that names another low point, as merging may bring, has none there; all others have a place that is not at the point
        return "no_station" if all(report.low_point is not None for report in found.sound) else "too_far"
    return "" if left else "too_old"


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
