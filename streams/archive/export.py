"""Reads observations out of Kafka into a file that a replay takes: once each, in order of arrival."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from streams.archive import topic
from streams.archive.errors import ArchiveError
from streams.archive.exported import Exported
from streams.archive.file import replacing
from streams.archive.line import line_of
from streams.archive.merge import merged
from streams.archive.spool import Spool
from streams.archive.wire import Letter, opened
from streams.broker.names import TopicNames
from streams.city.load import load_city
from streams.city.model import OBSERVED_BY
from streams.observation.moments import SECOND_US, to_text


@dataclass(frozen=True)
class ExportOptions:
    """What an export is told; what arrived at `since_us` or later and before `until_us` is written, None for all."""

    city: Path
    broker: str
    out: Path
    prefix: str = "lowpoint"
    since_us: int | None = None
    until_us: int | None = None

    def asks_for(self, first_us: int, last_us: int) -> bool:
        """Whether something that arrived between these two moments may be asked for."""
        return (self.since_us is None or last_us >= self.since_us) and (self.until_us is None or first_us < self.until_us)


def export(options: ExportOptions) -> Exported:
    """Write what was asked for; a file of that name is replaced when all of it has been written.

    Raises
    ------
    CityError, BrokerFailed, ArchiveError
        With what is wrong and what to do; nothing is written then.
    """
    kinds = {station.station_id: OBSERVED_BY[station.kind] for station in load_city(options.city).stations}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    exported = Exported()
    # beside the file: there must be room for it anyway, and /tmp may be small
    with tempfile.TemporaryDirectory(prefix=".export-", dir=options.out.parent) as folder:
        spool = Spool(Path(folder))
        try:
            _read(options, spool, exported)
            _write(options, spool, kinds, exported)
        finally:
            spool.close()
    return exported


def _read(options: ExportOptions, spool: Spool, exported: Exported) -> None:
    name = TopicNames(options.prefix).batches
    begins_us: dict[str, int] = {}
    with topic.reading(options.broker) as consumer:
        for span, data in topic.messages(consumer, name, topic.spans(consumer, name, options.since_us)):
            letter = _opened(data)
            if data is None or letter is None:
                exported.unreadable += 1
                continue
            if span.cut and letter.begins_us is not None:
                begins_us.setdefault(letter.district, letter.begins_us)
            if len(letter.received_us):
                first_us, last_us = int(letter.received_us.min()), int(letter.received_us.max())
                exported.note_read(first_us, last_us)
                if options.asks_for(first_us, last_us):
                    spool.add(letter.district, first_us, last_us, data)
    if begins_us:
        # what arrived at the very moment with which a district now begins may have lain in a message before
        exported.complete_from_us = (max(begins_us.values()) // SECOND_US + 1) * SECOND_US
        _refuse_gap(options, name, exported.complete_from_us)


def _refuse_gap(options: ExportOptions, name: str, complete_from_us: int) -> None:
    """Whoever names a beginning counts on it: no file looks whole and is not."""
    if options.since_us is not None and complete_from_us > options.since_us:
        raise ArchiveError(
            f"not all that arrived from {to_text(options.since_us)} on is there any more: retention has removed from {name} what came "
            f"before {to_text(complete_from_us)}; ask with --from {to_text(complete_from_us)}, and see docs/archive.md on keeping it longer"
        )


def _opened(data: bytes | None) -> Letter | None:
    """None where it is no batch."""
    try:
        return opened(data) if data is not None else None
    except (msgspec.DecodeError, ValueError):
        return None


def _write(options: ExportOptions, spool: Spool, kinds: Mapping[str, str], exported: Exported) -> None:
    with replacing(options.out) as stream:
        for received_us, row in merged(spool.runs()):
            if not options.asks_for(received_us, received_us):
                continue
            kind = kinds.get(row.station)
            if kind is None:
                exported.unknown[row.station] += 1
                continue
            stream.write(line_of(kind, received_us, row))
            exported.note_written(received_us)
        if not exported.observations:
            raise ArchiveError(_why_nothing(options, exported))


def _why_nothing(options: ExportOptions, exported: Exported) -> str:
    if exported.unknown:
        return f"{options.city} knows none of the stations that spoke, such as {min(exported.unknown)}: check --city and --prefix"
    since = to_text(options.since_us) if options.since_us is not None else "the beginning"
    until = to_text(options.until_us) if options.until_us is not None else "now"
    read = f"; what was read arrived from {to_text(exported.read_us[0])} to {to_text(exported.read_us[1])}" if exported.read_us else ""
    return f"nothing arrived from {since} to {until}{read}: check --from and --to, which are times of arrival"
