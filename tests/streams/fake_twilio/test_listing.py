"""Lists: filters, pages, and the newest first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from streams.fake_twilio.form import Form
from streams.fake_twilio.message import Message
from streams.fake_twilio.page import page_of
from streams.fake_twilio.process import FakeTwilio
from streams.fake_twilio.shelf import Shelf

FROM = "+15005550006"
Number = Callable[[], str]


def make(client: Client, to: str, count: int) -> list[str]:
    """Sids of as many messages, the newest first."""
    return [client.messages.create(to=to, from_=FROM, body=str(place)).sid for place in range(count)][::-1]


def test_a_list_by_number_has_its_messages_alone_over_all_pages(client: Client, number: Number) -> None:
    to = number()
    sids = make(client, to, 7)
    make(client, number(), 1)
    assert sids == [message.sid for message in client.messages.list(to=to, page_size=3)]


def test_pages_lead_on_and_back(client: Client, number: Number) -> None:
    to = number()
    sids = make(client, to, 5)
    first = client.messages.page(to=to, page_size=2)
    second = first.next_page()
    third = second.next_page()
    back = third.previous_page()
    assert [sids[0:2], sids[2:4], sids[4:5], sids[2:4]] == [[message.sid for message in page] for page in (first, second, third, back)]
    assert (None, None) == (first.previous_page_url, third.next_page_url)


def test_a_message_made_meanwhile_moves_nothing_on_later_pages(client: Client, number: Number) -> None:
    to = number()
    sids = make(client, to, 4)
    first = client.messages.page(to=to, page_size=2)
    make(client, to, 1)
    assert sids[2:] == [message.sid for message in first.next_page()]


def test_a_list_goes_by_sender_and_date(fake: FakeTwilio, client: Client, number: Number) -> None:
    to = number()
    [sid] = make(client, to, 1)
    fake.control.wait_until_quiet()
    sent = client.messages(sid).fetch().date_sent
    second, day = timedelta(seconds=1), timedelta(days=1)

    def found(**filters: object) -> list[str]:
        return [message.sid for message in client.messages.list(to=to, **filters)]

    for filters in (
        {"from_": FROM},
        {"date_sent": sent},
        {"date_sent": sent.date().isoformat()},
        {"date_sent_after": sent},
        {"date_sent_before": sent},
        {"date_sent_after": sent.date().isoformat()},
        {"date_sent_before": sent.date().isoformat()},
        {"date_sent_after": sent - second, "date_sent_before": sent + second},
    ):
        assert [sid] == found(**filters), filters
    for filters in (
        {"from_": "+15005550001"},
        {"date_sent": sent - day},
        {"date_sent_after": sent + second},
        {"date_sent_before": sent - second},
        {"date_sent_after": (sent + day).date().isoformat()},
        {"date_sent_before": (sent - day).date().isoformat()},
    ):
        assert [] == found(**filters), filters


def test_a_message_that_is_not_sent_yet_is_found_by_its_creation(fake: FakeTwilio, client: Client, number: Number) -> None:
    fake.control.set(step_s=(0.5, 0.5))
    to = number()
    [sid] = make(client, to, 1)
    after = datetime.now(UTC) - timedelta(minutes=1)
    assert [sid] == [message.sid for message in client.messages.list(to=to, date_sent_after=after)]


@pytest.mark.parametrize("query", ["PageSize=0", "PageSize=x", "PageToken=PAnone", "Page=-1", "DateSent=yesterday"])
def test_a_query_that_cannot_be_answered_is_400(fake: FakeTwilio, client: Client, query: str) -> None:
    answer = client.request("GET", f"{fake.url}/2010-04-01/Accounts/{fake.account}/Messages.json?{query}")
    assert 400 == answer.status_code


def test_an_empty_list_is_one_empty_page(client: Client, number: Number) -> None:
    page = client.messages.page(to=number())
    assert ([], None, None) == (list(page), page.next_page_url, page.previous_page_url)


def test_a_page_of_more_than_a_thousand_is_cut(fake: FakeTwilio, client: Client) -> None:
    try:
        page = client.messages.page(page_size=5_000)
    except TwilioException as error:
        pytest.fail(str(error))
    assert len(list(page)) <= 1_000


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 9), st.booleans())
def test_pages_put_together_are_the_whole_list(recipients: list[bool], size: int, by_number: bool) -> None:
    shelf: Shelf[Message] = Shelf()
    for place, other in enumerate(recipients):
        to = "+9991" if other else "+9990"
        shelf.add(Message(place, f"SM{place}", to, FROM, "", "", "", 1, "queued", place, place))
    query, found = Form(f"PageSize={size}" + ("&To=%2B9990" if by_number else "")), []
    while True:
        records, around = page_of(shelf, query, "/Messages.json", "DateSent")
        found += [record.number for record in records]
        assert len(records) == size or around["next_page_uri"] is None
        if around["next_page_uri"] is None:
            break
        query = Form(around["next_page_uri"].partition("?")[2])
    assert [place for place, other in enumerate(recipients) if not (by_number and other)][::-1] == found
