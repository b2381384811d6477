"""Takes out of the histories what is too old, a few rows at a time, so that nobody waits for it.

Age is counted from the newest moment of the log: a simulated city may play a storm of another year, and its history is not old.
"""

from __future__ import annotations

from sqlalchemy import Column, Engine, Table, delete, func, select, tuple_

from streams.observation.moments import HOUR_US
from streams.store.engine import reading, writing
from streams.store.history_schema import FORECASTS_KEPT, POINT_HISTORY, RAIN_HISTORY, VERDICTS
from streams.store.now_schema import STATIONS_NOW, WATER_NOW
from streams.store.reports_schema import REPORT_READINGS, REPORTS, STATION_PICTURES
from streams.store.schema import DISTRICTS_HEARD

DAY_US = 24 * HOUR_US
KEPT: tuple[tuple[Table, str, int], ...] = (
    (POINT_HISTORY, "at_us", 30 * DAY_US),
    (RAIN_HISTORY, "at_us", 30 * DAY_US),
    (VERDICTS, "at_us", 2 * DAY_US),
    (FORECASTS_KEPT, "issued_us", 7 * DAY_US),
    (STATION_PICTURES, "observed_us", 30 * DAY_US),
    # what people wrote, where they were, and digests of their devices; what was decided stays in the audit, which has none of these
    (REPORTS, "made_us", 365 * DAY_US),
    (REPORT_READINGS, "made_us", 365 * DAY_US),
    # of districts and stations that are gone from the city
    (STATIONS_NOW, "as_of_us", 2 * DAY_US),
    (WATER_NOW, "as_of_us", 2 * DAY_US),
)
"""Tables, their time, and how long their rows are kept."""

STEP_ROWS = 2_000
MOST_STEPS = 10


def prune(engine: Engine, step_rows: int = STEP_ROWS, most_steps: int = MOST_STEPS) -> int:
    """Take out old rows.

    Parameters
    ----------
    step_rows
        Rows in one transaction.
    most_steps
        Transactions for one table; what is left waits for the next time.

    Returns
    -------
    int
        How many rows were taken out.
    """
    with reading(engine) as connection:
        newest_us = connection.execute(select(func.max(DISTRICTS_HEARD.c.up_to_us))).scalar()
    if newest_us is None:
        return 0
    return sum(_prune(engine, table, table.c[time], newest_us - kept_us, step_rows, most_steps) for table, time, kept_us in KEPT)


def _prune(engine: Engine, table: Table, time: Column[int], before_us: int, step_rows: int, most_steps: int) -> int:
    key = tuple_(*table.primary_key)
    old = select(*table.primary_key).where(time < before_us).order_by(time).limit(step_rows)
    gone = 0
    for _ in range(most_steps):
        with writing(engine) as connection:
            taken = connection.execute(delete(table).where(key.in_(old))).rowcount
        gone += taken
        if taken < step_rows:
            break
    return gone
