"""Accounts, sessions and keys in the store, and the command that manages them."""

from __future__ import annotations

import stat
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select, text, update

from streams import clock
from streams.cli.officers import officers as command
from streams.observation.moments import HOUR_US, MINUTE_US, SECOND_US
from streams.officers.account import AccountError, Officer
from streams.officers.api_key import ApiKey
from streams.officers.passwords import Passwords
from streams.officers.roles import Role
from streams.officers.sign_in import Attempt, Door, SignedIn
from streams.officers.vault import open_vault
from streams.store.api_keys import add_api_key, api_keys, holder_of, revoke_api_key
from streams.store.audit import audit_rows
from streams.store.engine import open_store, reading, writing
from streams.store.officers import change_password, disable_officer, enable_officer, find_officer, officers
from streams.store.officers_schema import API_KEYS, OFFICERS, SESSIONS, TRIES
from streams.store.sessions import officer_of, sign_out
from tests.streams.officers.desk import CHEAP, NOW_US, PASSWORD, SECRET, add, code, sign_in, token


def everything(engine: Engine) -> str:
    """All that is in the tables, as somebody who reads the database sees it."""
    with reading(engine) as connection:
        return repr([connection.execute(select(table)).all() for table in (OFFICERS, SESSIONS, TRIES, API_KEYS)]) + repr(
            list(audit_rows(engine))
        )


def test_a_session_holds_while_somebody_looks_for_twelve_hours_at_most(engine: Engine) -> None:
    officer, held = add(engine), token(engine)
    for minute in range(0, 720, 20):
        assert officer == officer_of(engine, held, NOW_US + minute * MINUTE_US)
    assert officer == officer_of(engine, held, NOW_US + 12 * HOUR_US - 1)
    assert officer_of(engine, held, NOW_US + 12 * HOUR_US) is None


def test_a_session_ends_half_an_hour_after_the_last_look(engine: Engine) -> None:
    officer, held = add(engine), token(engine)
    assert officer == officer_of(engine, held, NOW_US + 10 * MINUTE_US)
    assert officer == officer_of(engine, held, NOW_US + 40 * MINUTE_US - 1, active=False)
    assert officer_of(engine, held, NOW_US + 40 * MINUTE_US) is None


def test_what_a_page_does_by_itself_keeps_no_session_alive(engine: Engine) -> None:
    add(engine)
    held = token(engine)
    for minute in range(0, 30, 5):
        assert officer_of(engine, held, NOW_US + minute * MINUTE_US, active=False)
    assert officer_of(engine, held, NOW_US + 30 * MINUTE_US, active=False) is None


def test_signing_out_ends_one_session(engine: Engine) -> None:
    add(engine)
    one, other = token(engine), token(engine, NOW_US + MINUTE_US)
    sign_out(engine, one)
    sign_out(engine, "nobody's")
    assert [None, "li.wei"] == [who and who.name for who in (officer_of(engine, held, NOW_US + MINUTE_US) for held in (one, other))]


@pytest.mark.parametrize("held", ["", "x", "\ud83d", "\0", "x" * 100_000])
def test_what_is_no_token_is_nobodys(engine: Engine, held: str) -> None:
    add(engine)
    token(engine)
    assert officer_of(engine, held, NOW_US) is None
    assert holder_of(engine, held) is None


def test_a_disabled_account_is_out_at_once_and_its_old_sessions_stay_ended(engine: Engine) -> None:
    add(engine)
    add(engine, "chief")
    held, others = [token(engine), token(engine, NOW_US + MINUTE_US)], token(engine, name="chief")
    disable_officer(engine, "LI.wei", NOW_US, "chief")
    assert [None, None] == [officer_of(engine, each, NOW_US) for each in held]
    enable_officer(engine, "li.wei", NOW_US, "chief")
    assert [None, None] == [officer_of(engine, each, NOW_US) for each in held]
    assert officer_of(engine, others, NOW_US) is not None


