"""A number is not readable in the database, and is found again by who has the key."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.people.details import NO_DETAILS, Details, seal_details, unseal_details
from streams.people.vault import PeopleVault, PeopleVaultError, open_people_vault, write_people_key

VAULT, OTHER = PeopleVault(b"a" * 32), PeopleVault(b"b" * 32)
PHONES = st.integers(0, 10**10 - 1).map(lambda number: f"+999{number:010d}")


@given(PHONES, st.text(max_size=20))
def test_what_is_sealed_comes_back_and_holds_no_run_of_the_digits(phone: str, resident: str) -> None:
    sealed = VAULT.seal(resident, phone)
    assert phone == VAULT.unseal(resident, sealed)
    for kept in (sealed, VAULT.lookup(phone).encode()):
        assert phone[1:].encode() not in kept
        assert phone[-7:].encode() not in kept
    assert sealed != VAULT.seal(resident, phone)


@given(PHONES, PHONES)
def test_a_lookup_is_equal_for_equal_numbers_only(one: str, other: str) -> None:
    assert (one == other) == (VAULT.lookup(one) == VAULT.lookup(other))
    assert VAULT.lookup_other(one) not in {VAULT.lookup(one), VAULT.lookup(other)}
    assert OTHER.lookup(one) != VAULT.lookup(one)


@given(PHONES)
def test_a_lookup_tells_which_key_it_was_made_with_and_fits_into_an_address(phone: str) -> None:
    for lookup in (VAULT.lookup(phone), VAULT.lookup_other(phone)):
        assert VAULT.made(lookup)
        assert not OTHER.made(lookup)
        assert lookup.replace("-", "").replace("_", "").isalnum()


def test_another_key_opens_nothing() -> None:
    with pytest.raises(PeopleVaultError, match="R000001 was sealed with another key"):
        OTHER.unseal("R000001", VAULT.seal("R000001", "+9990000000001"))


def test_what_was_moved_to_another_resident_opens_no_more() -> None:
    with pytest.raises(PeopleVaultError, match="for another resident"):
        VAULT.unseal("R000002", VAULT.seal("R000001", "+9990000000001"))


@given(st.binary(max_size=60))
def test_what_was_never_sealed_opens_nothing(sealed: bytes) -> None:
    with pytest.raises(PeopleVaultError):
        VAULT.unseal("R000001", sealed)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_what_was_changed_opens_nothing(place: int, by: int) -> None:
    sealed = bytearray(VAULT.seal("R000001", "+9990000000001"))
    sealed[place % len(sealed)] ^= by
    with pytest.raises(PeopleVaultError):
        VAULT.unseal("R000001", bytes(sealed))


def test_a_hundred_thousand_numbers_take_a_second() -> None:
    start_s = time.process_time()
    for number in range(100_000):
        phone = f"+999{number:010d}"
        VAULT.lookup(phone)
        VAULT.seal("R000001", phone)
    assert time.process_time() - start_s < 2.0


def test_a_key_file_is_its_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "key"
    write_people_key(file)
    before = file.read_bytes()
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert 1 == len(before.splitlines())
    assert "+9990000000001" == open_people_vault(file).unseal("R1", open_people_vault(file).seal("R1", "+9990000000001"))
    with pytest.raises(PeopleVaultError, match="is there already"):
        write_people_key(file)
    assert before == file.read_bytes()
    write_people_key(tmp_path / "other")
    assert before != (tmp_path / "other").read_bytes()


@pytest.mark.parametrize("content", [b"", b"secret but no key", b"c2hvcnQ=\n", b"\xff" * 44, b"a" * 44 + b"!"])
def test_a_file_without_a_key_is_named_with_what_to_do_and_not_quoted(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(PeopleVaultError, match=r"holds no key.*lowpoint residents key") as raised:
        open_people_vault(tmp_path / "bad")
    assert "secret but" not in str(raised.value)


def test_a_key_that_is_not_there_is_told_with_how_to_make_one(tmp_path: Path) -> None:
    for file, why in ((None, "there is no key"), (tmp_path / "missing", "cannot be read")):
        with pytest.raises(PeopleVaultError, match=f"{why}.*lowpoint residents key"):
            open_people_vault(file)
    with pytest.raises(PeopleVaultError, match="cannot be written"):
        write_people_key(tmp_path / "no" / "folder")


@given(st.lists(st.text(min_size=1, max_size=9), max_size=3), st.lists(st.text(min_size=1, max_size=9), max_size=3))
def test_details_come_back_as_they_were(addresses: list[str], contacts: list[str]) -> None:
    details = Details(tuple(addresses), tuple(contacts))
    sealed = seal_details(VAULT, "R000001", details)
    assert (sealed is None) == (details == NO_DETAILS)
    assert details == unseal_details(VAULT, "R000001", sealed)


def test_details_of_two_rows_are_joined_without_saying_anything_twice() -> None:
    both = Details(("1 River Road",), ("a neighbour",)).and_also(Details(("2 Hill Road", "1 River Road"), ("a neighbour",)))
    assert Details(("1 River Road", "2 Hill Road"), ("a neighbour",)) == both
