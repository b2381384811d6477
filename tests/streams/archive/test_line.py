"""An observation that is written is read back as what it was, flags and all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.archive.line import line_of
from streams.archive.wire import Row
from streams.city.model import OBSERVED_BY
from streams.observation.moments import parse_us
from streams.observation.observation import Extra, Observation
from streams.observation.parse import Parser
from tests.streams.observation.bad_input import BAD, T, line
from tests.streams.observation.test_parse import weather_town

CITY = weather_town()
PARSER = Parser(CITY, trusted_arrival=True)
KEPT = [raw for _, raw, reason in BAD if reason is None and raw.strip()]


def written(seen: Observation) -> bytes:
    station = CITY.stations[seen.station_no]
    return line_of(OBSERVED_BY[station.kind], seen.received_us, Row(station.station_id, seen.observed_us, seen.value, seen.extra))


@pytest.mark.parametrize("raw", KEPT)
def test_what_is_kept_and_flagged_is_flagged_the_same_again(raw: bytes) -> None:
    seen = PARSER.parse(raw)
    assert seen == PARSER.parse(written(seen))


anything = st.one_of(st.none(), st.booleans(), st.floats(-2, 2), st.text(max_size=5), st.just("x" * 500), st.just(T))
optional = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("received_at", "id", "issued_at", "quantile", "error_sd_m", "confidence", "image", "colour"), anything),
)


@given(st.sampled_from([("S0", "depth"), ("R", "rain"), ("B", "rain_forecast"), ("U", "pump"), ("C0", "camera_depth")]), optional)
def test_whatever_the_optional_fields_are_the_reading_comes_back(station: tuple[str, str], fields: dict[str, object]) -> None:
    seen = PARSER.parse(line(**{"station": station[0], "kind": station[1], "value": 1, "period_s": 60, **fields}))
    assert seen == PARSER.parse(written(seen))


def test_a_line_has_the_contract_s_fields_and_its_arrival() -> None:
    at_us = parse_us(T)
    assert at_us is not None
    extra = Extra(id="a", period_s=3600.0, issued_at_us=at_us, quantile=0.9)
    assert {
        "station": "B",
        "kind": "rain_forecast",
        "time": T,
        "value": 12.5,
        "received_at": "2026-07-14T08:05:00.250000Z",
        "id": "a",
        "period_s": 3600.0,
        "issued_at": T,
        "quantile": 0.9,
    } == json.loads(line_of("rain_forecast", at_us + 250_000, Row("B", at_us, 12.5, extra)))


def test_an_arrival_is_never_given_up_for_a_flag() -> None:
    seen = Row("S0", 1_000_000, 0.1, Extra(flags=("bad_received_at",)))
    assert "1970-01-01T00:00:09Z" == json.loads(line_of("depth", 9_000_000, seen))["received_at"]
