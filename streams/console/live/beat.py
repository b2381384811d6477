"""The beat of the stream: what time it is in the log, how old the data is, and whether the store is there (law 12)."""

from __future__ import annotations

import msgspec

from streams.observation.moments import SECOND_US, to_datetime, to_text
from streams.web.freshness import STALE_US, Freshness


class Beat(msgspec.Struct, frozen=True):
    """What is known of the data's age at a moment, from which it goes on growing by itself.

    Attributes
    ----------
    made_s
        That moment, by a clock that never goes back.
    away
        Whether the store does not answer.
    """

    fresh: Freshness
    made_s: float
    away: bool

    @property
    def mood(self) -> tuple[object, ...]:
        """What clients are told of at once when it changes."""
        return self.away, self.fresh.stale, self.fresh.silent, self.fresh.storm_time

    def frame(self, now_s: float) -> bytes:
        """The event. It has no id: whoever comes back tells the last version they got, not the last beat."""
        fresh = self.fresh
        passed_us = max(0, round((now_s - self.made_s) * SECOND_US))
        known = fresh.data_us is not None
        age_us = fresh.age_us + passed_us
        told = {
            "now": to_datetime((fresh.log_us + passed_us) // 1000 * 1000).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "data_at": to_text(fresh.data_us) if fresh.data_us is not None else None,
            "age_s": round(age_us / SECOND_US, 3) if known else None,
            "storm_time": fresh.storm_time,
            "stale": not known or age_us > STALE_US,
            "silent_districts": fresh.silent,
            "store": "away" if self.away else "ok",
        }
        return b"event: beat\ndata: %s\n\n" % msgspec.json.encode(told)
