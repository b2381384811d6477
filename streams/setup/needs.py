"""What a command needs before it can run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BROKER_COMMANDS = frozenset({"replay", "demo", "drill", "serve", "bench", "test", "setup"})
"""Commands that start a Kafka of their own unless they are given one."""

CONSOLE_COMMANDS = frozenset({"web", "demo", "drill", "test", "setup"})
"""Commands that serve the console, or look at it."""


@dataclass(frozen=True)
class Needs:
    """Beyond the Python packages, which every command needs."""

    kafka: bool
    scripts: bool
    extras: bool


def asks_for_help(arguments: Sequence[str]) -> bool:
    """Whether only a help text is wanted."""
    return "--help" in arguments or "-h" in arguments


def needs_of(arguments: Sequence[str], env: Mapping[str, str]) -> Needs:
    """What these arguments of the command line ask for."""
    command = arguments[0] if arguments else ""
    if asks_for_help(arguments):
        return Needs(kafka=False, scripts=False, extras=False)
    if command == "test":
        return Needs(kafka=True, scripts=True, extras=True)
    given = bool(env.get("LOWPOINT_BROKER")) or any(argument == "--broker" or argument.startswith("--broker=") for argument in arguments)
    kafka = command in BROKER_COMMANDS and not (given and command != "setup")
    return Needs(kafka, scripts=command in CONSOLE_COMMANDS, extras=False)
