"""Rainfall signals: the gravest whose amount fell within its own sliding window."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.city import defaults
from streams.city.model import RainSignal, Station
from streams.observation.observation import Extra
from streams.rules.outputs import RainSignalChange, Standing
from tests.streams.towns import Reading, Run, rain, seconds, town, us


def changes(run: Run) -> list[tuple[float, str]]:
    return [(seconds(o.issued_at), o.signal) for o in run.outputs if isinstance(o, RainSignalChange)]


def hours(amounts: list[float]) -> list[Reading]:
    """A gauge that sums over ten minutes."""
    return [Reading("R", 600.0 * (n + 1), amount, extra=Extra(period_s=600.0)) for n, amount in enumerate(amounts)]


SIGNALS = {"rain_signals": defaults.RAIN_SIGNALS}


def test_a_cloudburst_goes_straight_to_orange_then_red() -> None:
    run = Run(town(**SIGNALS)).hear(rain(60, 60, 2.0), until_s=3660)
    # the reading that ends at minute 25 brings 50 mm, the one at minute 50 100 mm
    assert [(1500.0, "orange"), (3000.0, "red")] == changes(run)
    assert "red" == [o for o in run.outputs if isinstance(o, Standing)][-1].signal


def test_a_signal_ends_when_no_window_holds_its_amount_any_more() -> None:
    run = Run(town(**SIGNALS)).hear([*hours([10.0] * 5 + [0.0] * 80)], until_s=85 * 600)
    assert ["orange", "yellow", "blue", ""] == [signal for _, signal in changes(run)]


def test_a_signal_does_not_end_because_the_gauge_is_silent() -> None:
    """Nobody knows that it is over (law 3): it stands until a gauge speaks, an officer sets the gauge aside, or a day has gone by."""
    run = Run(town(**SIGNALS)).hear(rain(60, 60, 2.0), until_s=6 * 3600, tick_s=60)
    assert "red" == changes(run)[-1][1]
    spoke = Run(town(**SIGNALS)).hear([*rain(60, 60, 2.0), *rain(18_000, 2, 0.0)], until_s=6 * 3600, tick_s=60)
    assert (18_000.0, "yellow") == changes(spoke)[-1]
    aside = Run(town(**SIGNALS)).hear(rain(60, 60, 2.0), until_s=6 * 3600, tick_s=60)
    assert "done" == aside.decide("set_aside", stations=("R",), reason="broken", role="officer", until_us=us(8 * 3600))[0].outcome
    aside.hear([], until_s=6 * 3600 + 120, tick_s=60)
    assert "" == changes(aside)[-1][1]
    run.hear([], until_s=26 * 3600, tick_s=60)
    assert (59 * 60 + 24 * 3600.0, "") == changes(run)[-1]


def test_a_signal_does_not_sink_because_the_gauge_that_carried_it_is_silent_while_another_is_dry() -> None:
    second = Station("R2", "rain", 60.0, district_ids=("D1",))
    city = town(**SIGNALS)
    dry = [Reading("R2", 60.0 * minute, 0.0, extra=Extra(period_s=60.0)) for minute in range(1, 400)]
    run = Run(replace(city, stations=(*city.stations, second))).hear([*rain(60, 60, 2.0), *dry], until_s=400 * 60, tick_s=60)
    assert ["orange", "red"] == [signal for _, signal in changes(run)]


def test_slow_rain_raises_blue_only() -> None:
    run = Run(town(**SIGNALS)).hear(hours([0.75] * 72), until_s=72 * 600)
    assert ["blue"] == [signal for _, signal in changes(run)]


def test_a_dry_or_silent_gauge_raises_nothing() -> None:
    assert [] == changes(Run(town(**SIGNALS)).hear(rain(60, 100, 0.0), until_s=8000))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.0, 2.0, 5.0, 12.0, 20.0]), min_size=1, max_size=90))
def test_the_signal_is_what_plain_sums_over_the_windows_say(amounts: list[float]) -> None:
    run = Run(town(**SIGNALS)).hear(hours(amounts), until_s=600.0 * len(amounts))
    order = ("", "blue", "yellow", "orange", "red")

    def expected(upto: int) -> str:
        asked: tuple[RainSignal, ...] = defaults.RAIN_SIGNALS
        found = [s.signal for s in asked if sum(amounts[max(0, upto - round(s.hours * 6)) : upto]) >= s.rain_mm - 1e-6]
        return max(found, key=order.index, default="")

    heard = changes(run)
    for n in range(1, len(amounts) + 1):
        said = next((signal for at, signal in reversed(heard) if at <= 600.0 * n), "")
        assert expected(n) == said
