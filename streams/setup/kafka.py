"""What a broker of our own needs: Java, and Kafka's jars by Maven."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from streams.setup import apt, stamp
from streams.setup.child import run_leashed
from streams.setup.environment import maven_options
from streams.setup.failure import SetupFailed
from streams.setup.java import JAVA_PACKAGE, OLDEST_JAVA, check_java, find_java, java_ready
from streams.setup.machine import Machine
from streams.setup.places import Places
from streams.setup.told import step


def kafka_ready(places: Places, machine: Machine) -> bool:
    """Whether a broker can be started at once."""
    return _jars_ready(places) and java_ready(places, machine)


def make_kafka(places: Places, machine: Machine) -> None:
    """Get Java, Maven and the jars, whichever are missing."""
    if kafka_ready(places, machine):
        return
    _get_programs(places, machine)
    check_java(places, machine)
    if not _jars_ready(places):
        _get_jars(places, machine)


def _get_programs(places: Places, machine: Machine) -> None:
    missing = [] if find_java(machine) else [JAVA_PACKAGE]
    if not _jars_ready(places) and machine.which("mvn") is None:
        missing.append("maven")
    if not missing:
        return
    if not machine.has_apt:
        what = f"a Kafka of our own needs Java {OLDEST_JAVA} or newer, and Maven to fetch it"
        ways = f"install, as root: apt-get install {' '.join(missing)} (or name a running Kafka by --broker HOST:PORT)"
        raise SetupFailed(f"{what}; {ways}", 2)
    apt.install(missing, places, machine)


def _get_jars(places: Places, machine: Machine) -> None:
    fresh, old = (places.home / f"kafka.{name}.{os.getpid()}" for name in ("fresh", "old"))
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={fresh}"]
    with step("fetching Kafka"):
        try:
            run_leashed(["mvn", "-B", "-q", "-f", str(places.pom), *maven_options(machine.env), *goal], machine.env, places.log)
            stamp.write(fresh / "pom.stamp", stamp.digest(places.pom))
            if os.path.lexists(places.jars):
                places.jars.rename(old)  # a broker that runs keeps the files that it has open
            fresh.rename(places.jars)
        finally:
            for left in (fresh, old):
                _remove(left)


def _remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def _jars_ready(places: Places) -> bool:
    return stamp.read(places.jars / "pom.stamp") == stamp.digest(places.pom)
