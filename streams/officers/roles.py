"""What each role may do. Duties are apart: who signs manages no accounts, who manages accounts signs nothing, and no machine decides.

================  ======  ==========  =======  =============
act               viewer  forecaster  officer  administrator
================  ======  ==========  =======  =============
look              yes     yes         yes      yes
edit              .       yes         yes      .
propose           .       yes         yes      .
set_aside         .       yes         yes      .
write_log         .       yes         yes      .
weigh_reports     .       yes         yes      .
sign              .       .           yes      .
reject            .       .           yes      .
cancel            .       .           yes      .
raise             .       .           yes      .
hold              .       .           yes      .
close             .       .           yes      .
silence           .       .           yes      .
read_addresses    .       .           yes      .
manage_accounts   .       .           .        yes
export_audit      .       .           .        yes
================  ======  ==========  =======  =============

An administrator could make an officer's account and sign with it; that the account was made stands in the audit then.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody is here for; an account and a key have one each."""

    VIEWER = "viewer"
    FORECASTER = "forecaster"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"


class Act(StrEnum):
    """What one can do in the command centre."""

    LOOK = "look"
    """See the map, the drafts and what became of them."""
    EDIT = "edit"
    """Change the words or the zone of a draft."""
    PROPOSE = "propose"
    """Put a draft of one's own before the officers."""
    SET_ASIDE = "set_aside"
    """Leave a station that reads nonsense out of the levels."""
    WRITE_LOG = "write_log"
    """Write into the duty log, hand duty over and take it over."""
    WEIGH_REPORTS = "weigh_reports"
    """Accept, hide and merge citizens' reports, and ask back: what is accepted is water for the levels."""
    SIGN = "sign"
    """Give a draft one of the signatures that it needs."""
    REJECT = "reject"
    """Refuse a draft."""
    CANCEL = "cancel"
    """Give the all-clear of an order that stands."""
    RAISE = "raise"
    """Put a low point on a level by hand."""
    HOLD = "hold"
    """Keep a low point on its level by hand."""
    CLOSE = "close"
    """Take a low point off a level by hand."""
    SILENCE = "silence"
    """Keep a low point from making drafts for a while."""
    READ_ADDRESSES = "read_addresses"
    """See where people live who were not reached, whom to ask and their number; who looked stands in the audit."""
    MANAGE_ACCOUNTS = "manage_accounts"
    """Add, disable and enable accounts and keys."""
    EXPORT_AUDIT = "export_audit"
    """Take the audit or its head away, to keep it elsewhere."""


_LOOKS = frozenset({Act.LOOK})
_PREPARES = _LOOKS | {Act.EDIT, Act.PROPOSE, Act.SET_ASIDE, Act.WRITE_LOG, Act.WEIGH_REPORTS}
_DECIDES = frozenset({Act.SIGN, Act.REJECT, Act.CANCEL, Act.RAISE, Act.HOLD, Act.CLOSE, Act.SILENCE})

_ACTS_OF = {
    Role.VIEWER: _LOOKS,
    Role.FORECASTER: _PREPARES,
    Role.OFFICER: _PREPARES | _DECIDES | {Act.READ_ADDRESSES},
    Role.ADMINISTRATOR: _LOOKS | {Act.MANAGE_ACCOUNTS, Act.EXPORT_AUDIT},
}
_BY_PERSONS_ONLY = _DECIDES | {Act.EDIT, Act.SET_ASIDE, Act.WRITE_LOG, Act.WEIGH_REPORTS, Act.READ_ADDRESSES, Act.MANAGE_ACCOUNTS}


def may(role: Role, act: Act) -> bool:
    """Whether a person of a role, signed in, may do something."""
    return act in _ACTS_OF[role]


def machine_may(role: Role, act: Act) -> bool:
    """Whether the key of a machine may do something: never sign, whatever its role, nor decide anything else that people are told."""
    return may(role, act) and act not in _BY_PERSONS_ONLY
