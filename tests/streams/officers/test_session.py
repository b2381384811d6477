"""A session ends by itself."""

from __future__ import annotations

import base64

import pytest

from streams.observation.moments import MINUTE_US
from streams.officers.session import new_token, over


@pytest.mark.parametrize(
    ("seen", "now", "ended"),
    [(0, 29.99, False), (0, 30, True), (700, 719.99, False), (700, 720, True), (719, 720, True), (719, 5000, True)],
)
def test_a_session_is_over_after_half_an_hour_without_a_sign_or_twelve_hours(seen: float, now: float, ended: bool) -> None:
    assert ended == over(0, round(seen * MINUTE_US), round(now * MINUTE_US))


def test_a_token_has_256_bits_and_is_never_the_same() -> None:
    tokens = {new_token() for _ in range(100)}
    assert 100 == len(tokens)
    assert {32} == {len(base64.urlsafe_b64decode(token + "=")) for token in tokens}
