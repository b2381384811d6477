"""The city's written rule: what citizens report is accepted without anybody where enough of them say and show the same."""

from __future__ import annotations

from streams.city.model import Reporting
from streams.reports.triage.depth import AGREE_M
from streams.reports.triage.weigh import Weight

SCORE_FROM = 0.7
LEAST_DEPTH_M = 0.10
"""Less than to the ankle warns nobody, and "dry" would take a level back: that is for a person."""
AGAINST = frozenset({"sensor_dry", "no_rain"})
"""Reasons that no number of reports outweighs by itself: addresses and pictures can be had, an instrument that contradicts is a fact."""
RULE = "rule"
"""Who decided, where the rule did; no account can be called so (`streams.officers.account.RESERVED`)."""


def accepts(policy: Reporting, weight: Weight, *, training: bool) -> bool:
    """Whether the rule accepts a group.

    It takes `accept_from` sources, each with a picture of its own, a score of `SCORE_FROM` and depths that agree on `LEAST_DEPTH_M` or
    more; neither a training report is accepted by it nor what the point's own sensors or the rain gauges contradict.
    """
    depth = weight.depth
    # where the water was another one half an hour ago, pictures of then show nothing of it
    pictured = weight.photo_sources if depth is None or depth.before_m is None else weight.last_photo_sources
    return (
        policy.accept_from > 0
        and not training
        and weight.sources >= policy.accept_from
        and pictured >= policy.accept_from
        and weight.score >= SCORE_FROM
        and depth is not None
        and depth.voices >= policy.accept_from
        and max(depth.spread_m, depth.within_m) <= 2 * AGREE_M
        and depth.depth_m >= LEAST_DEPTH_M
        and AGAINST.isdisjoint(reason.code for reason in weight.reasons)
    )
