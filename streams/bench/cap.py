"""Writes the alerts of thousands of random incidents and holds every one against the schema of CAP 1.2 and against our rules.

And spoils some in ways that the schema lets through: ours must refuse each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from streams import clock
from streams.alerts.alert import Alert, Status
from streams.alerts.cap import from_cap, to_cap
from streams.alerts.check import check
from streams.alerts.drill import ExerciseRefused, refuse_exercise
from streams.alerts.thread import threads_of
from streams.bench.cap_incidents import random_incidents
from streams.bench.cap_mutations import MUTATIONS
from streams.bench.cap_schema import schema_faults

SEED = 20_210_720
SPOILED = 25
"""Messages that every mutation is tried on."""

STATUSES: tuple[Status, ...] = ("Actual", "Exercise", "Test")
SHOWN = 5


@dataclass(frozen=True)
class Spoiled:
    """One mutation: on how many messages, how many of them the schema let through, and how many of those our rules refused."""

    name: str
    tried: int
    schema_let_through: int
    refused: int

    @property
    def holds(self) -> bool:
        """It is one that only our rules catch, and they always do."""
        return 0 < self.tried == self.schema_let_through == self.refused


@dataclass(frozen=True)
class CapReport:
    """What came of it; `faults` are in words, with the identifier."""

    incidents: int
    messages: Counter[str]
    faults: list[str]
    misread: int
    let_in: int
    not_for_real: int
    spoiled: list[Spoiled] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Nothing was found wrong, and every mutation was refused."""
        return not self.faults and not self.misread and not self.let_in and bool(self.spoiled) and all(one.holds for one in self.spoiled)

    def lines(self) -> Iterator[str]:
        """Tell it in Markdown."""
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.messages.items()))
        yield f"{self.incidents:,} incidents, {self.messages.total():,} messages ({kinds}) in {self.seconds:.0f} s"
        yield f"against the schema and our rules: {len(self.faults)} faults; read back as something else: {self.misread}"
        yield from self.faults[:SHOWN]
        yield f"drills and tests let into the live path: {self.let_in} of {self.not_for_real:,}"
        yield ""
        yield "| spoiled so | messages | the schema lets through | our rules refuse |"
        yield "|---|---|---|---|"
        for one in self.spoiled:
            yield f"| {one.name} | {one.tried} | {one.schema_let_through} | {one.refused} |"


def check_incidents(incidents: int = 10_000, seed: int = SEED) -> CapReport:
    """Make them, check them, and spoil the first that can be spoiled in every way."""
    begun_s = clock.monotonic_s()
    messages: Counter[str] = Counter()
    faults: list[str] = []
    misread = let_in = not_for_real = 0
    sound: list[bytes] = []
    for number, incident in enumerate(random_incidents(incidents, seed)):
        status = STATUSES[number % len(STATUSES)]
        for alert in threads_of(incident.city, incident.orders, lambda _, place=incident.place: place, status):  # type: ignore[misc]
            document = to_cap(alert)
            messages[alert.msg_type] += 1
            faults += [f"{alert.identifier}: {fault}" for fault in faults_of(alert, document)]
            misread += from_cap(document) != alert
            not_for_real += status != "Actual"
            let_in += status != "Actual" and _let_in(alert, document)
            if len(sound) < SPOILED and can_be_spoiled(alert):
                sound.append(document)
    spoiled = [spoil(name, sound) for name in MUTATIONS]
    return CapReport(incidents, messages, faults, misread, let_in, not_for_real, spoiled, clock.monotonic_s() - begun_s)


def faults_of(alert: Alert, document: bytes) -> list[str]:
    """What the schema and our rules find; one for real is held against what the live path asks as well."""
    return [*schema_faults(document), *check(document, live=alert.status == "Actual")]


def can_be_spoiled(alert: Alert) -> bool:
    """Whether it has all that the mutations work on."""
    drawn = any(area.polygons for area in alert.infos[0].areas)
    return alert.status == "Actual" and alert.msg_type == "Update" and len(alert.infos) > 1 and drawn


def spoil(name: str, documents: list[bytes]) -> Spoiled:
    """Try one mutation on sound documents."""
    let_through = refused = 0
    for document in documents:
        root = deepcopy(etree.fromstring(document))
        MUTATIONS[name](root)
        spoiled = bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
        if not schema_faults(spoiled):
            let_through += 1
            refused += bool(check(spoiled))
    return Spoiled(name, len(documents), let_through, refused)


def _let_in(alert: Alert, document: bytes) -> bool:
    try:
        refuse_exercise(alert)
    except ExerciseRefused:
        return not check(document, live=True)
    return True
