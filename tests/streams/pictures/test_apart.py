"""A child that dies or hangs costs one picture; the process that asked goes on, and knows nothing worse than a refusal."""

from __future__ import annotations

import hashlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from streams.bench.honest_pictures import street
from streams.bench.hostile.file import SECRET, bare_png, encoded, jpeg, with_segment, zeros
from streams.pictures.apart import Sheltered, TooBusy
from streams.pictures.child_process import Child
from streams.pictures.frames import Answer, Ask, Done
from streams.pictures.intake import take
from streams.pictures.refused import PictureRefused, Refusal
from streams.pictures.taken import Taken
from tests.streams.gateway.site import eventually

SMALL = jpeg(64, 48)


@pytest.fixture
def one() -> Iterator[Sheltered]:
    """One child that may take three seconds for a picture, and has taken one already."""
    with Sheltered(children=1, waiting=1, time_s=3) as running:
        while True:
            try:
                running.clean(SMALL)
                break
            except PictureRefused:  # on a machine so busy that the first took over three seconds
                continue
        yield running


def reason(sheltered: Sheltered, raw: bytes = SMALL) -> Refusal | None:
    try:
        sheltered.take(raw, consent=False)
    except PictureRefused as refused:
        return refused.reason
    return None


def test_it_takes_as_the_intake_does(sheltered: Sheltered) -> None:
    assert take(SMALL, consent=True) == sheltered.take(SMALL, consent=True)


def test_a_child_that_hangs_is_replaced_and_its_picture_refused(one: Sheltered) -> None:
    (child,) = one.processes
    os.kill(child, signal.SIGSTOP)
    assert Refusal.TOO_SLOW == reason(one)
    assert [child] != one.processes
    assert one.clean(SMALL)


def test_a_child_that_dies_at_work_is_replaced_and_its_picture_refused(one: Sheltered) -> None:
    (child,) = one.processes
    os.kill(child, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(reason, one)
        eventually(lambda: one._places.empty(), "the child is asked")
        os.kill(child, signal.SIGKILL)
        assert Refusal.BROKEN == answer.result(30)
    assert one.clean(SMALL)


def test_a_child_that_died_while_idle_costs_no_picture(one: Sheltered) -> None:
    (child,) = one.processes
    os.kill(child, signal.SIGKILL)
    eventually(lambda: "Z" in state_of(child), "it is dead")
    assert one.clean(SMALL)


def state_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


def test_more_than_may_wait_are_told_to_come_again(one: Sheltered) -> None:
    (child,) = one.processes
    os.kill(child, signal.SIGSTOP)
    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(reason, one) for _ in range(2)]
        eventually(lambda: one._room._value == 0, "both wait")
        with pytest.raises(TooBusy):
            one.take(SMALL, consent=False)
        os.kill(child, signal.SIGCONT)
        assert [None, None] == [one.result(30) for one in waiting]


def test_a_picture_gets_no_more_memory_than_one_may_take() -> None:
    large = bare_png(6000, 4000, 8, 6, zeros(4000 * (1 + 6000 * 4)))
    with Sheltered(children=1, time_s=60, memory_bytes=48 * 1024 * 1024) as tight:
        assert Refusal.BROKEN == reason(tight, large)
        assert None is reason(tight)
    with Sheltered(children=1, time_s=60) as usual:
        assert None is reason(usual, large)


def test_the_largest_pictures_that_are_kept_can_be_searched_one_after_the_other(sheltered: Sheltered) -> None:
    for seed, size in enumerate([(1600, 1600), (1600, 1200), (1200, 1600), (1600, 1600)]):
        drawn = encoded(street(np.random.default_rng(seed), *size), "JPEG", quality=85)
        children = sheltered.processes
        assert sheltered.hide_well(drawn)
        assert children == sheltered.processes or not children, "its child died of it"


def test_a_child_can_open_nothing_write_nothing_start_nothing_and_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWPOINT_PASSWORD", SECRET.decode())
    with Sheltered(children=1) as own:
        own.clean(SMALL)
        (child,) = own.processes
        limits = Path(f"/proc/{child}/limits").read_text("ascii")
        for name in ("Max open files", "Max file size", "Max processes", "Max core file size"):
            line = next(line for line in limits.splitlines() if line.startswith(name))
            assert ["0", "0"] == line.removeprefix(name).split()[:2], line
        assert SECRET not in Path(f"/proc/{child}/environ").read_bytes()
        opened = sorted(str(entry.readlink()) for entry in Path(f"/proc/{child}/fd").iterdir())
        assert all(target.startswith("pipe:") or target == "/dev/null" for target in opened), opened


def test_a_child_that_was_taken_over_is_not_believed(monkeypatch: pytest.MonkeyPatch, one: Sheltered) -> None:
    honest = take(SMALL, consent=False)
    other = take(jpeg(80, 60), consent=False)
    lies = [
        replace(honest, picture=other.picture),
        saying(honest, with_segment(honest.jpeg, 0xFE, SECRET)),
        saying(honest, b"<html>"),
    ]
    for lie in lies:
        monkeypatch.setattr(Child, "ask", answering(Done(lie)))
        assert Refusal.BROKEN == reason(one)


def answering(answer: Answer) -> Callable[[Child, Ask], Answer]:
    return lambda child, ask: answer


def saying(taken: Taken, jpeg: bytes) -> Taken:
    return replace(taken, jpeg=jpeg, picture=hashlib.sha256(jpeg).hexdigest())


def test_whoever_ends_it_ends_the_children_too() -> None:
    own = Sheltered(children=2)
    for _ in range(2):  # the second goes to the place that has no child yet
        own.take(SMALL, consent=False)
    children = own.processes
    assert 2 == len(children)
    own.close()
    assert ["Z", "Z"] == [state_of(child) for child in children]
    with pytest.raises(TooBusy):
        own.take(SMALL, consent=False)


def test_many_threads_may_ask_at_once(sheltered: Sheltered) -> None:
    pictures = [jpeg(40 + number, 30) for number in range(8)]
    begin = threading.Barrier(len(pictures))

    def one(raw: bytes) -> int:
        begin.wait(30)
        return sheltered.take(raw, consent=False).width

    with ThreadPoolExecutor(len(pictures)) as threads:
        assert [40 + number for number in range(8)] == list(threads.map(one, pictures))
