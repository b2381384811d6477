"""Whatever is said of a text, in whatever order, comes to one state; and what failed is tried again as often as it may."""

from __future__ import annotations

import threading
from itertools import permutations
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, update

from streams.delivery.job import Job
from streams.delivery.lattice import AttemptState, Said
from streams.store.attempts import NOT_BEGUN, NOT_THERE, Heard, Word, hear, looked_at, open_attempts, taken
from streams.store.engine import open_store, reading, writing
from streams.store.outbox import write_order
from streams.store.outbox_schema import ATTEMPTS, OUTBOX
from streams.store.people_schema import OPT_OUTS
from tests.streams.store.posts import at, begin, say
from tests.streams.store.town import VAULT, order, settle

LATE_S = 10_000.0
Told = tuple[AttemptState, str]

ON_ONE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""What hangs on no database."""


def row_of(engine: Engine, resident: str = "R000001") -> Any:
    with reading(engine) as connection:
        return connection.execute(select(OUTBOX).where(OUTBOX.c.resident == resident)).one()


def state_of(engine: Engine, resident: str = "R000001") -> tuple[str, str]:
    row = row_of(engine, resident)
    return row.state, row.reason


def town(engine: Engine, folder: Path, people: int = 1, level: int = 4) -> None:
    settle(engine, folder, ["Z1"] * people)
    write_order(engine, order(1, level=level))


STORIES: list[tuple[list[Told], tuple[str, str]]] = [
    ([("accepted", ""), ("accepted", ""), ("sent", ""), ("delivered", "")], ("delivered", "")),
    ([("unknown", "500"), ("accepted", ""), ("sent", ""), ("delivered", "")], ("delivered", "")),
    ([("unknown", "500"), ("accepted", ""), ("sent", "")], ("sent", "")),
    ([("accepted", ""), ("sent", ""), ("failed", "30005")], ("failed", "30005")),
    ([("unknown", "dropped"), ("accepted", ""), ("failed", "30007")], ("failed", "30007")),
    ([("accepted", ""), ("sent", ""), ("failed", "30003")], ("pending", "30003")),
    ([("accepted", ""), ("failed", "30008"), ("failed", "30005")], ("pending", "30008")),
    ([("failed", "failed"), ("failed", "30005"), ("accepted", "")], ("failed", "failed")),
    ([("accepted", ""), ("failed", "30005"), ("delivered", "")], ("delivered", "")),
    ([("refused", "not_there"), ("accepted", ""), ("sent", "")], ("sent", "")),
    ([("refused", "not_there"), ("unknown", "500"), ("unknown", "sender_died")], ("pending", "not_there")),
]


BOTH = [pytest.param("sqlite", *story) for story in STORIES] + [pytest.param("postgresql", *story) for story in STORIES[1:10:4]]


@pytest.mark.parametrize(("store_url", "story", "expected"), BOTH, indirect=["store_url"])
def test_every_order_of_what_is_said_with_repeats_comes_to_one_state(
    engine: Engine, tmp_path: Path, story: list[Told], expected: tuple[str, str]
) -> None:
    """One resident for each order; a repeat of the first word comes somewhere else."""
    orders = sorted({(*words[:place], words[0], *words[place:]) for words in permutations(story) for place in range(len(story) + 1)})
    town(engine, tmp_path, len(orders))
    jobs = [job for _, job in sorted(begin(engine).items())]
    for round_ in range(len(story) + 1):
        words = [Word(job.attempt, Said(*told[round_]), f"M{job.attempt}") for job, told in zip(jobs, orders, strict=True)]
        hear(engine, words, at(2 + round_))
    with reading(engine) as connection:
        found = connection.execute(select(OUTBOX.c.state, OUTBOX.c.reason, func.count()).group_by(OUTBOX.c.state, OUTBOX.c.reason)).all()
    assert [(*expected, len(orders))] == [tuple(row) for row in found]


SAID = st.builds(
    Said,
    st.sampled_from(["unknown", "refused", "accepted", "sent", "failed", "delivered"]),
    st.sampled_from(["", "429", "30003", "30005", "not_there"]),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), SAID), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_what_is_said_of_several_posts_of_a_text_comes_to_one_state_too(told: list[tuple[int, Said]], random: Random) -> None:
    with TemporaryDirectory() as folder:
        engine = open_store(f"sqlite:///{folder}/s.db")
        town(engine, Path(folder), people=2)
        posts: dict[str, list[Job]] = {"R000001": [], "R000002": []}
        for number in range(3):
            for resident, job in begin(engine, LATE_S * number + 1).items():
                posts[resident].append(job)
                say(engine, job, "unknown", seconds=LATE_S * number + 2)
                say(engine, job, "refused", NOT_THERE if number < 2 else "429", LATE_S * number + 2)
        shuffled = told + told[:2]
        random.shuffle(shuffled)
        for resident, order_ in (("R000001", told), ("R000002", shuffled)):
            for number, said in order_:
                hear(engine, [Word(posts[resident][number].attempt, said)], at(LATE_S * 4))
        assert state_of(engine) == state_of(engine, "R000002")
        engine.dispose()


def test_all_at_once_comes_to_the_same_as_one_after_the_other(engine: Engine, tmp_path: Path) -> None:
    town(engine, tmp_path, 2)
    jobs = begin(engine)
    words: list[Told] = [("sent", ""), ("accepted", ""), ("delivered", ""), ("sent", "")]
    one, two = jobs["R000001"], jobs["R000002"]
    assert Heard(1, 1) == hear(engine, [Word(one.attempt, Said(*told), "M1") for told in words], at(2))
    for told in words:
        hear(engine, [Word(two.attempt, Said(*told), "M2")], at(2))
    assert ("delivered", "") == state_of(engine) == state_of(engine, "R000002")


@ON_ONE
def test_the_times_of_being_taken_and_delivered_are_those_of_the_first_word(engine: Engine, tmp_path: Path) -> None:
    town(engine, tmp_path)
    job = begin(engine)["R000001"]
    for seconds, state in ((2, "accepted"), (3, "sent"), (4, "delivered"), (5, "delivered"), (6, "sent")):
        say(engine, job, state, seconds=seconds)  # type: ignore[arg-type]
    row = row_of(engine)
    assert (at(2), at(4)) == (row.accepted_us, row.delivered_us)


@ON_ONE
def test_a_word_of_nobody_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    town(engine, tmp_path)
    begin(engine)
    words = [Word("x" * 22, Said("delivered")), Word("", Said("delivered"), "M-nobody"), Word("", Said("delivered"))]
    assert (Heard(0, 0), Heard(0, 0)) == (hear(engine, words, at(2)), hear(engine, [], at(2)))
    assert "claimed" == state_of(engine)[0]


@ON_ONE
def test_a_word_with_the_provider_s_id_alone_is_understood_once_that_is_known(engine: Engine, tmp_path: Path) -> None:
    town(engine, tmp_path)
    job = begin(engine)["R000001"]
    assert Heard(0, 0) == hear(engine, [Word("", Said("delivered"), f"M{job.attempt}")], at(2))
    say(engine, job, "accepted")
    assert Heard(1, 1) == hear(engine, [Word("", Said("delivered"), f"M{job.attempt}")], at(3))
    assert ("delivered", "") == state_of(engine)
    assert {f"M{job.attempt}"} == taken(engine, [f"M{job.attempt}", "M-other"])
    assert set() == taken(engine, [])


MOST = 12
POSTS: dict[str, tuple[AttemptState, int]] = {
    "30003": ("failed", 3),
    "30008": ("failed", 2),
    "30007": ("failed", 1),
    "30004": ("failed", 1),
    "30005": ("failed", 1),
    "30006": ("failed", 1),
    "30036": ("failed", 1),
    "30410": ("failed", 2),
    "busy": ("failed", 3),
    "canceled": ("failed", 1),
    "99999": ("failed", 1),
    "21211": ("refused", 1),
    "21610": ("refused", 1),
    "21612": ("refused", 1),
    "21614": ("refused", 1),
    "no_number": ("refused", 1),
    "429": ("refused", MOST),
    "20429": ("refused", MOST),
    "21611": ("refused", MOST),
    "30001": ("failed", MOST),
    "away": ("refused", MOST),
    "http_404": ("refused", MOST),
    "20003": ("refused", MOST),
    NOT_THERE: ("refused", MOST),
    NOT_BEGUN: ("refused", MOST),
}


def posts_of(engine: Engine, ends: dict[str, tuple[AttemptState, str]]) -> dict[str, int]:
    """How often each resident's text is posted, which always ends so."""
    posts = dict.fromkeys(ends, 0)
    for round_ in range(MOST):
        jobs = begin(engine, LATE_S * round_ + 1)
        hear(
            engine,
            [Word(job.attempt, Said("accepted")) for job in jobs.values() if ends[job.resident][0] == "failed"],
            at(LATE_S * round_ + 2),
        )
        hear(engine, [Word(job.attempt, Said(*ends[job.resident])) for job in jobs.values()], at(LATE_S * round_ + 3))
        for resident in jobs:
            posts[resident] += 1
    return posts


