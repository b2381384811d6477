"""What a demo shows while it plays: storm time, rain, points by level, readings a second, texts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from rich.console import Console
from rich.live import Live
from rich.table import Table

from streams import clock
from streams.observation.moments import to_datetime
from streams.replay.run import Stage
from streams.store.outbox import account

PLAIN_EVERY_S = 10.0
TEXTS_EVERY_S = 1.0


@dataclass
class Progress:
    """Watches a replay; redraws on a terminal, prints a line now and then elsewhere."""

    console: Console
    title: str = "SIMULATED storm"
    live: Live | None = None
    page: str = ""
    _begun_s: float = field(default_factory=clock.monotonic_s)
    _plain_s: float = 0.0
    _texts_s: float = 0.0
    _texts: int = 0

    def __call__(self, stage: Stage) -> None:
        """Show how it stands now."""
        now_s = clock.monotonic_s()
        if now_s - self._texts_s > TEXTS_EVERY_S:
            self._texts, self._texts_s = sum(account(stage.engine).values()), now_s
        if self.live is not None:
            self.live.update(self._table(stage))
        elif now_s - self._plain_s > PLAIN_EVERY_S:
            self._plain_s = now_s
            self.console.print("  ".join(f"{name} {value}" for name, value in self._figures(stage)))

    def _figures(self, stage: Stage) -> list[tuple[str, str]]:
        standing = list(stage.collected.standing.values())
        levels = Counter(point.level for district in standing for point in district.points)
        rain = max((district.rain_mm_30min for district in standing), default=0.0)
        moment = to_datetime(stage.sent.log_us).astimezone(stage.city.zone_info).strftime("%H:%M:%S") if stage.sent.log_us else "-"
        rate = stage.sent.readings / max(clock.monotonic_s() - self._begun_s, 0.1)
        shares = [f"level {level}: {levels[level]}" for level in (4, 3, 2, 1, 0)] + [f"unknown: {levels['unknown']}"]
        return [
            ("storm time", moment),
            ("rain in 30 min, most", f"{rain:.1f} mm"),
            ("points", ", ".join(shares)),
            ("readings", f"{stage.sent.readings} ({rate:,.0f}/s)"),
            ("texts", str(self._texts)),
        ]

    def _table(self, stage: Stage) -> Table:
        table = Table(title=f"{self.title} over {stage.city.name}", show_header=False)
        for name, value in [*self._figures(stage), ("page", self.page)]:
            table.add_row(name, value)
        return table