def test_a_new_password_ends_sessions_and_is_the_only_one_that_holds(engine: Engine) -> None:
    add(engine)
    held = token(engine)
    change_password(engine, "li.wei", CHEAP.hash("eight wet bicycles"), NOW_US, "li.wei")
    later_us = NOW_US + MINUTE_US
    assert officer_of(engine, held, later_us) is None
    assert not isinstance(sign_in(engine, later_us), SignedIn)
    assert isinstance(sign_in(engine, later_us, password="eight wet bicycles"), SignedIn)


def test_an_account_that_was_disabled_in_the_database_is_out_too(engine: Engine) -> None:
    add(engine)
    held = token(engine)
    with writing(engine) as connection:
        connection.execute(update(OFFICERS).values(disabled=True))
    assert officer_of(engine, held, NOW_US) is None


def test_a_new_password_ends_a_wait(engine: Engine) -> None:
    add(engine)
    for _ in range(5):
        sign_in(engine, password="")
    change_password(engine, "li.wei", CHEAP.hash("eight wet bicycles"), NOW_US, "chief")
    assert isinstance(sign_in(engine, password="eight wet bicycles"), SignedIn)


def test_sessions_that_are_over_are_dropped(engine: Engine) -> None:
    add(engine)
    token(engine)
    token(engine, NOW_US + 31 * MINUTE_US)
    with reading(engine) as connection:
        assert 1 == len(connection.execute(select(SESSIONS)).all())


def test_tries_are_dropped_when_they_make_nobody_wait_any_more(engine: Engine) -> None:
    for number in range(10):
        sign_in(engine, name=f"nobody{number}")
    sign_in(engine, NOW_US + 31 * MINUTE_US, name="nobody")
    with reading(engine) as connection:
        assert 1 == len(connection.execute(select(TRIES)).all())


def test_nothing_in_the_database_lets_anybody_in(engine: Engine) -> None:
    add(engine)
    held = token(engine)
    key = add_api_key(engine, "drainage", Role.VIEWER, NOW_US, "li.wei").key
    sign_in(engine, name="my password instead of my name", password="wrong")
    kept = everything(engine)
    for secret in (PASSWORD, SECRET, held, key, key.split("_", 2)[2], "my password"):
        assert secret not in kept


def test_accounts_are_listed_by_name(engine: Engine) -> None:
    for name, role in (("b", Role.VIEWER), ("a", Role.ADMINISTRATOR)):
        add(engine, name, role)
    disable_officer(engine, "b", NOW_US, "a")
    assert [Officer("a", "Li Wei", Role.ADMINISTRATOR), Officer("b", "Li Wei", Role.VIEWER, True)] == officers(engine)
    assert officers(engine)[1] == find_officer(engine, " B ")


def test_a_name_is_taken_once(engine: Engine) -> None:
    add(engine)
    with pytest.raises(AccountError, match="already"):
        add(engine, role=Role.VIEWER)
    assert [Role.OFFICER] == [officer.role for officer in officers(engine)]
    assert 1 == len(list(audit_rows(engine)))


@pytest.mark.parametrize("name", ["nobody", "", "a\0", "\ud83d"])
def test_an_account_that_is_not_there_cannot_be_changed(engine: Engine, name: str) -> None:
    with pytest.raises(AccountError, match="lowpoint officers list"):
        disable_officer(engine, name, NOW_US, "test")
    with pytest.raises(AccountError, match="lowpoint officers list"):
        enable_officer(engine, name, NOW_US, "test")
    with pytest.raises(AccountError, match="lowpoint officers list"):
        change_password(engine, name, "hash", NOW_US, "test")
    with pytest.raises(AccountError, match="lowpoint officers list"):
        revoke_api_key(engine, name, NOW_US, "test")
    assert [] == list(audit_rows(engine))


