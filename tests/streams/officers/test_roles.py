"""Duties are apart."""

from __future__ import annotations

import pytest

from streams.officers import roles
from streams.officers.roles import Act, Role, machine_may, may

DECISIONS = {Act.SIGN, Act.REJECT, Act.CANCEL, Act.RAISE, Act.HOLD, Act.CLOSE, Act.SILENCE}
PREPARATIONS = {Act.EDIT, Act.PROPOSE, Act.SET_ASIDE, Act.WRITE_LOG, Act.WEIGH_REPORTS}
PERSONAL = {Act.EDIT, Act.SET_ASIDE, Act.WRITE_LOG, Act.WEIGH_REPORTS, Act.READ_ADDRESSES, Act.MANAGE_ACCOUNTS}


def acts(role: Role) -> set[Act]:
    return {act for act in Act if may(role, act)}


def test_each_role_may_what_its_duty_asks_and_no_more() -> None:
    assert {
        Role.VIEWER: {Act.LOOK},
        Role.FORECASTER: {Act.LOOK} | PREPARATIONS,
        Role.OFFICER: {Act.LOOK, Act.READ_ADDRESSES} | PREPARATIONS | DECISIONS,
        Role.ADMINISTRATOR: {Act.LOOK, Act.MANAGE_ACCOUNTS, Act.EXPORT_AUDIT},
    } == {role: acts(role) for role in Role}


def test_who_signs_manages_no_accounts() -> None:
    assert not [role for role in Role if may(role, Act.SIGN) and may(role, Act.MANAGE_ACCOUNTS)]


@pytest.mark.parametrize("role", Role)
def test_the_key_of_a_machine_never_decides_and_never_does_more_than_its_role(role: Role) -> None:
    machine = {act for act in Act if machine_may(role, act)}
    assert acts(role) - DECISIONS - PERSONAL == machine


def test_the_table_in_the_description_is_what_holds() -> None:
    rows = [line.split() for line in (roles.__doc__ or "").splitlines()]
    table = {row[0]: row[1:] for row in rows if len(row) == 5 and row[1] in ("yes", ".")}
    assert {act.value: ["yes" if may(role, act) else "." for role in Role] for act in Act} == table
