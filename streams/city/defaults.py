"""What a city folder may leave out (DESIGN 8)."""

from streams.city.model import Level, RainSignal, Release

LEVELS = (
    Level(1, 0.15, "#1f77d0"),
    Level(2, 0.27, "#ffe45c"),
    Level(3, 0.40, "#e0751a"),
    Level(4, 0.60, "#8f0d1d"),
)

RAIN_SIGNALS = (
    RainSignal("blue", 50, 12),
    RainSignal("yellow", 50, 6),
    RainSignal("orange", 50, 3),
    RainSignal("red", 100, 3),
)

APPROVAL: dict[str, Release] = {"1": "one", "2": "one", "3": "one", "4": "two", "unconfirmed": "one"}
