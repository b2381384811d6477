"""`lowpoint residents` as somebody types it: a number is never an argument, and never printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli import residents as module
from streams.cli.residents import residents as command
from streams.demo.city import FOLDER
from streams.demo.residents import make_residents
from streams.people.vault import write_people_key
from tests.streams.store.town import people, write_csv

PHONE = "+9990000000001"


class Shell:
    """A folder with a store and a key."""

    def __init__(self, folder: Path):
        self.folder, self.key, self.store = folder, folder / "key", f"sqlite:///{folder / 'store.db'}"
        write_people_key(self.key)

    def run(self, *words: str, typed: str = "") -> Result:
        done = CliRunner().invoke(command, [*words, "--store", self.store], input=typed)
        assert "+999" not in done.output
        return done

    def bring(self, *rows: str) -> Result:
        file = write_csv(self.folder / "r.csv", rows, "phone,language,zone_id,floor")
        return self.run("import", str(file), "--city", str(FOLDER), "--key", str(self.key))

    def keyed(self, *words: str, typed: str = f"{PHONE}\n") -> Result:
        return self.run(*words, "--key", str(self.key), typed=typed)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.delenv("LOWPOINT_RESIDENTS_KEY", raising=False)
    return Shell(tmp_path)


def test_an_import_tells_how_many_and_why_not(shell: Shell) -> None:
    make_residents(FOLDER, shell.folder / "r.csv", 20)
    with (shell.folder / "r.csv").open("a", encoding="utf-8") as file:
        file.write("R000021,+99900000x,zh,Z01A\nR000022,+9990,zh,Z01A,,,cellar\n")
    done = shell.run("import", str(shell.folder / "r.csv"), "--city", str(FOLDER), "--key", str(shell.key))
    assert (0, "21 residents") == (done.exit_code, done.stdout.splitlines()[-1])
    assert ["refused 1: number_not_made_up_in_a_city_not_live", "note 1: floor_unknown"] == done.stderr.splitlines()
    assert "99900000x" not in done.output


def test_an_import_of_nobody_fails(shell: Shell) -> None:
    done = shell.bring(f"{PHONE},zh,nowhere")
    assert 1 == done.exit_code
    assert "the store was left as it was" in done.stderr


def test_an_import_without_a_key_is_refused_with_how_to_make_one(shell: Shell) -> None:
    file = write_csv(shell.folder / "r.csv", people(["Z01A"]))
    done = shell.run("import", str(file), "--city", str(FOLDER))
    assert (1, 1) == (done.exit_code, len(done.output.splitlines()))
    assert "lowpoint residents key FILE" in done.output
    assert not (shell.folder / "store.db").exists()


def test_the_key_may_be_named_by_the_environment(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWPOINT_RESIDENTS_KEY", str(shell.folder / "other"))
    made = CliRunner().invoke(command, ["key"])
    assert (0, f"a new key is in {shell.folder / 'other'}\n") == (made.exit_code, made.output)
    file = write_csv(shell.folder / "r.csv", people(["Z01A"]))
    assert 0 == shell.run("import", str(file), "--city", str(FOLDER)).exit_code
    assert "another key" in shell.keyed("find").output


def test_a_key_is_never_written_over(shell: Shell) -> None:
    done = CliRunner().invoke(command, ["key", str(shell.key)])
    assert (1, True) == (done.exit_code, "is there already" in done.output)


@pytest.mark.parametrize("store", ["nonsense", "sqlite://"])
def test_a_store_that_cannot_be_is_told_in_one_line(shell: Shell, store: str) -> None:
    file = write_csv(shell.folder / "r.csv", people(["Z01A"]))
    done = CliRunner().invoke(command, ["import", str(file), "--city", str(FOLDER), "--store", store, "--key", str(shell.key)])
    assert (2, 1) == (done.exit_code, len(done.output.splitlines()))


def test_a_resident_is_found_changed_and_deleted(shell: Shell) -> None:
    shell.bring(f"{PHONE},zh,Z01A,3", "+9990000000002,en,Z02A,")
    assert "R000001  zh  by telephone\nZ01A  floor 3  mobility unknown\n" == shell.keyed("find").output
    changed = shell.keyed("change", "--city", str(FOLDER), "--floor", "-1", "--mobility", "needs_help")
    assert "R000001  zh  by telephone\nZ01A  floor -1  mobility needs_help\n" == changed.output
    assert "Z03A  floor unknown" in shell.run("change", "R000002", "--city", str(FOLDER), "--zone", "Z03A").output
    assert "1 deleted\n" == shell.keyed("delete").output
    assert (1, "Error: no resident has this number\n") == ((gone := shell.keyed("find")).exit_code, gone.output)
    assert "1 residents in 1 homes\n0 without a telephone\n0 opted out\n" == shell.run("count").output


def test_a_number_opts_out_and_in(shell: Shell) -> None:
    shell.bring(f"{PHONE},zh,Z01A,3")
    assert ["gets no texts any more\n", "had opted out already\n"] == [shell.keyed("opt-out").output for _ in range(2)]
    assert "R000001  zh  opted out" in shell.keyed("find").output
    assert ["gets texts again\n", "had not opted out\n"] == [shell.keyed("opt-in").output for _ in range(2)]


def test_all_are_deleted_only_after_a_second_question(shell: Shell) -> None:
    shell.bring(f"{PHONE},zh,Z01A,3", "+9990000000002,en,Z02A,")
    assert 1 == shell.run("delete", "--all", typed="n\n").exit_code
    assert "2 residents" in shell.run("count").output
    assert "2 deleted\n" == shell.run("delete", "--all", "--yes").output
    assert 2 == shell.run("delete", "--all", "R000001", "--yes").exit_code
    assert 1 == shell.run("delete", "R000001").exit_code


def test_at_a_terminal_the_number_is_asked_for_without_being_shown(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.bring(f"{PHONE},zh,Z01A,3")
    monkeypatch.setattr(module, "_at_a_terminal", lambda: True)
    assert shell.keyed("find").output.startswith("number: \nR000001")


@pytest.mark.parametrize("typed", ["", "\n", "one\n", "0990000000001\n"])
def test_what_is_no_number_is_refused_and_not_repeated(shell: Shell, typed: str) -> None:
    shell.bring(f"{PHONE},zh,Z01A,3")
    done = shell.keyed("find", typed=typed)
    assert (1, "Error: that is no telephone number: write + and the country code before it\n") == (done.exit_code, done.output)


def test_a_store_that_is_not_there_is_not_made_by_looking(shell: Shell) -> None:
    for words in (("find",), ("opt-out",), ("opt-in",), ("delete",)):
        assert "there is no store" in shell.keyed(*words).output
    assert "there is no store" in shell.run("count").output
    assert not (shell.folder / "store.db").exists()
