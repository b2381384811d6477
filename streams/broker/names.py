"""Names of the topics: an installation's own under one prefix, and one open topic per owner."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLAIN = re.compile(r"[A-Za-z0-9.-]")


@dataclass(frozen=True)
class TopicNames:
    """Topics of one installation; a replay has a prefix, and so topics, of its own."""

    prefix: str = "lowpoint"

    @property
    def app_id(self) -> str:
        """Name of the workers' application, and so of their consumer group."""
        return f"{self.prefix}.workers"

    @property
    def gateway_group(self) -> str:
        """The consumer group of the gateways, which read the open topics."""
        return f"{self.prefix}.gateway"

    @property
    def projector_group(self) -> str:
        """The consumer group of the projectors."""
        return f"{self.prefix}.projector"

    @property
    def batches(self) -> str:
        """The inner topic: readings of one district in columns, and ticks."""
        return f"{self.prefix}.batches"

    @property
    def outputs(self) -> str:
        """What the district agents give out."""
        return f"{self.prefix}.outputs"

    @property
    def orders(self) -> str:
        """Released orders, for the dispatch agent."""
        return f"{self.prefix}.orders"

    @property
    def dead_letters(self) -> str:
        """What could not be accepted, with its reason."""
        return f"{self.prefix}.dead-letters"

    @property
    def snapshots(self) -> str:
        """Changelog of the table of snapshots, by the name that Faust gives it."""
        return f"{self.app_id}-snapshots-changelog"

    @staticmethod
    def observations(owner: str) -> str:
        """The open topic of an owner, by its contract name; what a topic name cannot hold is written as `_` and its bytes in hex."""
        return "observations." + "".join(_slug(sign) for sign in owner)


def _slug(sign: str) -> str:
    return sign if _PLAIN.fullmatch(sign) else "".join(f"_{byte:02x}" for byte in sign.encode())
