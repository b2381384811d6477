"""Runs a command that is killed when its parent ends, be it by kill -9: `leash.py PARENT_PID COMMAND ARGUMENTS...`.

A script of its own rather than a `preexec_fn`, which may deadlock in a process that has threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Ask the kernel for SIGKILL at the parent's end, then become the command."""
    parent, command = int(arguments[0]), arguments[1:]
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        raise SystemExit("the parent ended before the command began")  # too early for the signal
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
