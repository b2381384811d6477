"""Nothing becomes a public copy that was not searched, and a search is made once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import pytest
from PIL import Image

from streams.pictures.apart import Sheltered, TooBusy
from streams.pictures.blur import THOROUGH, find
from streams.pictures.public import PublicCopies
from streams.pictures.refused import PictureRefused, Refusal
from streams.pictures.shelf import Shelf
from tests.streams.gateway.site import eventually
from tests.streams.pictures.searcher import Searcher

# a portrait of 1984 by the US Navy, in the public domain, that comes with matplotlib
PORTRAIT = Path(mpl.__file__).parent / "mpl-data/sample_data/grace_hopper.jpg"


@pytest.fixture
def searcher() -> Searcher:
    return Searcher()


@pytest.fixture
def copies(shelf: Shelf, searcher: Searcher) -> Iterator[PublicCopies]:
    made = PublicCopies(shelf, searcher, waiting=1)
    yield made
    searcher.may_go_on.set()
    made.close()


def test_what_is_given_is_the_searched_one_and_it_is_kept(shelf: Shelf, copies: PublicCopies, searcher: Searcher) -> None:
    name = shelf.put(b"whole")
    assert [b"whole well"] * 3 == [copies.find(name).result(30) for _ in range(3)]
    assert [b"whole"] == searcher.searched
    again = PublicCopies(shelf, searcher)
    assert b"whole well" == again.find(name).result(30)
    again.close()
    assert [b"whole"] == searcher.searched


@pytest.mark.parametrize("name", ["", "key", "../key", "0" * 64, "searched"])
def test_what_is_not_there_is_none(copies: PublicCopies, searcher: Searcher, name: str) -> None:
    assert None is copies.find(name).result(30)
    assert [] == searcher.searched


def test_what_cannot_be_searched_is_not_given_and_tried_again(shelf: Shelf, copies: PublicCopies, searcher: Searcher) -> None:
    name = shelf.put(b"whole")
    searcher.fails = PictureRefused(Refusal.TOO_SLOW, "too slow")
    assert None is copies.find(name).result(30)
    searcher.fails = OSError("no room")
    with pytest.raises(OSError, match="no room"):
        copies.find(name).result(30)
    searcher.fails = None
    assert b"whole well" == copies.find(name).result(30)


def test_who_comes_while_it_is_searched_waits_for_that_and_no_more_wait_than_may(
    shelf: Shelf, copies: PublicCopies, searcher: Searcher
) -> None:
    names = [shelf.put(b"%d" % number) for number in range(3)]
    searcher.may_go_on.clear()
    first, second = copies.find(names[0]), copies.find(names[1])
    assert first is copies.find(names[0])
    assert not first.cancel()
    with pytest.raises(TooBusy):
        copies.find(names[2])
    searcher.may_go_on.set()
    assert (b"0 well", b"1 well") == (first.result(30), second.result(30))
    assert [b"0", b"1"] == searcher.searched


def test_who_waits_when_it_is_closed_is_told_to_come_again(shelf: Shelf, searcher: Searcher) -> None:
    copies = PublicCopies(shelf, searcher)
    names = [shelf.put(b"%d" % number) for number in range(2)]
    searcher.may_go_on.clear()
    first, second = (copies.find(name) for name in names)
    closing = threading.Thread(target=copies.close)
    closing.start()
    eventually(lambda: searcher.closed, "the search is told to end")
    searcher.may_go_on.set()
    closing.join(30)
    assert first.done()
    with pytest.raises(TooBusy):
        second.result(30)
    with pytest.raises(TooBusy):
        copies.find(names[1])


def test_a_face_of_a_stranger_s_picture_is_not_in_the_copy(shelf: Shelf, sheltered: Sheltered) -> None:
    name = shelf.put(sheltered.take(PORTRAIT.read_bytes(), consent=False).jpeg)

    class Own:
        hide_well = staticmethod(sheltered.hide_well)

        def close(self) -> None:
            """Others use it too."""

    copies = PublicCopies(shelf, Own())
    copy = copies.find(name).result(120)
    copies.close()
    assert copy is not None
    found = [bool(find(Image.open(BytesIO(jpeg)), THOROUGH.faces[0])) for jpeg in (shelf.get(name) or b"", copy)]
    assert [True, False] == found
