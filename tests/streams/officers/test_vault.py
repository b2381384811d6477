"""Second factors are not readable in the database."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from streams.officers.vault import Vault, VaultError, open_vault, write_key
from tests.streams.officers.desk import SECRET, VAULT


def test_a_secret_comes_back_and_is_not_in_what_is_kept() -> None:
    sealed = VAULT.seal("li.wei", SECRET)
    assert SECRET == VAULT.unseal("li.wei", sealed)
    assert SECRET.encode() not in sealed
    assert sealed != VAULT.seal("li.wei", SECRET)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(VaultError, match=r"li\.wei was sealed with another key"):
        Vault(Fernet.generate_key()).unseal("li.wei", VAULT.seal("li.wei", SECRET))


def test_what_was_changed_opens_nothing() -> None:
    sealed = VAULT.seal("li.wei", SECRET)
    with pytest.raises(VaultError):
        VAULT.unseal("li.wei", sealed[:-5] + b"AAAA=")


def test_a_secret_moved_to_another_account_opens_nothing() -> None:
    with pytest.raises(VaultError, match="another account"):
        VAULT.unseal("chief", VAULT.seal("li.wei", SECRET))


def test_a_key_file_is_its_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "key"
    write_key(file)
    before = file.read_bytes()
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert SECRET == open_vault(file).unseal("a", open_vault(file).seal("a", SECRET))
    with pytest.raises(VaultError, match="is there already"):
        write_key(file)
    assert before == file.read_bytes()
    write_key(tmp_path / "other")
    assert before != (tmp_path / "other").read_bytes()


def test_a_key_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(b"secret but no key")
    for file, why in ((None, "there is no key"), (tmp_path / "missing", "cannot be read"), (tmp_path / "bad", "holds no key")):
        with pytest.raises(VaultError, match=why) as raised:
            open_vault(file)
        assert "lowpoint officers key" in str(raised.value)
        assert "secret but" not in str(raised.value)
    with pytest.raises(VaultError, match="cannot be written"):
        write_key(tmp_path / "no" / "folder")
