"""A group of reports weighed against what is known around it: the one way in which desk, written rule and trial of the demo city do it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from streams.reports.around import Surroundings
from streams.reports.report import Report
from streams.reports.triage.around import Around
from streams.reports.triage.weigh import Weight, weigh
from streams.store.reports_groups import PENDING


class Weighed(msgspec.Struct, frozen=True):
    """What a group is worth.

    Attributes
    ----------
    waiting
        Those of its reports that wait for somebody who decides.
    weight
        Of those, where there are any; else of what was accepted, else of all.
    around
        What it was held against.
    """

    waiting: tuple[Report, ...]
    weight: Weight
    around: Around

    @property
    def sound(self) -> tuple[Report, ...]:
        """Those that wait and do not stand apart: accepting the group means these."""
        return tuple(report for report in self.waiting if report.report not in self.weight.apart)


def waiting_of(own: Sequence[Report]) -> tuple[Report, ...]:
    """Those of a group's reports that wait for somebody who decides."""
    return tuple(report for report in own if report.state in PENDING)


def weighed(known: Surroundings, own: Sequence[Report]) -> Weighed:
    """Weigh a group, at least one report.

    What was accepted before speaks for it, but does not weigh for it: else one who lies later would ride on what others saw.
    """
    waiting = waiting_of(own)
    accepted = [report for report in own if report.state == "accepted"]
    heard = waiting or accepted or own
    around = known.of(heard, accepted if waiting else ())
    return Weighed(waiting, weigh(heard, around), around)
