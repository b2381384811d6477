"""Which passwords are taken, and how they are compared."""

from __future__ import annotations

import pytest

from streams.officers.passwords import LONGEST, Cost, Passwords, why_refused
from tests.streams.officers.desk import CHEAP, PASSWORD


@pytest.mark.parametrize("password", [PASSWORD, "x" * 12, "积水积水积水积水积水积水", "administrator1", "a" * LONGEST])
def test_a_password_that_is_taken(password: str) -> None:
    assert why_refused(password, "administrator", "Li Wei") is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least 12"),
        ("x" * 11, "at least 12"),
        ("e\u0301" * 6, "at least 12"),
        ("x" * (LONGEST + 1), f"at most {LONGEST}"),
        ("administrator", "is the name"),
        ("ADMINISTRATOR", "is the name"),
        (" Ａdministrator ", "is the name"),
        ("li wei li wei", "is the name"),
    ],
)
def test_a_password_that_is_refused_with_what_to_do(password: str, why: str) -> None:
    refused = why_refused(password, "administrator", "Li Wei Li Wei")
    assert refused is not None
    assert why in refused
    assert not password or password not in refused


def test_the_right_password_is_right_and_any_other_is_wrong() -> None:
    kept = CHEAP.hash(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert [True, False, False, False] == [CHEAP.right(kept, word) for word in (PASSWORD, PASSWORD.title(), PASSWORD + " ", "")]
    assert kept != CHEAP.hash(PASSWORD)


def test_the_same_keys_on_another_machine_give_the_same_password() -> None:
    assert CHEAP.right(CHEAP.hash("caf\u00e9 au lait noir"), "cafe\u0301 au lait noir")


@pytest.mark.parametrize("kept", [None, "", "no hash", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"])
def test_nothing_is_right_without_a_hash(kept: str | None) -> None:
    assert [False] * 3 == [CHEAP.right(kept, word) for word in (PASSWORD, "", "\ud83d")]


def test_even_nobodys_password_is_wrong() -> None:
    passwords = Passwords(Cost(rounds=1, memory_kib=8, lanes=1))
    passwords._nobodys = passwords.hash(PASSWORD)
    assert not passwords.right(None, PASSWORD)


def test_a_hash_made_at_another_cost_still_fits_and_is_outdated() -> None:
    dearer = Passwords(Cost(rounds=2, memory_kib=8, lanes=1))
    kept = CHEAP.hash(PASSWORD)
    assert dearer.right(kept, PASSWORD)
    assert (True, False) == (dearer.outdated(kept), CHEAP.outdated(kept))


def test_what_a_comparison_costs_unless_told_otherwise() -> None:
    assert "$m=65536,t=3,p=4$" in Passwords().hash(PASSWORD)
