"""Three things must be right to be let in, and nothing tells which was wrong."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine

from streams.observation.moments import HOUR_US, MINUTE_US, SECOND_US
from streams.officers import sign_in as module
from streams.officers.account import Officer
from streams.officers.passwords import Cost, Passwords
from streams.officers.roles import Role
from streams.officers.second_factor import accepted_step
from streams.officers.sign_in import Attempt, Door, Refusal, Refused, SignedIn, check_key
from streams.officers.vault import Vault, VaultError
from streams.store.audit import audit_rows
from streams.store.engine import open_store
from streams.store.officers import change_password, credentials, disable_officer, enable_officer
from streams.store.sessions import officer_of
from tests.streams.officers.desk import CHEAP, NOW_US, PASSWORD, VAULT, add, code, door, sign_in

WRONG = Refused(Refusal.WRONG)


def test_name_password_and_code_let_one_in(engine: Engine) -> None:
    officer = add(engine)
    done = sign_in(engine)
    assert isinstance(done, SignedIn)
    assert (officer, NOW_US + 12 * HOUR_US) == (done.officer, done.ends_us)
    assert officer == officer_of(engine, done.token, NOW_US)
    assert ["officer_added", "signed_in"] == [row.act for row in audit_rows(engine)]


def test_a_name_may_be_typed_in_capitals_and_the_password_not(engine: Engine) -> None:
    add(engine)
    assert isinstance(sign_in(engine, name=" LI.Wei "), SignedIn)
    assert WRONG == sign_in(engine, NOW_US + MINUTE_US, password=PASSWORD.upper())


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "nobody"},
        {"name": ""},
        {"name": "a\0"},
        {"name": "\ud83d"},
        {"name": "x" * 100_000},
        {"password": "seven wet bicycle"},
        {"password": ""},
        {"password": "\ud83d"},
        {"typed": "000000"},
        {"typed": ""},
        {"password": "", "typed": ""},
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(engine: Engine, wrong: dict[str, Any]) -> None:
    add(engine)
    assert WRONG == sign_in(engine, **wrong)
    assert isinstance(sign_in(engine), SignedIn)


def test_a_disabled_account_answers_as_a_wrong_password_does(engine: Engine) -> None:
    add(engine)
    disable_officer(engine, "li.wei", NOW_US, "test")
    assert WRONG == sign_in(engine)
    enable_officer(engine, "li.wei", NOW_US, "test")
    assert isinstance(sign_in(engine), SignedIn)


def test_a_code_lets_in_once(engine: Engine) -> None:
    add(engine)
    assert isinstance(sign_in(engine), SignedIn)
    assert WRONG == sign_in(engine, NOW_US + SECOND_US, typed=code())
    assert isinstance(sign_in(engine, NOW_US + 30 * SECOND_US), SignedIn)


def test_a_code_shown_in_a_try_that_failed_is_not_used_up(engine: Engine) -> None:
    add(engine)
    assert WRONG == sign_in(engine, password="nine wet bicycles")
    assert isinstance(sign_in(engine), SignedIn)


def test_the_same_code_at_once_lets_in_once(store_url: str) -> None:
    engine = open_store(store_url)
    add(engine)
    together = threading.Barrier(4)

    def knock() -> SignedIn | Refused:
        together.wait(10)
        return sign_in(engine)

    with ThreadPoolExecutor(4) as pool:
        done = [job.result() for job in [pool.submit(knock) for _ in range(4)]]
    assert [1, 3] == [sum(isinstance(each, kind) for each in done) for kind in (SignedIn, Refused)]
    engine.dispose()


@pytest.mark.parametrize("name", ["li.wei", "nobody"])
def test_the_sixth_try_waits_whether_or_not_there_is_such_an_account(engine: Engine, name: str) -> None:
    add(engine)
    for second in range(5):
        assert WRONG == sign_in(engine, NOW_US + second * SECOND_US, name, typed="000000")
    until_us = NOW_US + 4 * SECOND_US + 15 * MINUTE_US
    for now_us in (NOW_US + 5 * SECOND_US, until_us - 1):
        assert Refused(Refusal.WAIT, until_us) == sign_in(engine, now_us, name)
    done = sign_in(engine, until_us, name)
    assert isinstance(done, SignedIn) if name == "li.wei" else done == WRONG


def test_a_wait_is_of_one_name_only_however_it_is_typed(engine: Engine) -> None:
    add(engine)
    add(engine, "chief")
    for name in ("li.wei", "LI.WEI", " li.wei", "Li.Wei", "li.wei "):
        sign_in(engine, name=name, password="")
    assert Refused(Refusal.WAIT, NOW_US + 15 * MINUTE_US) == sign_in(engine)
    assert isinstance(sign_in(engine, name="chief"), SignedIn)


def test_a_wait_survives_a_restart(store_url: str) -> None:
    for number in range(6):
        engine = open_store(store_url)
        if number == 0:
            add(engine)
        done = sign_in(engine, password="" if number < 5 else PASSWORD)
        engine.dispose()
    assert Refused(Refusal.WAIT, NOW_US + 15 * MINUTE_US) == done


def test_who_was_let_in_begins_afresh(engine: Engine) -> None:
    add(engine)
    for round_us in (0, MINUTE_US, 2 * MINUTE_US):
        for _ in range(4):
            assert WRONG == sign_in(engine, NOW_US + round_us, password="")
        assert isinstance(sign_in(engine, NOW_US + round_us), SignedIn)


def test_enabling_an_account_ends_its_wait(engine: Engine) -> None:
    add(engine)
    for _ in range(5):
        sign_in(engine, password="")
    enable_officer(engine, "li.wei", NOW_US, "test")
    assert isinstance(sign_in(engine), SignedIn)


def test_many_guesses_at_once_are_no_more_than_five(store_url: str) -> None:
    engine = open_store(store_url)
    add(engine)
    together = threading.Barrier(12)

    def guess() -> SignedIn | Refused:
        together.wait(10)
        return sign_in(engine, password="")

    with ThreadPoolExecutor(12) as pool:
        done = [job.result() for job in [pool.submit(guess) for _ in range(12)]]
    assert 5 == done.count(WRONG)
    engine.dispose()


class Counting(Passwords):
    """Counts what was compared with what."""

    def __init__(self) -> None:
        super().__init__(Cost(rounds=1, memory_kib=8, lanes=1))
        self.compared: list[str | None] = []

    def right(self, kept: str | None, password: str) -> bool:
        self.compared.append(kept)
        return super().right(kept, password)


@pytest.mark.parametrize(
    ("name", "password", "typed"), [("nobody", PASSWORD, ""), ("li.wei", "", ""), ("li.wei", PASSWORD, "000000"), ("", "", "")]
)
def test_each_try_does_the_same_work(engine: Engine, monkeypatch: pytest.MonkeyPatch, name: str, password: str, typed: str) -> None:
    add(engine)
    counting, codes = Counting(), []

    def counted(*arguments: Any) -> int | None:
        codes.append(arguments)
        return accepted_step(*arguments)

    monkeypatch.setattr(module, "accepted_step", counted)
    assert WRONG == door(engine, counting).sign_in(Attempt(name, password, typed), NOW_US)
    assert (1, 1) == (len(counting.compared), len(codes))
    assert (counting.compared[0] is None) == (name != "li.wei")


def test_a_comparison_with_nobody_costs_what_one_with_somebody_does(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    hasher = CHEAP._hasher
    monkeypatch.setattr(type(hasher), "verify", lambda _, kept, __: verified.append(kept))
    CHEAP.right(None, PASSWORD)
    CHEAP.right(CHEAP.hash(PASSWORD), PASSWORD)
    assert [True] == list({kept.startswith("$argon2id$v=19$m=8,t=1,p=1$") for kept in verified})
    assert 2 == len(verified)


class Meanwhile(Passwords):
    """Something happens while the password is compared."""

    def __init__(self, happens: Any) -> None:
        super().__init__(Cost(rounds=1, memory_kib=8, lanes=1))
        self._happens = happens

    def right(self, kept: str | None, password: str) -> bool:
        self._happens()
        return super().right(kept, password)


def test_what_changes_while_the_password_is_compared_counts(engine: Engine) -> None:
    add(engine)
    fresh = CHEAP.hash("eight wet bicycles")
    for happens in (
        lambda: disable_officer(engine, "li.wei", NOW_US, "test"),
        lambda: change_password(engine, "li.wei", fresh, NOW_US, "test"),
    ):
        assert WRONG == door(engine, Meanwhile(happens)).sign_in(Attempt("li.wei", PASSWORD, code()), NOW_US)
        enable_officer(engine, "li.wei", NOW_US, "test")


def test_a_new_second_factor_that_came_meanwhile_counts(engine: Engine) -> None:
    add(engine)
    kept = credentials(engine, "li.wei")
    assert kept is not None
    sealed = VAULT.seal("li.wei", "A" * 32)
    happens = lambda: change_password(engine, "li.wei", kept.password_hash, NOW_US, "test", sealed)  # noqa: E731
    assert WRONG == door(engine, Meanwhile(happens)).sign_in(Attempt("li.wei", PASSWORD, code()), NOW_US)
    assert WRONG == sign_in(engine)
    assert isinstance(sign_in(engine, typed=code(secret="A" * 32)), SignedIn)


def test_a_hash_of_another_cost_is_made_anew_when_its_owner_comes(engine: Engine) -> None:
    add(engine)
    dearer = Passwords(Cost(rounds=2, memory_kib=8, lanes=1))
    assert isinstance(door(engine, dearer).sign_in(Attempt("li.wei", PASSWORD, code()), NOW_US), SignedIn)
    kept = credentials(engine, "li.wei")
    assert kept is not None
    assert "t=2" in kept.password_hash
    assert isinstance(sign_in(engine, NOW_US + MINUTE_US), SignedIn)


def test_a_wrong_key_file_is_told_and_not_taken_for_a_wrong_password(engine: Engine) -> None:
    other = Vault(Fernet.generate_key())
    check_key(engine, other)  # without accounts any will do
    add(engine)
    check_key(engine, VAULT)
    with pytest.raises(VaultError, match="another key"):
        check_key(engine, other)
    with pytest.raises(VaultError, match="another key"):
        Door(engine, other, CHEAP).sign_in(Attempt("li.wei", PASSWORD, code()), NOW_US)


def test_each_signs_in_as_who_they_are(engine: Engine) -> None:
    for name, role in (("a", Role.VIEWER), ("b", Role.ADMINISTRATOR)):
        add(engine, name, role)
    done = [sign_in(engine, name=name) for name in ("a", "b")]
    assert [Officer("a", "Li Wei", Role.VIEWER), Officer("b", "Li Wei", Role.ADMINISTRATOR)] == [
        each.officer for each in done if isinstance(each, SignedIn)
    ]
