"""From the arguments of `./lowpoint` to the running program: get ready what is missing, then become it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from streams.setup.checks import run_checks
from streams.setup.environment import clean, for_program
from streams.setup.extras import make_extras
from streams.setup.failure import SetupFailed
from streams.setup.kafka import kafka_ready, make_kafka
from streams.setup.machine import Machine
from streams.setup.needs import Needs, asks_for_help, needs_of
from streams.setup.packages import make_packages, packages_ready
from streams.setup.places import Places
from streams.setup.scripts import make_scripts, scripts_ready
from streams.setup.told import tell
from streams.setup.turn import one_at_a_time

_OWN = {
    "setup": "Usage: ./lowpoint setup\n\n  Get ready all that other commands need: Python packages, Java, Kafka, the console's scripts.",
    "test": "Usage: ./lowpoint test [PYTEST ARGUMENTS]\n\n  Run the linter, the type checker and the tests; set up what they need.",
}


def main(arguments: Sequence[str], env: Mapping[str, str], repository: Path) -> int:
    """Set up, then run the command; returns an exit code, or not at all."""
    places = Places.of(repository, env)
    machine = Machine.here(clean(env, places))
    try:
        get_ready(places, machine, needs_of(arguments, env))
    except SetupFailed as failure:
        tell(f"lowpoint: {failure}")
        return failure.code
    except OSError as error:
        tell(f"lowpoint: the set-up failed: {error}")  # no space left, say
        return 1
    except KeyboardInterrupt:
        tell("lowpoint: interrupted; the next start takes up where this one ended")
        return 130
    return _run(list(arguments), places, for_program(machine.env, places))


def get_ready(places: Places, machine: Machine, needs: Needs) -> None:
    """Do the steps that are not done yet; when all are, this only looks at their stamps."""
    kafka_there, scripts_there = kafka_ready(places, machine) or not needs.kafka, scripts_ready(places) or not needs.scripts
    if packages_ready(places) and kafka_there and scripts_there and not needs.extras:
        return
    with one_at_a_time(places.turn):
        Path(machine.env["HOME"]).mkdir(parents=True, exist_ok=True)
        make_packages(places, machine)
        if needs.kafka:
            make_kafka(places, machine)
        if needs.scripts:
            make_scripts(places, machine)
        if needs.extras:
            make_extras(places, machine)


def _run(arguments: list[str], places: Places, env: Mapping[str, str]) -> int:
    command = arguments[0] if arguments else ""
    if command in _OWN and asks_for_help(arguments):
        tell(_OWN[command])
        return 0
    if command == "setup":
        tell(f"lowpoint: everything is ready in {places.home}")
        return 0
    if command == "test":
        return run_checks(arguments[1:], places, env)
    # -P: modules in the user's folder must not come before ours
    command_line = [str(places.python), "-P", "-m", "streams.cli.main", *arguments]
    raise SystemExit(os.execve(places.python, command_line, env))
