"""Names of accounts."""

from __future__ import annotations

import pytest

from streams.officers.account import AccountError, Credentials, Officer, checked_display_name, checked_name
from streams.officers.api_key import NewKey
from streams.officers.roles import Role
from streams.officers.sign_in import Attempt, SignedIn


@pytest.mark.parametrize(("typed", "kept"), [("li.wei", "li.wei"), (" Li.Wei\n", "li.wei"), ("ｌｉ９", "li9"), ("a" * 64, "a" * 64)])
def test_a_name_is_kept_in_one_way(typed: str, kept: str) -> None:
    assert kept == checked_name(typed)


@pytest.mark.parametrize("typed", ["", " ", "a" * 65, "李伟", ".a", "a b", "a\0", "\ud83d", "a/b"])
def test_what_is_no_name_is_refused_with_what_to_write(typed: str) -> None:
    with pytest.raises(AccountError, match="a-z, 0-9"):
        checked_name(typed)


@pytest.mark.parametrize(("typed", "kept"), [("李伟", "李伟"), ("  Li \t Wei\n", "Li Wei")])
def test_a_display_name_is_kept_in_one_line(typed: str, kept: str) -> None:
    assert kept == checked_display_name(typed)


@pytest.mark.parametrize("typed", ["", " \n", "x" * 101, "a\0b", "\u202ereversed", "\ud83d"])
def test_what_cannot_be_shown_is_no_display_name(typed: str) -> None:
    with pytest.raises(AccountError, match="can be printed"):
        checked_display_name(typed)


def test_nothing_secret_is_in_what_a_traceback_shows() -> None:
    officer = Officer("li.wei", "Li Wei", Role.OFFICER)
    shown = [
        repr(each)
        for each in (
            Credentials(officer, "SECRET", b"SECRET", 0),
            Attempt("SECRET", "SECRET", "SECRET"),
            SignedIn(officer, "SECRET", 0),
            NewKey("id", "SECRET"),
        )
    ]
    assert not [text for text in shown if "SECRET" in text]
