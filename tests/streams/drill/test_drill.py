"""A drill from end to end, as a user starts it: people sign at the desk while the storm plays, and it stands when the storm is over."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.testing import CliRunner

from streams import clock
from streams.cli.drill import drill
from streams.demo.accounts import accounts_file, code_now, read_accounts
from streams.desk.client import DeskClient, connected
from streams.messages.texts import DRILL_MARK
from streams.observation.moments import SECOND_US, parse_us
from streams.store.engine import open_store
from streams.store.outbox import account, messages
from tests.streams.replay.storm import CITY, MINUTES, write_city, write_observations, write_residents
from tests.streams.towns import START_US

if TYPE_CHECKING:
    from streams.broker.local import LocalBroker

ROOT = Path(__file__).resolve().parents[3]
SPEED = 40
PATIENCE_S = 240.0
END_US = START_US + MINUTES * 60 * SECOND_US


@dataclass
class Drill:
    """A drill under way; `page` is where its pages are."""

    home: Path
    said: Path
    process: subprocess.Popen[bytes]
    page: str = ""

    def until(self, holds: Callable[[], Any]) -> Any:
        """Wait until something holds, and give it."""
        deadline_s = clock.monotonic_s() + PATIENCE_S
        while not (found := holds()):
            assert self.process.poll() is None, self.said.read_text("utf-8")
            assert clock.monotonic_s() < deadline_s, self.said.read_text("utf-8")
            clock.sleep_s(0.05)
        return found

    def sign_in(self, desk: DeskClient, name: str) -> None:
        file = accounts_file(self.home, "drill")
        desk.sign_in(name, read_accounts(file)[name].password, code_now(file, name, clock.now_us())[0])


@pytest.fixture(scope="module")
def running(broker: LocalBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    folder = tmp_path_factory.mktemp("drill")
    city = write_city(folder / "city")
    # nothing is automatic: level 4 takes two officers
    (city / "city.toml").write_text(re.sub(r"\[approval\](?s:.)*(?=\[public\])", "", CITY), encoding="utf-8")
    told = ["--city", str(city), "--input", str(write_observations(folder / "observations.ndjson"))]
    told += ["--residents", str(write_residents(folder / "residents.csv")), "--speed", str(SPEED), "--workers", "1"]
    told += ["--broker", broker.bootstrap, "--out", str(folder / "out")]
    environment = {**os.environ, "LOWPOINT_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "streams.cli.main", "drill", *told], stdout=said, stderr=said, env=environment, cwd=folder
        )
    started = Drill(folder / "home", folder / "said.txt", process)
    try:
        started.page = started.until(lambda: re.search(r"Map and list: (\S+)/\n", started.said.read_text("utf-8")))[1]
        yield started
    finally:
        process.kill()
        process.wait()


def test_what_two_officers_sign_at_the_desk_goes_out_while_the_storm_plays(running: Drill) -> None:
    with connected(running.page) as first, connected(running.page) as second:
        running.until(lambda: httpx.get(f"{running.page}/api/health").status_code != 503)
        running.sign_in(first, "officer1")
        running.sign_in(second, "officer2")
        heard: list[tuple[str, str, int]] = []

        def sign_what_stands() -> dict[str, Any] | None:
            """Each reads a red draft and signs it; the storm may put a newer version in its place meanwhile, and then both begin anew."""
            for desk in (first, second):
                order = next((one for one in desk.orders()["orders"] if one["level"] == 4 and one["state"] == "draft"), None)
                if order is None:
                    return None
                texts = {language: text["text"] for language, text in order["texts"].items()}
                assert {True} == {text.startswith(DRILL_MARK) for text in texts.values()}
                outcome = desk.act({"act": "sign", "orders": [{"identifier": order["identifier"], "texts": texts}]})["outcomes"][0]
                if outcome["outcome"] != "refused":
                    heard.append((order["identifier"], outcome["outcome"], parse_us(outcome["at"]) or 0))
                if (outcome["outcome"], outcome["words"]) == ("done", "released"):
                    return dict(order)
            return None

        order = running.until(sign_what_stands)
    assert ["counted", "done"] == [outcome for identifier, outcome, _ in heard if identifier == order["identifier"]]
    assert [True] * len(heard) == [START_US < at_us < END_US for _, _, at_us in heard], "the decisions are of the storm's day"
    assert order["people"] > 0
    engine = open_store(f"sqlite:///{next(running.home.glob('runs/replay-*/store.db'))}")
    running.until(lambda: account(engine)["sent"] >= order["people"])
    assert {True} == {message.text.startswith(DRILL_MARK) for message in messages(engine)}
    engine.dispose()


def test_when_the_storm_is_over_the_pages_stand_until_somebody_ends_it(running: Drill) -> None:
    running.until(lambda: "The storm is over. The pages stay up until Ctrl-C." in running.said.read_text("utf-8"))
    assert 200 == httpx.get(f"{running.page}/health").status_code
    with connected(running.page) as desk:
        running.sign_in(desk, "forecaster")
        assert desk.orders()["orders"]
    running.process.send_signal(signal.SIGTERM)
    assert 0 == running.process.wait(PATIENCE_S)
    assert "the drill is over" in running.said.read_text("utf-8")
    assert not accounts_file(running.home, "drill").exists()
    assert [] == list((running.home / "runs").iterdir())
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{running.page}/health")


def test_another_city_than_the_demo_needs_a_storm_of_its_own(tmp_path: Path) -> None:
    refused = CliRunner().invoke(drill, ["--city", str(write_city(tmp_path / "city"))])
    assert 1 == refused.exit_code
    assert "there is no storm for" in refused.output
    assert "--input" in refused.output
