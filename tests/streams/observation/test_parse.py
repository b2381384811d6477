"""Law 9 at the door: bad input is told apart by reason, or kept and flagged."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.city.model import City, Station
from streams.observation.dead_letter import Reason
from streams.observation.moments import parse_us, to_text
from streams.observation.parse import Parser, Refused
from streams.replay.recording import RecordingError, read_recording
from tests.streams.observation.bad_input import BAD, T, line
from tests.streams.towns import town


def weather_town() -> City:
    """A town with every kind of station."""
    base = town()
    more = [
        Station("B", "bureau", 600.0, district_ids=("D1",)),
        Station("U", "pump", 60.0, "P0"),
        Station("C0", "camera", 60.0, "P0", owner="traffic"),
    ]
    return town(stations=tuple(sorted([*base.stations, *more], key=lambda s: s.station_id)))


@pytest.mark.parametrize(("name", "raw", "reason"), BAD, ids=[name for name, *_ in BAD])
def test_each_kind_of_bad_input_has_its_reason_or_is_kept(name: str, raw: bytes, reason: Reason | None) -> None:
    parser = Parser(weather_town(), trusted_arrival=True)
    if not raw.strip():
        return  # passed over by whoever reads lines
    if reason is None:
        parser.parse(raw)
        return
    with pytest.raises(Refused) as refused:
        parser.parse(raw)
    assert reason == refused.value.reason


def test_there_are_fifty_kinds() -> None:
    assert len(BAD) >= 50
    assert set(Reason) - {Reason.WRONG_OWNER, Reason.FAILED, Reason.BAD_DECISION} == {reason for *_, reason in BAD if reason is not None}


def test_a_station_of_another_owner_is_refused_live_and_taken_in_a_replay() -> None:
    raw = line()
    assert Parser(weather_town(), trusted_arrival=True).parse(raw, owner="traffic").value == 0.05
    with pytest.raises(Refused) as refused:
        Parser(weather_town(), trusted_arrival=False).parse(raw, now_us=parse_us(T), owner="traffic")
    assert Reason.WRONG_OWNER == refused.value.reason


def test_live_a_recorded_arrival_is_not_believed() -> None:
    now_us = parse_us("2026-07-14T09:00:00Z")
    seen = Parser(weather_town(), trusted_arrival=False).parse(line(received_at=T), now_us=now_us, owner="drainage")
    assert now_us == seen.received_us


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-07-14T08:05:00Z", "2026-07-14T08:05:00Z"),
        ("2026-07-14t08:05:00z", "2026-07-14T08:05:00Z"),
        ("2026-07-14 08:05:00+00:00", "2026-07-14T08:05:00Z"),
        ("2026-07-14T16:05:00.25+08:00", "2026-07-14T08:05:00.250000Z"),
        ("2026-07-14T08:05:00.1234567Z", "2026-07-14T08:05:00.123456Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999999Z"),
    ],
)
def test_times_by_rfc_3339(text: str, utc: str) -> None:
    moment = parse_us(text)
    assert moment is not None
    assert utc == to_text(moment)


@given(st.binary(max_size=200))
def test_no_bytes_at_all_break_the_parser(raw: bytes) -> None:
    try:
        Parser(weather_town(), trusted_arrival=True).parse(raw)
    except Refused as refused:
        assert refused.reason in set(Reason)


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3), max_leaves=5),
    st.data(),
)
def test_no_value_of_any_field_breaks_the_parser(value: object, data: st.DataObject) -> None:
    field = data.draw(
        st.sampled_from(
            ["station", "kind", "time", "value", "received_at", "id", "period_s", "confidence", "image", "issued_at", "quantile"]
        )
    )
    try:
        Parser(weather_town(), trusted_arrival=True).parse(line(**{field: value}))
    except Refused as refused:
        assert refused.reason in set(Reason)


def test_a_recording_is_read_in_order_of_arrival_and_equal_arrivals_keep_the_order_of_the_files(tmp_path: Path) -> None:
    first, second = tmp_path / "a.ndjson", tmp_path / "b.ndjson.gz"
    first.write_bytes(b"\xef\xbb\xbf" + line(value=1, received_at="2026-07-14T08:07:00Z") + b"\r\n\r\n" + line(value=2) + b"\n")
    with gzip.open(second, "wb") as packed:
        packed.write(line(value=3) + b"\n" + line(value=4, time="2026-07-14T08:04:00Z"))
    assert [4, 2, 3, 1] == read_recording(town(), [first, second]).value.tolist()


def test_dead_letters_tell_file_line_reason_and_first_bytes(tmp_path: Path) -> None:
    file = tmp_path / "bad.ndjson"
    file.write_bytes(b"\n".join([line(), *[raw for _, raw, _ in BAD if b"\n" not in raw]]) + b"\n")
    recording = read_recording(weather_town(), [file])
    assert Counter(reason for _, _, reason in BAD if reason) == Counter(letter.reason for letter in recording.dead_letters)
    by_line = {letter.line: letter for letter in recording.dead_letters}
    assert ("hello", "bad.ndjson") == (by_line[2].bytes, by_line[2].file)
    assert all(len(letter.bytes.encode()) <= 800 and json.dumps(letter.bytes) for letter in recording.dead_letters)


def test_a_broken_archive_ends_with_a_dead_letter(tmp_path: Path) -> None:
    file = tmp_path / "cut.ndjson.gz"
    file.write_bytes(gzip.compress(b"\n".join([line()] * 5000))[:-400])
    recording = read_recording(town(), [file])
    assert [Reason.NOT_JSON] == [letter.reason for letter in recording.dead_letters]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"nothing\.ndjson is missing"):
        read_recording(town(), [tmp_path / "nothing.ndjson"])
