"""The accounts of a demo or a drill sign in as any others do, lie in a file for its owner's eyes, and end with the run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from streams.city.load import load_city
from streams.city.model import Public
from streams.cli.demo import demo
from streams.cli.drill import drill
from streams.demo.accounts import MadeUp, accounts_file, code_now, made_up_accounts, read_accounts
from streams.demo.city import FOLDER
from streams.observation.moments import SECOND_US
from streams.officers.account import AccountError
from streams.officers.passwords import SHORTEST, Passwords
from streams.officers.sign_in import Attempt, Door, Refused, SignedIn
from streams.officers.vault import open_vault
from streams.store.engine import open_store
from streams.store.officers import officers

CITY = load_city(FOLDER)
NOW_US = 1_800_000_000 * SECOND_US


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return accounts_file(tmp_path, "demo")


@pytest.fixture
def made(engine: Engine, tmp_path: Path, file: Path) -> Iterator[list[MadeUp]]:
    with made_up_accounts(engine, CITY, tmp_path / "key", file) as made:
        yield made


def test_there_is_somebody_for_every_seat_and_two_who_sign(engine: Engine, made: list[MadeUp]) -> None:
    assert [("forecaster", "forecaster"), ("officer1", "officer"), ("officer2", "officer"), ("viewer", "viewer")] == [
        (one.name, one.role) for one in made
    ]
    assert [one.name for one in made] == [officer.name for officer in officers(engine)]


def test_each_signs_in_with_the_password_and_the_code_of_the_file(engine: Engine, made: list[MadeUp], tmp_path: Path, file: Path) -> None:
    door = Door(engine, open_vault(tmp_path / "key"), Passwords())
    for one in made:
        digits, left_s = code_now(file, one.name, NOW_US)
        assert 0 < left_s <= 30
        assert isinstance(door.sign_in(Attempt(one.name, one.password, digits), NOW_US), SignedIn)
        assert isinstance(door.sign_in(Attempt(one.name, one.password, "000000"), NOW_US), Refused)


def test_passwords_are_made_up_anew_and_long_enough(made: list[MadeUp], engine: Engine) -> None:
    assert len(made) == len({one.password for one in made}) == len({one.secret for one in made})
    assert all(len(one.password) >= SHORTEST for one in made)
    assert not any(one.password in repr(one) or one.secret in repr(one) for one in made)


def test_the_file_is_its_owners_alone_and_ends_with_the_run(engine: Engine, tmp_path: Path, file: Path) -> None:
    file.parent.mkdir()
    file.write_text("left over by a run that was killed", "utf-8")
    with made_up_accounts(engine, CITY, tmp_path / "key", file) as made:
        assert 0o600 == file.stat().st_mode & 0o777
        assert {one.name: one for one in made} == read_accounts(file)
    assert not file.exists()


def test_a_file_that_another_run_has_written_meanwhile_stays(engine: Engine, tmp_path: Path, file: Path) -> None:
    with made_up_accounts(engine, CITY, tmp_path / "key", file):
        file.write_text("another's", "utf-8")
    assert "another's" == file.read_text("utf-8")


def test_a_live_city_gets_no_such_accounts(engine: Engine, tmp_path: Path, file: Path) -> None:
    live = msgspec.structs.replace(CITY, demo=False, simulated=False, public=Public(live=True))
    with pytest.raises(AccountError, match="is live"), made_up_accounts(engine, live, tmp_path / "key", file):
        pass
    assert ([], False) == (officers(engine), file.exists())


@pytest.mark.parametrize(("command", "run"), [(demo, "demo"), (drill, "drill")])
def test_the_command_says_the_code_of_the_moment(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: click.Command, run: str
) -> None:
    monkeypatch.setenv("LOWPOINT_HOME", str(tmp_path))
    monkeypatch.setattr("streams.clock.now_us", lambda: NOW_US)
    file = accounts_file(tmp_path, run)
    with made_up_accounts(engine, CITY, tmp_path / "key", file):
        said = CliRunner().invoke(command, ["code", "officer2"])
        assert (0, code_now(file, "officer2", NOW_US)[0]) == (said.exit_code, said.stdout.strip())
        unknown = CliRunner().invoke(command, ["code", "nobody"])
        assert 1 == unknown.exit_code
        assert "officer1" in unknown.output
    over = CliRunner().invoke(command, ["code", "officer2"])
    assert (1, True) == (over.exit_code, "is not there: its accounts are made when" in over.output)