def test_a_text_is_posted_again_as_often_as_its_fault_allows(engine: Engine, tmp_path: Path) -> None:
    town(engine, tmp_path, len(POSTS))
    residents = {f"R{number:06d}": code for number, code in enumerate(POSTS, start=1)}
    posts = posts_of(engine, {resident: (POSTS[code][0], code) for resident, code in residents.items()})
    assert {code: posts for code, (_, posts) in POSTS.items()} == {residents[resident]: count for resident, count in posts.items()}
    expected = {code: ("failed" if posts < MOST else "pending", code) for code, (_, posts) in POSTS.items()}
    assert expected == {code: state_of(engine, resident) for resident, code in residents.items()}


@ON_ONE
def test_what_may_have_come_is_posted_again_for_an_evacuation_alone(engine: Engine, tmp_path: Path) -> None:
    town(engine, tmp_path, level=3)
    assert {"R000001": 1} == posts_of(engine, {"R000001": ("failed", "30410")})


@ON_ONE
def test_faults_of_several_kinds_are_counted_each_for_itself(engine: Engine, tmp_path: Path) -> None:
    town(engine, tmp_path)
    codes = ["30003", "30008", "30003", "30003"]
    for number, code in enumerate(codes):
        say(engine, begin(engine, LATE_S * number + 1)["R000001"], "failed", code, LATE_S * number + 2)
    assert ("failed", "30003") == state_of(engine)
    assert {} == begin(engine, LATE_S * 9)


