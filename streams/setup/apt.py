"""System packages by apt, where we are root and it is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from streams.setup.child import run
from streams.setup.machine import PLAIN_PATH, Machine
from streams.setup.places import Places
from streams.setup.told import step


def install(packages: Sequence[str], places: Places, machine: Machine) -> None:
    """Install packages without a question; a bare system has no package lists, so they are fetched first."""
    # dpkg needs the folders of sbin, which a user's PATH may lack
    path = f"{machine.env['PATH']}:{PLAIN_PATH}"
    env = {**machine.env, "PATH": path, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    apt = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300"]
    with step(f"installing {', '.join(packages)} by apt"):
        # images without manuals lack the folder that Java's package wants to put links into, and then its installation fails
        Path("/usr/share/man/man1").mkdir(parents=True, exist_ok=True)
        run([*apt, "update"], env, places.log)
        run([*apt, "install", "--no-install-recommends", *packages], env, places.log)
