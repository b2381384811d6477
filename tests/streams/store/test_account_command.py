"""`lowpoint account`, `lowpoint account cost` and `lowpoint account not-reached`."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from streams.cli.account import BY, account
from streams.rules.outputs import OutputMessage
from streams.store.audit import audit_rows
from streams.store.engine import open_store
from streams.store.not_reached import READ
from streams.store.outbox import write_order
from streams.store.projection import save_outputs
from tests.streams.store.posts import begin, say, settle_doors
from tests.streams.store.town import order, settle


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_bytes(base64.urlsafe_b64encode(b"only for tests, thirty-two bytes"))
    return file


def run(*arguments: object) -> Result:
    return CliRunner().invoke(account, [str(argument) for argument in arguments])


def test_the_account_is_printed_with_delays_and_reasons(engine: Engine, store_url: str, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 3)
    write_order(engine, order(level=4))
    jobs = begin(engine)
    say(engine, jobs["R000001"], "delivered", seconds=7)
    say(engine, jobs["R000002"], "failed", "30005")
    done = run("--store", store_url)
    assert 0 == done.exit_code, done.output
    for words in (
        "Z1",
        order().identifier,
        "4 red",
        "7.0 s",
        "1 texts failed: the number is nobody's (30005)",
        "p50 7.0 s, p95 7.0 s of 1",
    ):
        assert words in done.stdout
    assert "does not add up" not in done.stdout


def test_before_any_order_that_is_said(engine: Engine, store_url: str) -> None:
    assert (0, "no order has been released yet\n") == ((done := run("--store", store_url)).exit_code, done.stdout)


def test_the_cost_of_a_draft_is_printed(engine: Engine, store_url: str, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 60)
    draft = order(state="draft", texts={"zh": "水" * 71})
    save_outputs(engine, OutputMessage("D1", 0, [], [draft]))
    done = run("cost", draft.identifier, "--store", store_url, "--segments-per-s", 1)
    assert (0, "") == (done.exit_code, done.stderr)
    for words in ("zone Z1: 60 people", "120", "2.0 min at 1 segments/s", "0 opted out, 0 without telephone"):
        assert words in done.stdout


def test_the_list_is_written_for_its_owner_alone_and_told_in_the_audit(engine: Engine, store_url: str, tmp_path: Path, key: Path) -> None:
    settle_doors(engine, tmp_path, ["+9990000000001,zh,Z1,-1,slow,1 Low Road,Aunt Li", "+9990000000002,zh,Z2,,,2 Low Road,"])
    write_order(engine, order())
    write_order(engine, order(incident="b", zones=["Z2"]))
    out = tmp_path / "list.csv"
    done = run("not-reached", "--store", store_url, "--key", key, "--out", out, "--zone", "Z1")
    assert (0, f"1 people not reached are in {out}: only you may read it, delete it when it has done its work\n") == (
        done.exit_code,
        done.output,
    )
    assert 0o600 == stat.S_IMODE(out.stat().st_mode)
    assert (
        "Z1,1 Low Road,basement 1,slow,Aunt Li,'+9990000000001,3,pending,waits to be sent,R000001" == out.read_text("utf-8").splitlines()[1]
    )
    again = run("not-reached", "--store", store_url, "--key", key, "--out", out)
    assert (1, True) == (again.exit_code, "is there already" in again.stderr)
    run("not-reached", "--store", store_url, "--key", key, "--out", tmp_path / "all.csv", "--by", "li")
    assert [(BY, "Z1", {"people": 1}), (f"li ({BY})", "all zones", {"people": 2})] == [
        (row.actor, row.subject, row.facts) for row in audit_rows(engine) if row.act == READ
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "--store"),
        (["--store", "sqlite:///{folder}/none.db"], 2, "there is no store"),
        (["--store", "{store}", "cost", "x"], 2, "after cost"),
        (["cost", "x", "--store", "{store}"], 1, "there is no order x"),
        (["cost", "x", "--store", "{store}", "--segments-per-s", "0"], 2, "segments-per-s"),
        (["not-reached", "--store", "{store}", "--key", "{folder}/none", "--out", "{folder}/o"], 1, "the key cannot be read"),
        (["not-reached", "--store", "{store}", "--key", "{folder}/other", "--out", "{folder}/o"], 1, "another key"),
        (["not-reached", "--store", "{store}", "--key", "{folder}/key", "--out", "{folder}/no/o"], 1, "No such file"),
    ],
)
def test_what_is_wrong_is_told_and_leaves_no_file(tmp_path: Path, key: Path, arguments: list[str], code: int, words: str) -> None:
    store_url = f"sqlite:///{tmp_path / 'one.db'}"
    engine = open_store(store_url)
    settle(engine, tmp_path, ["Z1"])
    engine.dispose()
    (tmp_path / "other").write_bytes(base64.urlsafe_b64encode(b"x" * 32))
    done = run(*(argument.format(folder=tmp_path, store=store_url) for argument in arguments))
    assert (code, True) == (done.exit_code, words in done.stderr), done.output
    assert not (tmp_path / "o").exists()
