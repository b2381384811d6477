"""The referee finds what a step without a policy would let out."""

from __future__ import annotations

import pytest

from streams.bench.signatures import random_acts
from streams.rules import by_hand, decide, orders, signing


def test_random_acts_release_nothing_that_the_policy_forbids() -> None:
    found = random_acts(400)
    assert [] == found.forbidden
    assert found.released.get("2 of 2 signatures") and found.outcomes["counted"]


def test_the_same_seed_plays_the_same_acts() -> None:
    assert random_acts(60).lines() == random_acts(60).lines()


def test_a_step_that_counts_one_signature_for_two_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "missing", lambda city, level, unconfirmed, signed_by: 0)
    assert random_acts(400).forbidden


def test_a_step_that_asks_for_nobody_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "missing", lambda city, level, unconfirmed, signed_by: 0)
    assert random_acts(200).forbidden


def test_a_step_that_lets_anybody_sign_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "SIGNERS", frozenset({"officer", "forecaster", "viewer", "administrator"}))
    assert random_acts(400).forbidden


def test_a_step_that_lets_one_officer_take_down_what_is_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_hand, "_second", lambda work, decision, kind, subject, zones: None)
    assert random_acts(1500).forbidden
