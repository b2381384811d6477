"""What only the tests use: a message broker of another kind, a database and a browser of the system, and packages for Node.js."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from streams.setup import apt
from streams.setup.failure import SetupFailed
from streams.setup.machine import Machine
from streams.setup.node import Bundle, make_node
from streams.setup.places import Places
from streams.setup.told import tell


@dataclass(frozen=True)
class Extra:
    """A system package, how to see that it is there, and whose tests skip without it."""

    package: str
    there: Callable[[Machine], bool]
    tests: str


def _program(*names: str) -> Callable[[Machine], bool]:
    return lambda machine: machine.which(*names) is not None


def _file(folder: str, pattern: str) -> Callable[[Machine], bool]:
    return lambda machine: any(Path(folder).glob(pattern))


def _has_postgres(machine: Machine) -> bool:
    return machine.which("postgres") is not None or any(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


EXTRAS = (
    Extra("mosquitto", _program("mosquitto", "/usr/sbin/mosquitto"), "MQTT"),
    Extra("postgresql", _has_postgres, "PostgreSQL"),
    Extra("chromium", _program("chromium", "chromium-browser", "google-chrome"), "browser"),
    Extra("prometheus", _program("promtool"), "rule equality"),
    Extra("prometheus-alertmanager", _program("prometheus-alertmanager", "alertmanager"), "inhibition"),
    Extra("fonts-noto-cjk", _file("/usr/share/fonts", "**/NotoSansCJK*"), "Chinese text on the page"),
)


def make_extras(places: Places, machine: Machine) -> None:
    """Install what is missing where we may; what cannot be had is told, and its tests skip."""
    missing = [extra for extra in EXTRAS if not extra.there(machine)]
    wanted = [extra for extra in missing if not (machine.is_ubuntu and extra.package == "chromium")]
    if wanted and machine.has_apt:
        try:
            apt.install([extra.package for extra in wanted], places, machine)
        except SetupFailed as failure:
            tell(f"lowpoint: {failure}")
    for extra in missing:
        if not extra.there(machine):
            tell(f"lowpoint: no {extra.package}: {extra.tests} tests skip ({_reason(extra, machine)})")
    try:
        make_node(places, machine, Bundle.CHECKS)
    except (SetupFailed, OSError):
        what = "no packages for Node.js: tests of segments, contract and pages skip"
        tell(f"lowpoint: {what} (npm could not install them, see {places.log})")


def _reason(extra: Extra, machine: Machine) -> str:
    if machine.is_ubuntu and extra.package == "chromium":
        return "Ubuntu's package only points to a snap"
    return "apt could not install it" if machine.has_apt else f"as root: apt-get install {extra.package}"
