"""The scripts of others that the console's pages load: the map and the charts. Without them it shows tables."""

from __future__ import annotations

from streams.setup.failure import SetupFailed
from streams.setup.machine import Machine
from streams.setup.node import Bundle, make_node, node_ready
from streams.setup.places import Places
from streams.setup.told import tell


def scripts_ready(places: Places) -> bool:
    """Whether they are there, for this lock file."""
    return node_ready(places, Bundle.CONSOLE)


def make_scripts(places: Places, machine: Machine) -> None:
    """Fetch them; where they cannot be had that is told, and the command goes on."""
    try:
        make_node(places, machine, Bundle.CONSOLE)
    except (SetupFailed, OSError):
        tell(f"lowpoint: no scripts for the console: no map and no charts, tables only (npm could not install them, see {places.log})")
