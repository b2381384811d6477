"""How things stand: what the districts say, the head of the audit, and how old all of it is."""

from __future__ import annotations

from fastapi import APIRouter

from streams.alerts.levels import NAMES
from streams.desk.caller import Calls, Looks
from streams.desk.desk import AtDesk
from streams.desk.problems import documented, problem
from streams.desk.wire import CityView, DistrictAge, Districts, DistrictView, HeadView, Health, ZoneView
from streams.observation.moments import SECOND_US, to_text
from streams.officers.roles import Act
from streams.rules.city_state import CityState
from streams.rules.outputs import ZoneState
from streams.store.audit import audit_head
from streams.store.queries import DistrictSays, city_of, districts_heard, districts_say
from streams.web.freshness import Freshness

router = APIRouter(prefix="/api", tags=["state"])


@router.get("/districts", responses=documented(401, 403, 503))
def districts(desk: AtDesk, _: Looks) -> Districts:
    """Tell level and rainfall signal of the city and of each district, and the zones not at rest."""
    fresh, says = desk.fresh(), districts_say(desk.engine)
    return Districts(
        as_of=to_text(fresh.now_us),
        silent_districts=list(fresh.silent),
        city=_city(city_of(desk.city.districts, says)),
        districts=[_district(one) for one in says],
    )


@router.get("/audit/head", responses=documented(401, 403, 503))
def head(desk: AtDesk, caller: Calls) -> HeadView:
    """Tell the head of the audit, to be kept elsewhere."""
    if not caller.may(Act.EXPORT_AUDIT):
        raise problem(403, f"{caller.words} may not take the audit's head: an administrator must")
    found = audit_head(desk.engine)
    return HeadView(number=found.number, hash=found.hash, text=str(found))


@router.get("/health", responses=documented(503))
def health(desk: AtDesk) -> Health:
    """Tell how old each district's word is; 503 where the store is away."""
    fresh = desk.fresh()
    heard = {row.district: row.up_to_us for row in districts_heard(desk.engine)}
    ages = [_age(district, heard.get(district), fresh) for district in desk.city.districts]
    status = "no_data" if fresh.data_us is None else "stale" if fresh.stale else "degraded" if fresh.silent else "ok"
    return Health.model_validate(
        {"status": status, "now": to_text(fresh.now_us), "silent_districts": list(fresh.silent), "districts": ages}
    )


def _age(district: str, up_to_us: int | None, fresh: Freshness) -> DistrictAge:
    if up_to_us is None:
        return DistrictAge(district=district, up_to=None, age_s=None)
    return DistrictAge(district=district, up_to=to_text(up_to_us), age_s=max(0, fresh.now_us - up_to_us) / SECOND_US)


def zone_view(zone: ZoneState) -> ZoneView:
    """A zone that is not at rest, here and in the live stream."""
    return ZoneView(
        zone_id=zone.zone,
        level=zone.level,
        level_name=NAMES[zone.level],
        identifier=zone.identifier,
        state=zone.state,
        by_hand=zone.by_hand,
        silenced=zone.silenced,
        muted=list(zone.muted),
    )


def _district(says: DistrictSays) -> DistrictView:
    return DistrictView(
        district=says.district,
        as_of=to_text(says.as_of_us),
        level=says.level,
        level_name=NAMES[says.level],
        signal=says.signal,
        zones=[zone_view(zone) for zone in says.zones],
    )


def _city(city: CityState) -> CityView:
    return CityView(
        as_of=to_text(city.as_of_us) if city.as_of_us is not None else None,
        level=city.level,
        level_name=NAMES[city.level],
        signal=city.signal,
        districts_at=list(city.districts_at),
        missing=list(city.missing),
    )
