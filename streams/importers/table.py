"""Reads a CSV table, plain or gzipped, row by row."""

import csv
import gzip
import io
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TextIO

from streams.importers.problem import ImportProblem

GZIP_MAGIC = b"\x1f\x8b"


def read_rows(path: Path, columns: Collection[str]) -> Iterator[dict[str, str]]:
    """Yield the rows of a table; a cell that is missing reads as empty.

    Raises
    ------
    ImportProblem
        If the file cannot be opened or decoded, or lacks one of `columns`.
    """
    try:
        with _opened(path) as text:
            reader = csv.DictReader(text, restval="")
            _check_columns(path, reader.fieldnames or (), columns)
            for row in reader:
                yield {column: row[column] or "" for column in columns}
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise ImportProblem(f"{path} cannot be read as CSV ({error}): give the publisher's file, plain or gzipped") from error


def _opened(path: Path) -> TextIO:
    # by content, because a download often loses its ending
    with path.open("rb") as start:
        packed = start.read(2) == GZIP_MAGIC
    if packed:
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _check_columns(path: Path, found: Collection[str], needed: Collection[str]) -> None:
    missing = [column for column in needed if column not in found]
    if missing:
        raise ImportProblem(f"{path} lacks the columns {', '.join(missing)}: it has {', '.join(found) or 'no header'}")
