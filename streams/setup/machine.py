"""The machine as the set-up sees it: programs on PATH, and whether it may install more."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PLAIN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def this_python() -> str:
    """Path of the Python that runs us, which it does not know itself when it was started without a PATH."""
    return sys.executable or str(Path("/proc/self/exe").readlink())


@dataclass(frozen=True)
class Machine:
    """What the environment says, and who we are.

    Attributes
    ----------
    env
        Environment for every child process; it always has a PATH.
    root
        Whether we may install system packages.
    """

    env: Mapping[str, str]
    root: bool

    @classmethod
    def here(cls, env: Mapping[str, str]) -> Machine:
        """The machine that we run on."""
        return cls({**env, "PATH": env.get("PATH") or PLAIN_PATH}, os.geteuid() == 0)

    def which(self, *names: str) -> str | None:
        """Path of the first of these programs that is there."""
        return next((found for name in names if (found := shutil.which(name, path=self.env["PATH"]))), None)

    @property
    def has_apt(self) -> bool:
        """Whether we may install, and can by apt."""
        return self.root and self.which("apt-get") is not None

    @property
    def is_ubuntu(self) -> bool:
        """Whether this is Ubuntu, whose chromium package only points to a snap."""
        try:
            lines = Path("/etc/os-release").read_text("utf-8").splitlines()
        except OSError:
            return False
        return "ID=ubuntu" in lines
