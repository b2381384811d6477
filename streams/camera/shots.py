"""Frames with their moments, put together to looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from streams.camera.picture import Picture

LOOK_US = 6_000_000
"""Frames within this time of the first belong to one look: water does not rise much meanwhile, and a car has passed."""
MOST_FRAMES = 7


class Shot(NamedTuple):
    """One frame; where there should have been one and was not, `trouble` says why and `picture` is None.

    `last` says that a look ends with it: what comes next from a live camera lies some time ahead.
    """

    taken_us: int
    picture: Picture | None
    trouble: str = ""
    last: bool = False


class Group(NamedTuple):
    """The frames of a look, and when the last of them was taken."""

    taken_us: int
    pictures: tuple[Picture, ...]
    troubles: tuple[str, ...] = ()


def looks(shots: Iterable[Shot], every_us: int) -> Iterator[Group]:
    """Put frames together that were taken within a few seconds.

    Parameters
    ----------
    every_us
        At least so long lies from the beginning of one look to that of the next; frames in between are left out.
    """
    group: list[Shot] = []
    begun_us: int | None = None
    for shot in shots:
        if group and not 0 <= shot.taken_us - group[0].taken_us <= LOOK_US:
            yield _closed(group)
            group = []
        if not group:
            if begun_us is not None and 0 <= shot.taken_us - begun_us < every_us:
                continue
            begun_us = shot.taken_us
        if len(group) < MOST_FRAMES:
            group.append(shot)
        if shot.last:
            yield _closed(group)
            group = []
    if group:
        yield _closed(group)


def _closed(group: list[Shot]) -> Group:
    pictures = tuple(shot.picture for shot in group if shot.picture is not None)
    return Group(group[-1].taken_us, pictures, tuple(shot.trouble for shot in group if shot.trouble))
