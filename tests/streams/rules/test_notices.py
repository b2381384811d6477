"""What is active, inhibited and silenced, after each step of random scripts, against a real Alertmanager."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tenacity import RetryError, retry, retry_if_result, stop_after_delay, wait_fixed

from streams import clock
from streams.city import defaults
from streams.city.model import Zone
from streams.observation.moments import to_datetime
from streams.rules.models import as_models
from streams.rules.notices import notices
from streams.rules.work import Work
from tests.streams.rules.alertmanager import Alertmanager, program, running
from tests.streams.towns import Run, calm, depths, rain, square, town, us

POINTS, STEPS, SCRIPTS = 4, 50, 3
Sets = dict[str, set[tuple[str, str, str]]]


def block() -> Run:
    """Points so near each other that a zone answers to several of them."""
    zones = tuple(Zone(f"Z{n}", "D1", square(113.6, 34.7 + n * 0.0015, 60.0)) for n in range(3))
    # drafts that nobody has let out may be taken down by one officer, so the scripts can end what they raise
    run = Run(town(points=POINTS, apart_m=150.0, zones=zones, approval=dict(defaults.APPROVAL)))
    return run.hear([*rain(0, 2), *(reading for n in range(POINTS) for reading in depths(f"S{n}", [0.0], start_s=1))], until_s=70)


def ours(run: Run) -> Sets:
    work = Work(run.plan, run.state, as_models(calm), now_us=run.state.heard_until_us)
    found: Sets = {"active": set(), "inhibited": set(), "silenced": set()}
    for notice in notices(work):
        name = (
            run.plan.zones[notice.zone].zone_id,
            run.plan.points[notice.point].low_point_id if notice.point >= 0 else "",
            str(notice.level),
        )
        found["active"] |= {name} if notice.active else set()
        found["inhibited"] |= {name} if notice.inhibited else set()
        found["silenced"] |= {name} if notice.silenced else set()
    return found


class Theirs:
    """The same alerts and silences, given to Alertmanager."""

    def __init__(self, server: Alertmanager):
        self._server = server
        self._told: set[tuple[str, str, str]] = set()
        self._silences: dict[str, tuple[str, int]] = {}

    def tell(self, names: set[tuple[str, str, str]], silences: dict[str, int]) -> None:
        over = to_datetime(clock.now_us()) - timedelta(seconds=1)
        later = over + timedelta(hours=1)
        alerts = [_alert(name, later) for name in sorted(names)] + [_alert(name, over) for name in sorted(self._told - names)]
        if alerts:
            self._server.post(alerts)
        self._told = set(names)
        for zone in [zone for zone, (_, level) in self._silences.items() if silences.get(zone) != level]:
            self._server.expire(self._silences.pop(zone)[0])
        for zone, level in silences.items():
            if zone not in self._silences:
                levels = {"name": "level", "value": "|".join(map(str, range(1, level + 1))), "isRegex": True, "isEqual": True}
                matchers = [{"name": "zone", "value": zone, "isRegex": False, "isEqual": True}, levels]
                until = {"startsAt": _time(over), "endsAt": _time(later), "createdBy": "li", "comment": "works"}
                self._silences[zone] = (self._server.silence({"matchers": matchers, **until}), level)

    def sets(self) -> Sets:
        found: Sets = {"active": set(), "inhibited": set(), "silenced": set()}
        for alert in self._server.alerts():
            labels, status = alert["labels"], alert["status"]
            name = (labels["zone"], labels.get("point", ""), labels["level"])
            found["active"] |= {name} if status["state"] == "active" else set()
            found["inhibited"] |= {name} if status["inhibitedBy"] else set()
            found["silenced"] |= {name} if status["silencedBy"] else set()
        return found


def _alert(name: tuple[str, str, str], ends: datetime) -> dict[str, Any]:
    zone, point, level = name
    labels = {"alertname": "flood", "kind": "point" if point else "zone", "zone": zone, "level": level}
    labels |= {"point": point} if point else {}
    return {"labels": labels, "startsAt": _time(ends - timedelta(hours=2)), "endsAt": _time(ends)}


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def one_step(run: Run, script: random.Random, at_s: float) -> None:
    """Something happens: water, a hand, a silence, or its end."""
    what = script.choice(["water", "water", "raise", "raise", "zone", "silence", "silence", "end", "dry"])
    point, zone, level = f"P{script.randrange(POINTS)}", f"Z{script.randrange(3)}", script.randint(1, 4)
    until: dict[str, Any] = {"until_us": us(at_s + script.choice([120, 900, 7200])), "reason": "script"}
    if what == "water":
        run.hear([*rain(at_s, 1), *depths(f"S{point[1:]}", [script.choice([0.2, 0.3, 0.45, 0.7])], start_s=at_s + 1)], until_s=at_s + 5)
    elif what == "dry":
        readings = [reading for n in range(POINTS) for reading in depths(f"S{n}", [0.0] * 12, start_s=at_s + 1)]
        run.hear(readings, until_s=at_s + 720)
    elif what == "raise":
        run.decide("raise", at_s=at_s, points=(point,), level=level, **until)
    elif what == "zone":
        run.decide("raise", at_s=at_s, zones=(zone,), level=level, **until)
    elif what == "silence":
        run.decide("silence", at_s=at_s, zones=(zone,), level=min(level, 3), **until)
    else:
        run.decide("end", at_s=at_s, zones=(zone,), reason="script")
        run.decide("end", at_s=at_s + 1, points=(point,), reason="script")


@pytest.mark.skipif(program() is None, reason="no Alertmanager: apt-get install prometheus-alertmanager")
@pytest.mark.parametrize("seed", range(1, SCRIPTS + 1))
def test_active_inhibited_and_silenced_are_what_alertmanager_says(seed: int, tmp_path: Path) -> None:
    script, run, seen = random.Random(seed), block(), set[str]()
    with running(tmp_path) as server:
        theirs = Theirs(server)
        at_s = 120.0
        for number in range(STEPS):
            one_step(run, script, at_s)
            at_s += 900.0 if number % 5 == 4 else 60.0
            at_s = max(at_s, (run.state.heard_until_us - us(0)) / 1e6 + 1)
            run.hear([], until_s=at_s)
            expected = ours(run)
            silences = {run.plan.zones[zone].zone_id: entry.level for zone, entry in run.state.silences.items()}
            theirs.tell(expected["active"] | expected["inhibited"] | expected["silenced"], silences)

            @retry(retry=retry_if_result(lambda same: not same), stop=stop_after_delay(10), wait=wait_fixed(0.05))
            def agreed(wanted: Sets = expected) -> bool:
                return theirs.sets() == wanted

            try:
                agreed()
            except RetryError:
                assert expected == theirs.sets(), f"after step {number}"
            seen |= {kind for kind, names in expected.items() if names}
    assert {"active", "inhibited", "silenced"} == seen, "the script must have come by all of it"
