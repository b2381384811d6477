"""A secret is written once, for its owner's eyes only, and what is no key is not taken for one."""

from __future__ import annotations

import base64
import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.key_file import KEY_BYTES, NoKey, new_key, read_key, write_secret


def test_a_secret_is_its_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "key"
    write_secret(file, b"first")
    with pytest.raises(FileExistsError):
        write_secret(file, b"second")
    assert (0o600, b"first\n") == (file.stat().st_mode & 0o777, file.read_bytes())


def test_a_disk_that_is_full_leaves_no_half_of_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_secret(tmp_path / "key", b"secret")
    assert [] == list(tmp_path.iterdir())


def test_each_key_is_new_and_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = [new_key() for _ in range(2)]
    for number, key in enumerate(made):
        write_secret(tmp_path / str(number), key)
    keys = [read_key(tmp_path / str(number)) for number in range(2)]
    assert [base64.urlsafe_b64decode(key) for key in made] == keys
    assert ({KEY_BYTES}, 2) == ({len(key) for key in keys}, len(set(keys)))


@given(held=st.binary(max_size=80))
def test_what_is_no_key_is_refused_and_not_told(tmp_path_factory: pytest.TempPathFactory, held: bytes) -> None:
    file = tmp_path_factory.mktemp("held") / "key"
    file.write_bytes(held)
    with pytest.raises(NoKey) as told:
        read_key(file)
    assert f"{file} holds no key" == str(told.value)


@pytest.mark.parametrize("size", [KEY_BYTES - 1, KEY_BYTES + 1])
def test_a_key_of_another_length_is_none(tmp_path: Path, size: int) -> None:
    (tmp_path / "key").write_bytes(base64.urlsafe_b64encode(b"x" * size))
    with pytest.raises(NoKey):
        read_key(tmp_path / "key")
