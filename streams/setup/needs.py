"""What a command needs before it can run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BROKER_COMMANDS = frozenset({"replay", "demo", "serve", "bench", "test", "setup"})
"""Commands that start a Kafka of their own unless they are given one."""


@dataclass(frozen=True)
class Needs:
    """Beyond the Python packages, which every command needs."""

    kafka: bool
    extras: bool


def asks_for_help(arguments: Sequence[str]) -> bool:
    """Whether only a help text is wanted."""
    return "--help" in arguments or "-h" in arguments


def needs_of(arguments: Sequence[str], env: Mapping[str, str]) -> Needs:
    """What these arguments of the command line ask for."""
    command = arguments[0] if arguments else ""
    if asks_for_help(arguments):
        return Needs(kafka=False, extras=False)
    if command == "test":
        return Needs(kafka=True, extras=True)
    given = bool(env.get("LOWPOINT_BROKER")) or any(argument == "--broker" or argument.startswith("--broker=") for argument in arguments)
    return Needs(kafka=command in BROKER_COMMANDS and not (given and command != "setup"), extras=False)
