"""What a step gives out fits into messages, and of the model's water only the newest goes out."""

from __future__ import annotations

from streams.agents.district import MOST_OUTPUTS, pieces_of
from streams.rules.outputs import Output, PointState, Standing, Verdict, Water

KILOBYTES = bytes(250_000)


def verdict(number: int) -> Verdict:
    return Verdict(f"r{number}", "S0", "2021-07-20T08:00:00Z", ["late"], "kept")


def water(minute: int, part: int = 0) -> Water:
    return Water("D1", f"2021-07-20T08:{minute:02d}:00Z", part, minute, ["P0"], [None], KILOBYTES)


def test_nothing_is_lost_or_turned_round_and_no_message_is_too_long() -> None:
    outputs: list[Output] = [verdict(number) for number in range(2 * MOST_OUTPUTS + 1)]
    pieces = pieces_of(outputs)
    assert [MOST_OUTPUTS, MOST_OUTPUTS, 1] == [len(piece) for piece in pieces]
    assert outputs == [output for piece in pieces for output in piece]


def test_of_many_minutes_only_the_newest_water_goes_out_with_all_its_parts() -> None:
    outputs: list[Output] = [verdict(0), water(1), water(1, 1), verdict(1), water(2), water(2, 1)]
    assert [verdict(0), verdict(1), water(2), water(2, 1)] == [output for piece in pieces_of(outputs) for output in piece]


def test_a_city_of_ten_thousand_points_stays_below_what_kafka_takes() -> None:
    outputs: list[Output] = [*(verdict(number) for number in range(MOST_OUTPUTS)), *(water(1, part) for part in range(40))]
    assert max(sum(len(output.memory) for output in piece if isinstance(output, Water)) for piece in pieces_of(outputs)) <= 500_000


def test_words_of_large_districts_are_spread_over_messages() -> None:
    points = [PointState(f"P{n}", 0, 0, "measured", False, 0.0, None) for n in range(800)]
    outputs: list[Output] = [Standing("D1", f"2021-07-20T08:{minute:02d}:00Z", 0.0, points, []) for minute in range(12)]
    assert [3, 3, 3, 3] == [len(piece) for piece in pieces_of(outputs)]
    huge: Output = Standing("D1", "2021-07-20T08:00:00Z", 0.0, points * 8, [])
    assert [[huge], [verdict(0)]] == pieces_of([huge, verdict(0)])


def test_of_nothing_there_is_one_empty_piece() -> None:
    assert [[]] == pieces_of([])
