"""The watchdog's own sign of life: a file of one line that is written anew at every look, so that it can be watched too."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from streams.observation.moments import parse_us, to_text
from streams.watchdog.rule import Watch, begin
from streams.whole_file import write_whole

log = logging.getLogger(__name__)


class Status(msgspec.Struct, frozen=True):
    """What the line says: the moment of the look, whether the store answered lately, and since when what the officers know of is silent."""

    at: str
    officers: int
    store_answered_at: str
    silent: dict[str, str] = {}
    store_away_since: str | None = None


def write_status(file: Path, state: Watch, now_us: int, officers: int) -> None:
    """Write it whole or not at all; a disk that is full does not stop the watchdog."""
    silent = {district: to_text(since_us) for district, since_us in sorted(state.silent.items())}
    away = to_text(state.away_us) if state.away_us is not None else None
    line = msgspec.json.encode(Status(to_text(now_us), officers, to_text(state.answered_us), silent, away)) + b"\n"
    try:
        write_whole(file, line)
    except OSError as error:
        log.error("the status file cannot be written (%s)", error.strerror)


def begin_again(file: Path, now_us: int) -> Watch:
    """Begin with what the watchdog before has told: a restart does not tell of the same silence twice."""
    try:
        found = msgspec.json.decode(file.read_bytes(), type=Status)
    except FileNotFoundError:
        return begin(now_us)
    except (OSError, msgspec.DecodeError) as error:
        log.warning("the status file cannot be read (%s): what it told before may be told again", type(error).__name__)
        return begin(now_us)
    silent = {district: parse_us(since) or now_us for district, since in found.silent.items()}
    return begin(now_us, silent, parse_us(found.store_away_since) if found.store_away_since else None)
