"""How to reach a person other than by telephone; kept sealed."""

from __future__ import annotations

import msgspec

from streams.people.vault import PeopleVault


class Details(msgspec.Struct, frozen=True):
    """Doors to knock on and people to ask, in the order of the file; a person with two homes may have two of each."""

    addresses: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.addresses or self.contacts)

    def and_also(self, other: Details) -> Details:
        """These, then those of the other that are new."""
        return Details(
            tuple(dict.fromkeys((*self.addresses, *other.addresses))),
            tuple(dict.fromkeys((*self.contacts, *other.contacts))),
        )


NO_DETAILS = Details()


def seal_details(vault: PeopleVault, resident: str, details: Details) -> bytes | None:
    """Details as the database may keep them; None where there are none."""
    return vault.seal(resident, msgspec.json.encode(details).decode("utf-8")) if details else None


def unseal_details(vault: PeopleVault, resident: str, sealed: bytes | None) -> Details:
    """What `seal_details` sealed.

    Raises
    ------
    PeopleVaultError
        Where it was sealed with another key or for another resident.
    """
    return NO_DETAILS if sealed is None else msgspec.json.decode(vault.unseal(resident, sealed), type=Details)
