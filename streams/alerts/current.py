"""Which alerts stand at a moment, and which were sent lately."""

from __future__ import annotations

from collections.abc import Iterable

from streams.alerts.alert import Alert
from streams.observation.moments import HOUR_US

DAY_US = 24 * HOUR_US


def in_force(alerts: Iterable[Alert], at_us: int) -> list[Alert]:
    """Those that hold at a moment: sent, not superseded or cancelled, not run out; the newest first."""
    sent = [alert for alert in alerts if alert.sent_us <= at_us]
    superseded = {(one.sender, one.identifier) for alert in sent for one in alert.references}
    return newest_first(
        alert
        for alert in sent
        if alert.msg_type != "Cancel" and alert.expires_us > at_us and (alert.sender, alert.identifier) not in superseded
    )


def in_force_or_recent(alerts: Iterable[Alert], at_us: int, days: float) -> list[Alert]:
    """Those that hold at a moment, and all that were sent in the last days, the superseded and the cancels too; the newest first."""
    sent = [alert for alert in alerts if alert.sent_us <= at_us]
    holding = {alert.identifier for alert in in_force(sent, at_us)}
    return newest_first(alert for alert in sent if alert.identifier in holding or alert.sent_us > at_us - days * DAY_US)


def newest_first(alerts: Iterable[Alert]) -> list[Alert]:
    """Sorted so that nothing depends on the order in which they were kept."""
    return sorted(alerts, key=lambda alert: (-alert.sent_us, alert.sender, alert.identifier))
