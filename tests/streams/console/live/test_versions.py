"""Whatever a client has missed, what it is told makes the newest state of what it has."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.bench.live_client import Event, StateHeld, events
from streams.console.live.versions import Delta, Frame, State, Versions, diff, fold

NAMES = st.sampled_from(["a", "b", "c", "d"])
ENTITIES = st.dictionaries(NAMES, st.integers(0, 3).map(lambda n: msgspec.json.encode({"n": n})), max_size=4)
STATES = st.dictionaries(st.sampled_from(["point", "order", "zone"]), ENTITIES, max_size=3)


def plain(state: State) -> dict[str, dict[str, Any]]:
    """A state without kinds of which there is nothing."""
    found = {kind: {name: msgspec.json.decode(entity) for name, entity in entities.items()} for kind, entities in state.items()}
    return {kind: entities for kind, entities in found.items() if entities}


def known(client: StateHeld) -> dict[str, dict[str, Any]]:
    return {kind: entities for kind, entities in client.state.items() if entities}


def read(frame: Frame) -> Event:
    (event,) = events(frame.data.decode().split("\n"))
    return event


def catch_up(client: StateHeld, versions: Versions) -> None:
    """Connect with what is known, and take all there is."""
    at = versions.known(client.last)
    while (frame := versions.after(at)) is not None:
        client.take(read(frame))
        at = frame.version


@given(STATES, STATES)
def test_a_state_with_the_difference_in_it_is_the_other_state(before: State, after: State) -> None:
    assert plain(after) == plain(fold(before, diff(before, after)))


@given(STATES)
def test_what_has_not_changed_is_no_difference(state: State) -> None:
    assert Delta() == diff(state, {kind: dict(entities) for kind, entities in state.items()})


@given(st.lists(st.tuples(STATES, st.booleans()), min_size=1, max_size=30), st.integers(1, 5), st.integers(100, 2000))
def test_whatever_was_missed_a_client_that_comes_back_knows_the_newest_state(
    steps: list[tuple[State, bool]], most: int, most_bytes: int
) -> None:
    versions, client = Versions("e", most, most_bytes), StateHeld()
    for state, connects in steps:
        versions.advance(state)
        if connects:
            catch_up(client, versions)
            assert plain(state) == known(client)
    catch_up(client, versions)
    assert plain(steps[-1][0]) == known(client)
    assert 0 == client.gaps


@given(st.lists(STATES, min_size=1, max_size=10), st.lists(STATES, min_size=1, max_size=10))
def test_a_client_that_comes_back_after_a_restart_gets_the_whole_state_of_the_new_epoch(old: list[State], new: list[State]) -> None:
    before, after, client = Versions("one"), Versions("two"), StateHeld()
    for state in old:
        before.advance(state)
    catch_up(client, before)
    for state in new:
        after.advance(state)
    catch_up(client, after)
    assert plain(new[-1]) == known(client)
    assert 2 == client.snapshots


@given(st.one_of(st.none(), st.text(max_size=20), st.integers().map(lambda n: f"e-{n}"), st.integers(0, 9).map(lambda n: f"x-{n}")))
def test_from_any_last_event_id_the_newest_state_is_reached(last_id: str | None) -> None:
    states: list[State] = [{"point": {"a": b"%d" % n, f"b{n}": b"0"}} for n in range(1, 6)]
    versions, held = Versions("e", most=3), {0: StateHeld()}
    for number, state in enumerate(states, start=1):
        versions.advance(state)
        held[number] = StateHeld()
        catch_up(held[number], versions)
    at = versions.known(last_id)
    client = held.get(at, StateHeld()) if at is not None else StateHeld()
    client.last = last_id or ""
    catch_up(client, versions)
    assert plain(states[-1]) == known(client)


@given(st.lists(STATES, min_size=1, max_size=40), st.lists(st.integers(0, 3), max_size=60))
def test_a_slow_client_that_takes_one_event_now_and_then_still_ends_at_the_newest_state(states: list[State], pace: list[int]) -> None:
    """Between two events that it takes, many may be made: it never gets one that does not follow."""
    versions, client, waiting = Versions("e", most=2), StateHeld(), list(states)
    at: int | None = None
    for made in pace:
        for _ in range(made):
            if waiting:
                versions.advance(waiting.pop(0))
        frame = versions.after(at)
        if frame is not None:
            client.take(read(frame))
            at = frame.version
    for state in waiting:
        versions.advance(state)
    catch_up(client, versions)
    assert plain(states[-1]) == known(client)
    assert 0 == client.gaps


def test_what_is_kept_is_bounded_in_number_and_size() -> None:
    by_number, by_size = Versions("e", most=10), Versions("e", most_bytes=10_000)
    for number in range(200):
        for versions in (by_number, by_size):
            versions.advance({"point": {"a": b'"%s"' % (b"x" * (number + 1))}})
    assert by_number.after(189) is not None
    assert "delta" == read(by_number.after(190) or Frame(0, b"")).name
    assert "snapshot" == read(by_number.after(189) or Frame(0, b"")).name
    assert 0 < by_size.kept_bytes <= 10_000


def test_one_event_larger_than_all_that_may_be_kept_is_told_as_a_whole_state() -> None:
    versions, client = Versions("e", most_bytes=100), StateHeld()
    versions.advance({})
    catch_up(client, versions)
    versions.advance({"point": {"a": b'"%s"' % (b"x" * 1000)}})
    catch_up(client, versions)
    assert {"point": {"a": "x" * 1000}} == known(client)
    assert (2, 0) == (client.snapshots, client.deltas)


def test_the_same_state_again_is_no_new_version() -> None:
    versions = Versions("e")
    assert versions.advance({"point": {"a": b"1"}})
    assert not versions.advance({"point": {"a": b"1"}})
    assert 1 == versions.version
    assert versions.after(1) is None


def test_nothing_is_told_before_there_is_a_state_and_an_empty_one_is_a_state() -> None:
    versions = Versions("e")
    assert versions.after(None) is None
    assert versions.advance({})
    assert "snapshot" == read(versions.after(None) or Frame(0, b"")).name
