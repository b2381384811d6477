"""Java, for the broker: found, or installed where we may."""

from __future__ import annotations

import re
import subprocess

from streams.setup import stamp
from streams.setup.failure import SetupFailed
from streams.setup.machine import Machine
from streams.setup.places import Places

OLDEST_JAVA = 17
JAVA_PACKAGE = "default-jre-headless"


def java_ready(places: Places, machine: Machine) -> bool:
    """Whether the Java on PATH is one that was found new enough before."""
    path = find_java(machine)
    return path is not None and stamp.read(places.home / "java.stamp") == path


def check_java(places: Places, machine: Machine) -> None:
    """Ask the Java on PATH for its version and remember it.

    Raises
    ------
    SetupFailed
        With what to install.
    """
    path = find_java(machine)
    if path is None:
        raise SetupFailed(f"there is no Java; install it, as root: apt-get install {JAVA_PACKAGE}", 2)
    version = java_version(path, machine)
    if version < OLDEST_JAVA:
        what = f"install openjdk-{OLDEST_JAVA}-jre-headless or newer, or name another Java in LOWPOINT_JAVA"
        raise SetupFailed(f"{path} is Java {version}, and Kafka needs {OLDEST_JAVA}: {what}", 2)
    stamp.write(places.home / "java.stamp", path)


def find_java(machine: Machine) -> str | None:
    """Path of the Java that the broker will be run with."""
    return machine.which(machine.env.get("LOWPOINT_JAVA") or "java")


def java_version(path: str, machine: Machine) -> int:
    """Major version; 0 if it does not tell."""
    try:
        said = subprocess.run([path, "-version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=machine.env, check=False)
    except OSError:
        return 0
    found = re.search(r'version "(\d+)(?:\.(\d+))?', said.stderr)
    if not found:
        return 0
    major = int(found[1])
    return int(found[2] or 0) if major == 1 else major  # Java 8 calls itself 1.8
