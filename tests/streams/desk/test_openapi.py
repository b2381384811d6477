"""The schema against the desk: whatever is generated from it, the answers are those that it documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from streams.store.engine import open_store
from tests.streams.desk.town import Site, signed_town
from tests.streams.reports.kept import keep
from tests.streams.reports.triage.made import report

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
BOUNDED = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CONFIG = {"seed": 7, "generation": {"deterministic": True, "with-security-parameters": False}}


@pytest.fixture(scope="module")
def flooded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One desk for all that is generated: junk must not spoil it for what comes after."""
    folder: Path = tmp_path_factory.mktemp("desk")
    engine = open_store(f"sqlite:///{folder / 'store.db'}")
    site = Site(engine, signed_town())
    site.flood(0.45, 0.7)
    keep(engine, *[report(number, made_us=site.now_us, observed_us=site.now_us, group_id=f"r{number}") for number in range(40)])
    yield site
    site.desk.close()
    engine.dispose()


@pytest.fixture(scope="module")
def described(flooded: Site) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/openapi.json", flooded.app, config=SchemathesisConfig.from_dict(CONFIG))


OPERATIONS = [
    "POST /api/sign-in",
    "POST /api/sign-out",
    "GET /api/me",
    "GET /api/orders",
    "GET /api/orders/{identifier}",
    "POST /api/acts",
    "GET /api/acts/{act_id}",
    "GET /api/districts",
    "GET /api/audit/head",
    "GET /api/health",
    "GET /api/account",
    "GET /api/orders/{identifier}/cost",
    "GET /api/orders/{identifier}/review",
    "POST /api/orders/{identifier}/preview",
    "GET /metrics",
    "GET /api/duty",
    "POST /api/duty",
    "GET /api/duty/briefing",
    "POST /api/duty/hand-over",
    "POST /api/duty/take-over",
    "GET /api/not-reached",
    "GET /api/storms",
    "GET /api/storms/{start}/{end}",
    "GET /api/points/{low_point}",
    "POST /api/what-if",
    "GET /api/system",
    "GET /api/reports",
    "GET /api/reports/coverage",
    "GET /api/reports/{group}",
    "POST /api/reports/{group}/accept",
    "POST /api/reports/{group}/hide",
    "POST /api/reports/{group}/merge",
    "POST /api/reports/{group}/ask",
    "GET /api/pictures/{picture}",
]
ALWAYS_THERE = (
    "GET /api/me",
    "GET /api/orders",
    "GET /api/districts",
    "GET /api/health",
    "GET /api/account",
    "GET /metrics",
    "GET /api/system",
    "GET /api/reports/coverage",
)


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("who", ["officer", "nobody"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_answered_is_what_is_documented(flooded: Site, described: Any, name: str, who: str, mode: GenerationMode) -> None:
    method, path = name.split(" ")
    operation = described[path][method]
    statuses: Counter[int] = Counter()

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def tried(case: Any) -> None:
        if mode == GenerationMode.POSITIVE:
            _name_what_is_there(case, flooded)
        headers = flooded.officer() if who == "officer" else {}
        statuses[case.call_and_validate(headers=headers, checks=CHECKS).status_code] += 1

    try:
        tried()
    except Unsatisfiable:
        assert mode == GenerationMode.NEGATIVE and not operation.body and "{" not in path, (
            "only what takes nothing has nothing wrong to take"
        )
        return
    assert statuses
    if who == "officer" and name in ALWAYS_THERE:
        assert 200 in statuses
    closed = who == "nobody" and name not in ("POST /api/sign-in", "GET /api/health")
    assert not closed or not {status for status in statuses if status < 400}, statuses


def _name_what_is_there(case: Any, site: Site) -> None:
    """Random names name nothing: some of them become those of the town, so that acts come through to the rules."""
    known = {
        "points": ["P0", "P1"],
        "zones": ["Z0", "Z1"],
        "stations": ["S0", "R"],
        "orders": [order.identifier for order in site.log.orders],
    }
    if isinstance(case.body, dict) and len(case.body.get("reason", "")) % 3:
        for kind in known.keys() & case.body.keys():
            for place, name in list(enumerate(known[kind]))[: len(case.body[kind])]:
                case.body[kind][place] = case.body[kind][place] | {"identifier": name} if kind == "orders" else name
            case.body[kind] = case.body[kind][: len(known[kind])]
    if "low_point" in case.path_parameters and len(case.path_parameters["low_point"]) % 2:
        case.path_parameters["low_point"] = "P0"
    if "start" in case.path_parameters and len(case.path_parameters["start"]) % 2:
        case.path_parameters |= {"start": "2026-07-14T08:00:00Z", "end": "2026-07-14T08:10:00Z"}
    if "group" in case.path_parameters and len(case.path_parameters["group"]) % 2:
        case.path_parameters["group"] = f"r{len(case.path_parameters['group']) % 40}"
    if "identifier" in case.path_parameters and len(case.path_parameters["identifier"]) % 2:
        case.path_parameters["identifier"] = known["orders"][0]


def test_every_operation_is_tried_and_says_what_may_go_wrong(described: schemathesis.BaseSchema) -> None:
    paths = described.raw_schema["paths"]
    operations = {f"{method.upper()} {path}": operation for path, methods in paths.items() for method, operation in methods.items()}
    assert set(OPERATIONS) == set(operations)
    for name, operation in operations.items():
        assert "503" in operation["responses"]
        assert (name in ("POST /api/sign-in", "GET /api/health")) == ("security" not in operation), name
        assert ("security" not in operation) or "401" in operation["responses"]