def test_what_changes_an_account_stands_in_the_audit_with_who_did_it(engine: Engine) -> None:
    add(engine)
    disable_officer(engine, "li.wei", NOW_US, "chief")
    enable_officer(engine, "li.wei", NOW_US + SECOND_US, "chief")
    change_password(engine, "li.wei", CHEAP.hash(PASSWORD), NOW_US, "li.wei")
    new = add_api_key(engine, "drainage", Role.VIEWER, NOW_US, "chief")
    for _ in range(2):
        revoke_api_key(engine, new.key_id, NOW_US, "chief")
    assert [
        ("2021-07-20T08:31:00Z", "test", "officer_added", "li.wei", {"role": "officer"}),
        ("2021-07-20T08:31:00Z", "chief", "officer_disabled", "li.wei", {}),
        ("2021-07-20T08:31:01Z", "chief", "officer_enabled", "li.wei", {}),
        ("2021-07-20T08:31:00Z", "li.wei", "password_changed", "li.wei", {"second_factor": False}),
        ("2021-07-20T08:31:00Z", "chief", "api_key_made", new.key_id, {"owner": "drainage", "role": "viewer"}),
        ("2021-07-20T08:31:00Z", "chief", "api_key_revoked", new.key_id, {}),
    ] == [(row.at, row.actor, row.act, row.subject, row.facts) for row in audit_rows(engine)]


def test_a_key_is_known_until_it_is_revoked(engine: Engine) -> None:
    one, other = (add_api_key(engine, owner, Role.VIEWER, NOW_US, "chief") for owner in ("drainage", " meteorology\n"))
    assert ApiKey(one.key_id, "drainage", Role.VIEWER, NOW_US) == holder_of(engine, one.key)
    assert holder_of(engine, one.key[:-1]) is None
    assert holder_of(engine, one.key_id) is None
    for at_us in (NOW_US + 1, NOW_US + 2):
        revoke_api_key(engine, one.key_id, at_us, "chief")
    assert holder_of(engine, one.key) is None
    assert {"drainage": NOW_US + 1, "meteorology": None} == {key.owner: key.revoked_us for key in api_keys(engine)}
    assert holder_of(engine, other.key) is not None


def run(*arguments: object, typed: str | bytes = "") -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], input=typed)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "officers.key"
    assert 0 == run("key", file).exit_code
    return file


def secret_in(done: Result) -> str:
    return parse_qs(urlsplit(done.stdout.strip()).query)["secret"][0]


def opens(store: str, key_file: Path, secret: str, password: str = PASSWORD) -> bool:
    now_us = clock.now_us()
    engine = open_store(store)
    done = Door(engine, open_vault(key_file), Passwords()).sign_in(Attempt("li.wei", password, code(now_us, secret)), now_us)
    engine.dispose()
    return isinstance(done, SignedIn)


def test_the_command_adds_somebody_who_can_sign_in(store_url: str, key_file: Path) -> None:
    assert 0o600 == stat.S_IMODE(key_file.stat().st_mode)
    options = ("--role", "officer", "--store", store_url, "--key", key_file)
    done = run("add", "Li.Wei", "--display-name", "李伟", *options, typed=f"{PASSWORD}\r\nmore\n")
    assert 0 == done.exit_code, done.output
    assert done.stdout.startswith("otpauth://totp/Lowpoint:li.wei?")
    assert PASSWORD not in done.output
    assert opens(store_url, key_file, secret_in(done))
    assert "li.wei  officer  李伟\n" == run("list", "--store", store_url).stdout


def test_the_command_gives_a_new_password_and_with_it_a_second_factor(store_url: str, key_file: Path) -> None:
    options = ("--store", store_url, "--key", key_file)
    first = run("add", "li.wei", "--role", "officer", *options, typed=PASSWORD)
    assert (0, "") == ((done := run("password", "li.wei", *options, typed="eight wet bicycles\n")).exit_code, done.stdout)
    assert opens(store_url, key_file, secret_in(first), "eight wet bicycles")
    second = run("password", "li.wei", "--second-factor", *options, typed="nine wet bicycles\n")
    assert secret_in(first) != secret_in(second)
    assert opens(store_url, key_file, secret_in(second), "nine wet bicycles")


