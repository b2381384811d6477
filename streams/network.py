"""Whose a network address is: by what limits count and stores know it."""

from __future__ import annotations

import ipaddress

HOUSEHOLD_BITS = 64
"""Of the newer kind (IPv6) the least that one customer gets is a /64 (RFC 6177): within it there are more addresses than can be counted."""
CUSTOMER_BITS = 48
"""And the most that providers commonly give one customer."""


def network_of(address: str, bits: int = HOUSEHOLD_BITS) -> str:
    """The network that counts as one: of IPv6 the first so many bits, of IPv4 the address itself.

    An IPv4 address that a socket for both kinds writes as IPv6 (``::ffff:192.0.2.1``) is the IPv4 address: else all of them were one.

    Returns
    -------
    str
        "" for what is no address.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.IPv6Network((int(parsed), bits), strict=False))