@ON_ONE
@pytest.mark.parametrize(("code", "soonest_s", "latest_s"), [("30003", 30, 60), ("30008", 15, 30), ("429", 0.5, 1), ("away", 0.25, 0.5)])
def test_the_next_post_waits_a_while_not_all_the_same(engine: Engine, tmp_path: Path, code: str, soonest_s: float, latest_s: float) -> None:
    town(engine, tmp_path, 20)
    hear(engine, [Word(job.attempt, Said("refused", code)) for job in begin(engine).values()], at(2))
    with reading(engine) as connection:
        waits = [(moment - at(2)) / 1e6 for moment in connection.scalars(select(OUTBOX.c.not_before_us))]
    assert soonest_s <= min(waits) < max(waits) <= latest_s
    assert len(set(waits)) > 10


@ON_ONE
def test_an_evacuation_s_all_clear_is_no_evacuation(engine: Engine, tmp_path: Path) -> None:
    town(engine, tmp_path)
    say(engine, begin(engine)["R000001"], "delivered")
    write_order(engine, order(2, "Cancel", level=4))
    say(engine, begin(engine, LATE_S)["R000001"], "failed", "30410", LATE_S + 1)
    assert {} == begin(engine, LATE_S * 2)


@pytest.mark.parametrize("state", ["failed", "refused"])
def test_who_has_opted_out_at_the_provider_is_remembered(engine: Engine, tmp_path: Path, state: AttemptState) -> None:
    town(engine, tmp_path)
    job = begin(engine)["R000001"]
    for _ in range(2):
        hear(engine, [Word(job.attempt, Said(state, "21610"))], at(2))
    with reading(engine) as connection:
        assert [(VAULT.lookup("+9990000000001"), "provider")] == [(row.lookup, row.how) for row in connection.execute(select(OPT_OUTS))]


