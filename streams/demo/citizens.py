"""People of the demo city who report water in the simulated storm: most say what they see, some lie. All of it is made up.

Who is honest sees the true depth as well as people do: a word for how far up a leg or a car it stands, off by a hand; late, for reports
trail the first water by 54 min in the median (FACTS), with a long tail; seven of ten with a picture. A third of them share the address of
a mobile operator with others. Some report from streets that are no low point of the city.

Who lies does so alone, but with many reports: by one telephone, from one address under many telephones, with copies of an honest
picture, of many places at the same time, or with a wrong depth where there is water.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import cos, radians

import numpy as np

from streams.observation.moments import SECOND_US
from streams.reports.depth import DEPTH_WORDS
from streams.reports.report import Report

LAG_MEDIAN_S, LAG_SIGMA = 54 * 60.0, 0.9
SEES_SD_M = 0.08
SEND_S = 90.0
PICTURE_SHARE = 0.7
OPERATOR_SHARE, OPERATORS = 0.33, 25
REPORTERS = 9.0
"""People at a place under water who report it, on average."""
LEAST_M = 0.10
LIES_SHARE = 0.2
JITTER_M = 25.0
_M_PER_DEG = 111_195.0

Depth = Callable[[float], float]
"""True depth in m at a second of the storm."""


@dataclass(frozen=True)
class Street:
    """A place where people are; `low_point` is None where the city has none there."""

    name: str
    lon: float
    lat: float
    depth: Depth
    low_point: str | None = None


@dataclass(frozen=True)
class Said:
    """A report, and the truth of it: `kind` is "honest", or how it lies; `street` is where it claims to be; `shot` numbers its picture."""

    report: Report
    honest: bool
    kind: str
    street: str
    shot: int | None = None


class Citizens:
    """Makes the reports of one storm.

    Parameters
    ----------
    start_us
        The moment of the storm's second 0.
    duration_s
        How long it lasts.
    reporters
        People at a place under water who report it, on average.
    """

    def __init__(self, streets: Sequence[Street], start_us: int, duration_s: float, seed: int, reporters: float = REPORTERS):
        self._streets, self._start_us, self._duration_s, self._reporters = list(streets), start_us, duration_s, reporters
        self._rng = np.random.default_rng([seed, 8])
        self._count = 0

    def reports(self, lies_share: float = LIES_SHARE) -> list[Said]:
        """All reports in the order in which they are received; so many of them are lies as the share says."""
        honest = [said for street in self._streets for said in self._of_street(street)]
        wanted = round(len(honest) * lies_share / (1 - lies_share)) if lies_share else 0
        lies: list[Said] = []
        kinds = (self._one_device, self._one_address, self._copies, self._everywhere, self._wrong_depth)
        turn = int(self._rng.integers(len(kinds)))
        while len(lies) < wanted and honest:
            lies += kinds[turn % len(kinds)](honest)
            turn += 1
        return sorted([*honest, *lies[:wanted]], key=lambda said: (said.report.made_us, said.report.report))

    def _of_street(self, street: Street) -> list[Said]:
        times_s = np.arange(0.0, self._duration_s, 60.0)
        wet = [at_s for at_s in times_s.tolist() if street.depth(at_s) >= LEAST_M]
        found: list[Said] = []
        for _ in range(int(self._rng.poisson(self._reporters)) if wet else 0):
            seen_s = wet[0] + float(self._rng.lognormal(np.log(LAG_MEDIAN_S), LAG_SIGMA))
            if seen_s < self._duration_s and street.depth(seen_s) >= LEAST_M:
                word = _nearest(street.depth(seen_s) + float(self._rng.normal(0, SEES_SD_M)))
                picture = self._likeness() if self._rng.random() < PICTURE_SHARE else None
                found.append(self._said(street, seen_s, word, self._name("phone"), self._address(), picture, "honest"))
        return found

    def _one_device(self, honest: Sequence[Said]) -> list[Said]:
        """One telephone that reports deep water of a dry place again and again, over changing addresses, each time with another picture."""
        street, at_s, device = self._dry(), self._moment(honest), self._name("liar")
        return [
            self._said(street, at_s + 60.0 * n, "thigh", device, self._name("cell"), self._likeness(), "one device")
            for n in range(int(self._rng.integers(5, 16)))
        ]

    def _one_address(self, honest: Sequence[Said]) -> list[Said]:
        """Many telephones, or one without cookies, behind one address."""
        street, at_s, address = self._dry(), self._moment(honest), self._name("den")
        return [
            self._said(street, at_s + 45.0 * n, "knee", self._name("phone"), address, self._likeness(), "one address")
            for n in range(int(self._rng.integers(5, 13)))
        ]

    def _copies(self, honest: Sequence[Said]) -> list[Said]:
        """A few who send the picture that an honest one took elsewhere, hardly changed."""
        pictured = [said for said in honest if said.report.likeness]
        if not pictured:
            return []
        taken = pictured[int(self._rng.integers(len(pictured)))]
        street, at_s, device = self._dry(), (taken.report.observed_us - self._start_us) / SECOND_US + 300.0, self._name("liar")
        copied = str(taken.report.likeness)
        lies = [self._said(street, at_s + 120.0 * n, "knee", device, self._name("cell"), self._changed(copied), "copy") for n in range(3)]
        return [replace(lie, shot=taken.shot) for lie in lies]

    def _everywhere(self, honest: Sequence[Said]) -> list[Said]:
        """One telephone that is in many places of the city within minutes."""
        at_s, device, address = self._moment(honest), self._name("liar"), self._name("cell")
        chosen = self._rng.permutation(len(self._streets))[:6].tolist()
        return [
            self._said(self._streets[at], at_s + 60.0 * n, "bonnet", device, address, self._likeness(), "everywhere")
            for n, at in enumerate(chosen)
        ]

    def _wrong_depth(self, honest: Sequence[Said]) -> list[Said]:
        """Somebody who says of a place under water that it is dry, or far deeper, a few times."""
        about = honest[int(self._rng.integers(len(honest)))]
        street = next(one for one in self._streets if one.name == about.street)
        at_s, device, address = (about.report.observed_us - self._start_us) / SECOND_US, self._name("liar"), self._name("cell")
        word = "dry" if self._rng.random() < 0.5 else "bonnet"
        return [self._said(street, at_s + 90.0 * n, word, device, address, None, "wrong depth") for n in range(3)]

    def _said(self, street: Street, seen_s: float, word: str, device: str, address: str, likeness: str | None, kind: str) -> Said:
        depth_m = next(one.depth_m for one in DEPTH_WORDS if one.word == word)
        east_m, north_m = self._rng.normal(0, JITTER_M, 2).tolist()
        observed_us = self._start_us + round(seen_s * SECOND_US)
        name = f"c{self._count:05d}"
        self._count += 1
        report = Report(
            report=name,
            made_us=observed_us + round(float(self._rng.exponential(SEND_S)) * SECOND_US),
            observed_us=observed_us,
            language="zh",
            lon=round(street.lon + east_m / (_M_PER_DEG * cos(radians(street.lat))), 6),
            lat=round(street.lat + north_m / _M_PER_DEG, 6),
            place_by="position",
            place_error_m=JITTER_M,
            low_point=street.low_point,
            depth=word,
            depth_m=depth_m,
            picture=f"{self._count:064x}" if likeness else None,
            likeness=likeness,
            device=device,
            address=address,
            group_id=name,
        )
        return Said(report, kind == "honest", kind, street.name, self._count if likeness else None)

    def _dry(self) -> Street:
        """A street that never goes under water; any where there is none."""
        dry = [street for street in self._streets if max(street.depth(s) for s in np.arange(0.0, self._duration_s, 300.0)) < LEAST_M]
        some = dry or self._streets
        return some[int(self._rng.integers(len(some)))]

    def _moment(self, honest: Sequence[Said]) -> float:
        """When others report too: lies hide among what is true."""
        about = honest[int(self._rng.integers(len(honest)))]
        return (about.report.observed_us - self._start_us) / SECOND_US

    def _address(self) -> str:
        shared = self._rng.random() < OPERATOR_SHARE
        return f"operator{int(self._rng.integers(OPERATORS))}" if shared else self._name("home")

    def _name(self, kind: str) -> str:
        return f"{kind}-{self._rng.integers(2**48):012x}"

    def _likeness(self) -> str:
        return f"{int.from_bytes(self._rng.bytes(8), 'big'):016x}"

    def _changed(self, likeness: str) -> str:
        """What saving a picture again does to its likeness."""
        number = int(likeness, 16)
        for bit in self._rng.choice(64, 3, replace=False).tolist():
            number ^= 1 << bit
        return f"{number:016x}"


def _nearest(depth_m: float) -> str:
    return min(DEPTH_WORDS, key=lambda word: abs(word.depth_m - depth_m)).word
