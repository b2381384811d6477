"""Who was not reached, for those who knock on doors: ids and doors' floors for whoever may look, addresses for officers alone."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from streams.desk.caller import Caller, Looks
from streams.desk.desk import AtDesk, Desk
from streams.desk.duty_wire import ZoneCount
from streams.desk.problems import Problem, documented, problem
from streams.desk.wire import Moment
from streams.observation.moments import to_text
from streams.officers.roles import Act
from streams.people.vault import PeopleVault, PeopleVaultError
from streams.store.engine import one_moment
from streams.store.not_reached import NotReached, count_not_reached, not_reached

MOST_PEOPLE = 5000
NO_KEY = (
    "this process has no key to residents' addresses: have the operator start it with --residents-key FILE, "
    "or write the list with `lowpoint account not-reached`; nothing was read"
)

router = APIRouter(prefix="/api", tags=["not reached"])

_LOCKED: dict[int | str, dict[str, Any]] = {409: {"model": Problem, "description": "There is no key to addresses here, or another one"}}


class NotReachedView(BaseModel):
    """Somebody without a receipt, by an id that says nothing; null where no addresses were asked for."""

    resident: str
    zone: str
    identifier: str
    level: int
    floor: int | None
    mobility: str
    state: str
    why: str
    addresses: list[str] | None
    contacts: list[str] | None
    phone: str | None
    unreadable: bool = Field(description="what is kept of them cannot be opened: look them up where the residents came from")


class NotReachedList(BaseModel):
    """People without a receipt, the most endangered first; `left_off` more are not listed, and counted all the same."""

    as_of: Moment
    total: int
    left_off: int
    by_zone: list[ZoneCount]
    people: list[NotReachedView]


@router.get("/not-reached", responses=documented(401, 403, 404, 422, 503) | _LOCKED)
def unreached(
    desk: AtDesk,
    caller: Looks,
    zone: Annotated[str | None, Query(max_length=100, description="only this one")] = None,
    addresses: Annotated[bool, Query(description="with addresses, contacts and numbers, for officers; it is told in the audit")] = False,
    limit: Annotated[int, Query(ge=1, le=MOST_PEOPLE)] = 500,
) -> NotReachedList:
    """List who has no receipt of an order that stands. What was sent to whom never stands in an address."""
    if zone is not None and all(zone != one.zone_id for one in desk.city.zones):
        raise problem(404, f"there is no zone {zone} in the city")
    vault = _vault(desk, caller) if addresses else None
    with one_moment(desk.engine):
        now_us, counts = desk.fresh().now_us, count_not_reached(desk.engine)
        found = _people(desk, caller, zone, vault, limit)
    own = {name: people for name, people in counts.items() if zone in (None, name)}
    total = sum(own.values())
    return NotReachedList(
        as_of=to_text(now_us),
        total=total,
        left_off=total - len(found),
        by_zone=[ZoneCount(zone=name, people=people) for name, people in own.items()],
        people=[_view(one, opened=vault is not None) for one in found],
    )


def _vault(desk: Desk, caller: Caller) -> PeopleVault:
    if not caller.may(Act.READ_ADDRESSES):
        raise problem(403, f"{caller.words} may not read addresses: an officer must; nothing was read")
    if desk.people is None:
        raise problem(409, NO_KEY)
    return desk.people


def _people(desk: Desk, caller: Caller, zone: str | None, vault: PeopleVault | None, limit: int) -> list[NotReached]:
    try:
        return not_reached(desk.engine, vault, zone=zone, by=caller.name, now_us=desk.now_us(), most=limit)
    except PeopleVaultError as error:
        raise problem(409, f"{error}; nothing was read") from None


def _view(one: NotReached, *, opened: bool) -> NotReachedView:
    return NotReachedView(
        resident=one.resident,
        zone=one.zone,
        identifier=one.identifier,
        level=one.level,
        floor=one.floor,
        mobility=one.mobility,
        state=one.state,
        why=one.why,
        addresses=list(one.details.addresses) if opened else None,
        contacts=list(one.details.contacts) if opened else None,
        phone=one.phone if opened else None,
        unreadable=one.unreadable,
    )
