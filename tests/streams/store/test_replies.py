"""What residents text back is kept once, sealed, and closed once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text, update

from streams.delivery.reply import ReplyKind
from streams.people.vault import PeopleVault, PeopleVaultError
from streams.store.audit import audit_rows
from streams.store.engine import reading, writing
from streams.store.people_schema import OPT_OUTS, REPLIES
from streams.store.replies import ReplyError, TakenIn, TextIn, close_reply, replies, take_in, unsealed
from tests.streams.store.town import VAULT, settle

PHONE, NOBODYS = "+9990000000001", "+9998888888888"


def a_text(reply: str, kind: ReplyKind = "rescue", phone: str = PHONE, words: str = "we are stuck") -> TextIn:
    return TextIn(reply, kind, phone, words)


def out(engine: Engine) -> bool:
    with reading(engine) as connection:
        return VAULT.lookup(PHONE) in set(connection.scalars(select(OPT_OUTS.c.lookup)))


def test_a_text_is_known_by_its_number(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z2"], "en")
    assert [TakenIn(True, "R000001", "en"), TakenIn(True, "", "")] == take_in(engine, VAULT, [a_text("a"), a_text("b", phone=NOBODYS)], 5)
    assert [("a", "R000001", ("Z2",)), ("b", "", ())] == [(one.reply, one.resident, one.zones) for one in replies(engine)]
    assert [PHONE, NOBODYS] == [opened.phone for one in replies(engine) if (opened := unsealed(VAULT, one))]


def test_one_that_comes_again_is_kept_once(engine: Engine) -> None:
    assert [True, False, False] == [one.new for one in take_in(engine, VAULT, [a_text("a"), a_text("a"), a_text("a")], 5)]
    assert [False] == [one.new for one in take_in(engine, VAULT, [a_text("a", words="other words")], 6)]
    kept = replies(engine)
    assert [5] == [one.received_us for one in kept]
    assert ["we are stuck"] == [opened.words for one in kept if (opened := unsealed(VAULT, one))]


def test_the_most_urgent_come_first_and_the_oldest_of_each(engine: Engine) -> None:
    kinds: list[ReplyKind] = ["other", "opt_out", "help", "rescue", "opt_in", "rescue"]
    for moment, kind in enumerate(kinds):
        take_in(engine, VAULT, [a_text(f"{kind}{moment}", kind)], moment)
    assert ["rescue3", "rescue5", "help2", "other0"] == [one.reply for one in replies(engine)]
    assert ["rescue3", "rescue5", "help2", "other0", "opt_out1", "opt_in4"] == [one.reply for one in replies(engine, handled=True)]


def test_neither_number_nor_words_are_in_the_database(engine: Engine) -> None:
    take_in(engine, VAULT, [a_text("a")], 5)
    with engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM replies")).one()
    kept = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    assert PHONE.encode() not in kept and b"stuck" not in kept
    assert PHONE not in repr(a_text("a")) and "stuck" not in repr(a_text("a"))


def test_another_key_opens_nothing_nor_does_another_row(engine: Engine) -> None:
    take_in(engine, VAULT, [a_text("a"), a_text("b")], 5)
    with pytest.raises(PeopleVaultError):
        unsealed(PeopleVault(b"x" * 32), replies(engine)[0])
    with writing(engine) as connection:
        moved = select(REPLIES.c.words).where(REPLIES.c.reply == "a").scalar_subquery()
        connection.execute(update(REPLIES).where(REPLIES.c.reply == "b").values(words=moved))
    with pytest.raises(PeopleVaultError):
        unsealed(VAULT, replies(engine)[1])


def test_words_that_were_deleted_are_gone(engine: Engine) -> None:
    take_in(engine, VAULT, [a_text("a")], 5)
    with writing(engine) as connection:
        connection.execute(update(REPLIES).values(words=None))
    assert unsealed(VAULT, replies(engine)[0]) is None


@pytest.mark.parametrize(
    ("kinds", "is_out"), [(["opt_out"], True), (["opt_out", "opt_in"], False), (["opt_in", "opt_out"], True), (["rescue"], False)]
)
@pytest.mark.parametrize("together", [True, False])
def test_the_last_word_stands(engine: Engine, kinds: list[ReplyKind], is_out: bool, together: bool) -> None:
    came = [a_text(f"{place}", kind) for place, kind in enumerate(kinds)]
    for group in [came] if together else [[one] for one in came]:
        take_in(engine, VAULT, group, 5)
    take_in(engine, VAULT, came[:1], 6)  # again, late
    assert is_out == out(engine)


def test_a_reply_is_closed_once_and_that_stands_in_the_audit(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    take_in(engine, VAULT, [a_text("a")], 5_000_000)
    close_reply(engine, "a", "li", 6_000_000)
    assert [] == replies(engine)
    with pytest.raises(ReplyError, match="handled by li at 1970-01-01T00:00:06Z already"):
        close_reply(engine, "a", "wang", 7_000_000)
    with pytest.raises(ReplyError, match="there is no reply 'b'"):
        close_reply(engine, "b", "wang", 7_000_000)
    told = [(row.actor, row.subject, row.facts["kind"], row.facts["resident"]) for row in audit_rows(engine) if row.act == "reply_handled"]
    assert [("li", "a", "rescue", "R000001")] == told
