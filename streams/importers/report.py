"""What an import did: what it wrote, what it left out and why, in counts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec

FILE = "import.json"


@dataclass(frozen=True)
class RecordingReport:
    """One recording that was written; `window` is its first and last possible second (RFC 3339)."""

    name: str
    folder: str
    window: tuple[str, str]
    low_points: int
    readings: int
    water_readings: int
    floods: int | None = None
    low_points_left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportReport:
    """Counts by reason. Every row of the input is in exactly one of `kept` and `left_out`; a kept one can have several remarks.

    `left_out` counts whole rows (floods, or lines of a gauge), `remarks` kept floods with dirt that did no harm,
    `readings_dropped` single points of profiles that were not used.
    """

    source: str
    rows_read: int
    kept: int
    left_out: Mapping[str, int]
    remarks: Mapping[str, int]
    readings_dropped: Mapping[str, int]
    sensors_left_out: Mapping[str, int]
    recordings: tuple[RecordingReport, ...]

    def write(self, folder: Path) -> None:
        """Write `import.json`, beside the recordings and not inside a city: a replay never sees it."""
        folder.mkdir(parents=True, exist_ok=True)
        text = msgspec.json.format(msgspec.json.encode(asdict(self)), indent=1)
        (folder / FILE).write_bytes(text + b"\n")


def ordered(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by name, so that equal imports give equal reports."""
    return dict(sorted(counts.items()))
