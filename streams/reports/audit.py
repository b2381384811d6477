"""The coverage audit over a store: where a low point is missing, by the reports of the last days."""

from __future__ import annotations

from sqlalchemy import Engine

from streams.city.model import City
from streams.observation.moments import HOUR_US
from streams.reports.around import Surroundings
from streams.reports.coverage import DAYS, Proposal, proposals
from streams.reports.ground import Ground
from streams.reports.triage.weigh import weigh
from streams.store.reports_groups import reports_since

MOST_REPORTS = 20_000


def coverage_of(city: City, engine: Engine, now_us: int, ground: Ground) -> list[Proposal]:
    """Proposals for new low points, the best founded first."""
    known = Surroundings(city, engine, now_us, ground)
    recent = reports_since(engine, now_us - DAYS * 24 * HOUR_US, MOST_REPORTS)
    return proposals(city, recent, lambda some: weigh(some, known.of(some)).score)