@ON_ONE
def test_what_somebody_must_be_told_of_is_told_once(engine: Engine, tmp_path: Path) -> None:
    town(engine, tmp_path, 3)
    jobs = list(begin(engine).values())
    words = [Word(job.attempt, Said("failed", code)) for job, code in zip(jobs, ["30007", "30002", "30005"], strict=True)]
    assert ("30002", "30007") == hear(engine, words, at(2)).faults
    assert () == hear(engine, words, at(3)).faults


@ON_ONE
def test_what_was_dropped_stays_dropped_unless_it_came_after_all(engine: Engine, tmp_path: Path) -> None:
    town(engine, tmp_path, 2)
    jobs = begin(engine)
    with writing(engine) as connection:
        connection.execute(update(OUTBOX).values(state="suppressed", reason="superseded"))
    say(engine, jobs["R000001"], "failed", "30003")
    say(engine, jobs["R000002"], "delivered")
    assert [("suppressed", "superseded"), ("delivered", "")] == [state_of(engine), state_of(engine, "R000002")]


def test_many_that_speak_at_once_of_the_same_texts_neither_block_nor_lose_a_word(engine: Engine, tmp_path: Path) -> None:
    town(engine, tmp_path, 40)
    jobs = list(begin(engine).values())
    failed: list[BaseException] = []

    def speak(seed: int, state: AttemptState) -> None:
        words = [Word(job.attempt, Said(state), f"M{job.attempt}") for job in jobs]
        Random(seed).shuffle(words)
        try:
            for start in range(0, 40, 10):
                hear(engine, words[start : start + 10], at(3))
        except BaseException as error:
            failed.append(error)

    stories: list[AttemptState] = ["accepted", "sent", "delivered", "unknown", "sent", "accepted"]
    threads = [threading.Thread(target=speak, args=(seed, state)) for seed, state in enumerate(stories)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [] == failed
    with reading(engine) as connection:
        assert [("delivered", 40)] == [
            tuple(row) for row in connection.execute(select(OUTBOX.c.state, func.count()).group_by(OUTBOX.c.state))
        ]


def test_open_posts_are_found_the_longest_unasked_first_and_looks_that_were_answered_are_counted(engine: Engine, tmp_path: Path) -> None:
    town(engine, tmp_path, 3)
    jobs = begin(engine)
    for job in jobs.values():
        say(engine, job, "unknown")
    one, two, three = (jobs[f"R00000{number}"] for number in (1, 2, 3))
    looked_at(engine, [one.attempt], at(20))
    looked_at(engine, [two.attempt], at(10), told=False)
    looked_at(engine, [], at(30))

    def found(before_s: float, most: int = 10, looks: int = 1_000) -> list[tuple[str, int]]:
        return [(each.job.attempt, each.looks) for each in open_attempts(engine, "fake", ["unknown"], at(before_s), most, looks)]

    assert {(three.attempt, 0), (two.attempt, 0), (one.attempt, 1)} == set(found(100))
    assert [(three.attempt, 0)] == found(100, most=1)
    assert {three.attempt, two.attempt} == {attempt for attempt, _ in found(15)}
    assert [] == found(0.5)
    assert {three.attempt, two.attempt} == {attempt for attempt, _ in found(100, looks=1)}
    assert [] == open_attempts(engine, "other", ["unknown"], at(100), 10)


@ON_ONE
def test_an_open_post_has_all_that_its_job_had(engine: Engine, tmp_path: Path) -> None:
    town(engine, tmp_path)
    job = begin(engine)["R000001"]
    say(engine, job, "accepted")
    [found] = open_attempts(engine, "fake", ["accepted"], at(100), 10)
    assert (job, f"M{job.attempt}", at(1)) == (found.job, found.provider_id, found.posted_us)


@ON_ONE
def test_no_attempt_names_a_number(engine: Engine, tmp_path: Path) -> None:
    town(engine, tmp_path)
    say(engine, begin(engine)["R000001"], "accepted")
    with reading(engine) as connection:
        assert "999000" not in str(connection.execute(select(ATTEMPTS)).all())
