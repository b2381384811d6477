"""A file that is there as a whole or not at all."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from streams.whole_file import open_whole


@contextmanager
def replacing(file: Path) -> Iterator[BinaryIO]:
    """Give a stream for a file that takes the place of the old one at the end, unless something fails.

    One whose name ends with .gz is packed; equal content gives equal bytes.
    """
    with open_whole(file) as plain:
        if file.suffix == ".gz":
            with gzip.GzipFile("", "wb", 6, plain, mtime=0) as packed:
                yield cast(BinaryIO, packed)
        else:
            yield plain