def test_the_command_disables_and_enables(store_url: str, key_file: Path) -> None:
    secret = secret_in(run("add", "li.wei", "--role", "viewer", "--store", store_url, "--key", key_file, typed=PASSWORD))
    assert 0 == run("disable", "li.wei", "--store", store_url).exit_code
    assert "li.wei  viewer  li.wei  disabled\n" == run("list", "--store", store_url).stdout
    assert not opens(store_url, key_file, secret)
    assert 0 == run("enable", "li.wei", "--store", store_url).exit_code
    assert opens(store_url, key_file, secret)


def test_the_command_makes_and_revokes_keys(store_url: str) -> None:
    done = run("api-key", "drainage", "--role", "viewer", "--store", store_url)
    key, key_id = done.stdout.strip(), done.stderr.split()[-1]
    engine = open_store(store_url)
    assert (holder := holder_of(engine, key)) is not None
    assert ("drainage", key_id) == (holder.owner, holder.key_id)
    assert f"key {key_id}  viewer  drainage  made " in run("list", "--store", store_url).stdout
    assert 0 == run("revoke", key_id, "--store", store_url).exit_code
    assert holder_of(engine, key) is None
    assert " revoked 2" in run("list", "--store", store_url).stdout
    engine.dispose()


def test_without_a_key_the_command_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOWPOINT_OFFICERS_KEY", raising=False)
    store = f"sqlite:///{tmp_path / 'store.db'}"
    done = run("add", "li.wei", "--role", "officer", "--store", store, typed=PASSWORD)
    assert (1, 1) == (done.exit_code, len(done.output.splitlines()))
    assert "lowpoint officers key FILE" in done.stderr
    assert 2 == run("key").exit_code


def test_the_command_says_in_one_line_what_is_wrong(tmp_path: Path, key_file: Path) -> None:
    store, other = f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "other.key"
    run("key", other)
    add = ("add", "--role", "officer", "--store", store)
    assert 0 == run(*add, "li.wei", "--key", key_file, typed=PASSWORD).exit_code
    for arguments, typed, why in (
        ((*add, "chief", "--key", key_file), "", "too short"),
        ((*add, "chief", "--key", key_file), b"\xff" * 20, "not UTF-8"),
        ((*add, "chief", "--key", other), PASSWORD, "another key"),
        ((*add, "Li.Wei", "--key", key_file), PASSWORD, "already"),
        ((*add, "li wei", "--key", key_file), PASSWORD, "cannot be a name"),
        (("password", "li.wei", "--store", store), "li.wei", "too short"),
        (("password", "chief", "--store", store), PASSWORD, "no account 'chief'"),
        (("disable", "chief", "--store", store), "", "no account 'chief'"),
        (("enable", "chief", "--store", store), "", "no account 'chief'"),
        (("revoke", "abc", "--store", store), "", "no key 'abc'"),
        (("api-key", " ", "--role", "viewer", "--store", store), "", "can be printed"),
        (("key", key_file), "", "is there already"),
    ):
        done = run(*arguments, typed=typed)
        assert (1, 1) == (done.exit_code, len(done.output.splitlines())), done.output
        assert why in done.stderr
        assert PASSWORD not in done.output
    for store in ("nonsense", "sqlite://"):
        assert 2 == run("list", "--store", store).exit_code


def test_no_argument_takes_a_password() -> None:
    for name, each in command.commands.items():
        assert not [option for option in each.params if "password" in (option.name or "")], name


def test_opening_a_store_makes_the_tables(engine: Engine) -> None:
    with reading(engine) as connection:
        for table in ("officers", "officer_sessions", "officer_tries", "api_keys", "audit"):
            assert 0 == connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
