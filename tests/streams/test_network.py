"""An address of the newer kind counts as its network, one of the older kind as itself, however it is written."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.network import CUSTOMER_BITS, network_of


@pytest.mark.parametrize(
    ("address", "household", "customer"),
    [
        ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:0DB8:0001:0002::", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("", "", ""),
        ("testclient", "", ""),
        ("192.0.2.1:80", "", ""),
    ],
)
def test_an_address_is_known_by_its_network(address: str, household: str, customer: str) -> None:
    assert (household, customer) == (network_of(address), network_of(address, CUSTOMER_BITS))


FIRST = st.integers(1, 2**64 - 1)
"""The first half of an address that is not of the older kind."""
SECOND = st.integers(0, 2**64 - 1)


@given(FIRST, FIRST, SECOND, SECOND)
def test_two_are_one_where_their_first_bits_are(one: int, other: int, second: int, another: int) -> None:
    first, beside, away = (str(ipaddress.IPv6Address(top << 64 | low)) for top, low in ((one, second), (one, another), (other, another)))
    assert network_of(first) == network_of(beside)
    assert (one == other) == (network_of(first) == network_of(away))
