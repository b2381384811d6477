"""The data folder of a broker: formatted once under a fresh cluster id, read again at every later start."""

from __future__ import annotations

import base64
import subprocess
import uuid
from pathlib import Path

from streams.broker.errors import BrokerFailed


def cluster_id_of(log_dir: Path) -> str | None:
    """Cluster id that a folder was formatted under; None if it is new."""
    try:
        lines = (log_dir / "meta.properties").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return None
    return next((line.removeprefix("cluster.id=") for line in lines if line.startswith("cluster.id=")), None)


def format_storage(java: list[str], properties: Path, log_file: Path) -> str:
    """Format the folder that the properties name and return the new cluster id.

    Parameters
    ----------
    java
        The command up to and including the class path.
    """
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    # --cluster-id=X in one word: an id may begin with a dash
    command = [*java, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "--ignore-formatted", "--config", str(properties)]
    with log_file.open("ab") as log:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
    if done.returncode != 0:
        raise BrokerFailed(f"could not format the broker's data (code {done.returncode}):\n{tail(log_file)}")
    return cluster_id


def tail(log_file: Path, since: int = 0, most: int = 3000) -> str:
    """Last characters of a log, from a byte offset on, for an error message."""
    if not log_file.exists():
        return ""
    return log_file.read_bytes()[since:].decode("utf-8", "replace")[-most:].strip()
