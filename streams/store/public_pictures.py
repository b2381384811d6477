"""The pictures of a low point that the public may see: of accepted reports, where an operator said so."""

from __future__ import annotations

import msgspec
from sqlalchemy import Engine, select

from streams.store.engine import reading
from streams.store.reports_schema import PICTURES, REPORTS

MOST = 3
_MOST_LOOKED_AT = 60
"""Reports: one picture may have come with several."""


class PublicPicture(msgspec.Struct, frozen=True):
    """A picture that the public may see; `depth` is the word that its writer chose, "" for none, `observed_us` when the water was seen."""

    picture: str
    width: int
    height: int
    depth: str
    observed_us: int


def public_pictures(engine: Engine, low_point: str, since_us: int, most: int = MOST) -> tuple[PublicPicture, ...]:
    """The newest ones of water that was seen since a moment, newest first, each once, never of an exercise."""
    columns = (PICTURES.c.picture, PICTURES.c.width, PICTURES.c.height, REPORTS.c.depth, REPORTS.c.observed_us)
    theirs = (REPORTS.c.low_point == low_point) & (REPORTS.c.state == "accepted") & (REPORTS.c.training == 0)
    # received after it was seen, and found by that
    young = (REPORTS.c.observed_us >= since_us) & (REPORTS.c.made_us >= since_us)
    query = select(*columns).join(REPORTS, REPORTS.c.picture == PICTURES.c.picture).where(theirs, young, PICTURES.c.public == 1)
    newest = query.order_by(REPORTS.c.observed_us.desc(), REPORTS.c.report).limit(_MOST_LOOKED_AT)
    with reading(engine) as connection:
        found: dict[str, PublicPicture] = {}
        for row in connection.execute(newest):
            found.setdefault(row.picture, PublicPicture(*row))
    return tuple(found.values())[:most]
