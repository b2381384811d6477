"""A recorded storm from end to end, on a real Kafka."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streams.bench.equal import COMPARED, Trouble, differing_files, kill_one
from streams.replay.run import ReplayOptions, Stage
from streams.rules.outputs import LEAD_MIN
from tests.streams.observation.bad_input import BAD
from tests.streams.replay.conftest import Replay

Base = tuple[Path, Mapping[str, Any]]


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{name}.ndjson").read_text("utf-8").splitlines()]


def test_every_file_is_written_in_the_contract_s_form(base: Base) -> None:
    out, summary = base
    assert {*COMPARED, "summary.json"} == {file.name for file in out.iterdir()}
    assert {"low_point", "issued_at", "method", "model", "lead_min", "depth_m", "p_exceed", "peak_m", "minutes_to"} == set(
        lines(out, "forecasts")[0]
    )
    assert list(LEAD_MIN) == lines(out, "forecasts")[0]["lead_min"]
    warning = {"low_point", "issued_at", "level", "basis", "unconfirmed", "reason", "depth_m", "readings"}
    assert {frozenset(warning)} == {frozenset(line) for line in lines(out, "warnings")}
    order = {"incident", "version", "msg_type", "identifier", "references", "zones", "level", "basis", "state", "issued_at", "expires"}
    assert {frozenset(order)} == {frozenset(line) for line in lines(out, "orders")}
    assert {"resident", "incident", "version", "language", "text", "segments", "issued_at"} == set(lines(out, "messages")[0])
    for name in ("forecasts", "warnings", "orders", "messages"):
        times = [line["issued_at"] for line in lines(out, name)]
        assert sorted(times) == times
    assert {"readings", "readings_per_s", "dead_letters", "dead_letters_by_reason", "workers"} <= set(summary)
    assert json.loads((out / "summary.json").read_text()) == summary


def test_points_are_raised_to_the_levels_their_water_reached_and_no_further(base: Base) -> None:
    highest: Counter[str] = Counter()
    for line in lines(base[0], "warnings"):
        if line["basis"] == "measured" and line["level"] != "unknown":
            highest[line["low_point"]] = max(highest[line["low_point"]], line["level"])
    assert {"P0": 4, "P1": 3, "P2": 1, "P4": 2, "P5": 4} == {point: level for point, level in highest.items() if level}


def test_each_resident_of_a_zone_gets_each_text_once(base: Base) -> None:
    texts = lines(base[0], "messages")
    assert texts
    assert 1 == max(Counter((t["resident"], t["incident"], t["version"]) for t in texts).values())
    zones = {order["incident"]: order["zones"][0] for order in lines(base[0], "orders")}
    per_order = Counter((zones[t["incident"]], t["version"]) for t in texts)
    assert {10} == set(per_order.values())
    assert {"zh", "en"} == {t["language"] for t in texts}
    assert {1} == {t["segments"] for t in texts if t["language"] == "zh"}


def test_no_number_stands_anywhere_in_what_is_written(base: Base) -> None:
    assert not any("+999" in file.read_text("utf-8") or "5550000" in file.read_text("utf-8") for file in base[0].iterdir())


def test_three_workers_share_the_work_and_write_the_same(base: Base, again: Replay) -> None:
    out, summary = again(workers=3)
    assert [] == differing_files(base[0], out)
    assert 3 == len(summary["workers"])


def test_batches_of_one_write_the_same(base: Base, again: Replay) -> None:
    assert [] == differing_files(base[0], again(batch_size=1)[0])


def test_batches_of_seven_at_60_times_real_speed_write_the_same_within_a_second(base: Base, again: Replay) -> None:
    out, summary = again(batch_size=7, speed=60.0)
    assert [] == differing_files(base[0], out)
    assert summary["latency_ms"]["p50"] < 1000


def test_workers_killed_three_times_lose_nothing_and_double_nothing(base: Base, again: Replay) -> None:
    trouble = Trouble([0.2, 0.5, 0.8], kill_one)
    out, summary = again(trouble, workers=2, speed=60.0)
    assert [] == trouble.shares
    assert [] == differing_files(base[0], out)
    assert 0 == summary["outputs_differing"]
    assert 3 == summary["worker_restarts"]


def test_a_broker_that_goes_away_and_comes_back_loses_nothing(base: Base, again: Replay) -> None:
    from streams import clock

    def away(stage: Stage, _: Trouble) -> None:
        assert stage.broker is not None
        stage.broker.stop()
        sent_at = stage.sent.messages
        deadline_s = clock.monotonic_s() + 10
        while stage.sent.messages < sent_at + 20 and clock.monotonic_s() < deadline_s:
            clock.sleep_s(0.05)  # until messages pile up
        stage.broker.start()

    trouble = Trouble([0.4], away)
    out, _ = again(trouble, speed=60.0, broker=None)
    assert [] == trouble.shares
    assert [] == differing_files(base[0], out)


def test_bad_lines_among_good_ones_are_told_and_change_nothing(base: Base, again: Replay, storm: ReplayOptions, tmp_path: Path) -> None:
    # town stations that the test town lacks become unknown stations, which is as good a reason
    bad = [raw for _, raw, reason in BAD if reason is not None and b"\n" not in raw]
    good = storm.inputs[0].read_bytes().splitlines()
    mixed = [line for at, line in enumerate(good) for line in ([bad[at], line] if at < len(bad) else [line])]
    file = tmp_path / "mixed.ndjson"
    file.write_bytes(b"\n".join(mixed) + b"\n")
    out, summary = again(inputs=(file,))
    assert ["dead_letters.ndjson"] == differing_files(base[0], out)
    assert len(bad) == summary["dead_letters"] == len(lines(out, "dead_letters")) == sum(summary["dead_letters_by_reason"].values())
    assert {"reason", "file", "line", "bytes"} == set(lines(out, "dead_letters")[0])
    assert base[1]["readings"] == summary["readings"]


def test_an_empty_recording_gives_empty_files(again: Replay, tmp_path: Path) -> None:
    file = tmp_path / "nothing.ndjson"
    file.write_bytes(b"")
    out, summary = again(inputs=(file,))
    assert [b""] * len(COMPARED) == [(out / name).read_bytes() for name in COMPARED]
    assert 0 == summary["readings"]
