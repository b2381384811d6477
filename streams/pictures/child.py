"""The process in which strangers' bytes are decoded: `python -m streams.pictures.child MEMORY CPU`.

It loads everything first, then shuts itself in: no file or socket can be opened any more, nothing written, no process started, and memory
and processor time have an end. It reads pictures from its input and answers on its output until that ends.
"""

from __future__ import annotations

import os
import resource
import sys
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import cv2
from PIL import Image

from streams.pictures.checks import MOST_BYTES
from streams.pictures.frames import ASK, Ask, Done, Made, Ready, Refused, receive, send
from streams.pictures.intake import clean, hide_well, take
from streams.pictures.refused import PictureRefused, Refusal


def main(memory_bytes: int, cpu_s: int) -> None:
    """Serve until the input ends."""
    cv2.setNumThreads(1)
    pipe = _own_output()
    _warm_up()
    _shut_in(memory_bytes)
    send(pipe, Ready())
    while (held := receive(sys.stdin.buffer, MOST_BYTES + 1024)) is not None:
        _limit_cpu(cpu_s)
        _answer(pipe, held)


def _answer(pipe: BinaryIO, held: bytes) -> None:
    ask = ASK.decode(held)
    try:
        send(pipe, _done(ask))
    except PictureRefused as refused:
        send(pipe, Refused(refused.reason, refused.detail))
    except Exception as error:  # out of memory where we had not thought of it: an answer, and an end, as nothing here is sure any more
        send(pipe, Refused(Refusal.BROKEN, f"it cannot be taken in ({type(error).__name__})"))
        raise SystemExit(1) from None


def _done(ask: Ask) -> Done | Made:
    if ask.work == "take":
        return Done(take(ask.raw, ask.consent, ask.zone))
    return Made(clean(ask.raw) if ask.work == "clean" else hide_well(ask.raw))


def _own_output() -> BinaryIO:
    """The output for answers alone: what a library prints goes where errors go."""
    own = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return own


def _warm_up() -> None:
    """Go the whole way once, so that nothing is left to load: plug-ins, cascades, transforms, zones."""
    for kind in ("JPEG", "PNG", "WEBP"):
        out = BytesIO()
        Image.linear_gradient("L").convert("RGBA" if kind != "JPEG" else "RGB").save(out, kind)
        taken = take(out.getvalue(), consent=True, zone="UTC")
    hide_well(taken.jpeg)


def _shut_in(memory_bytes: int) -> None:
    # what is mapped already is libraries; the rest is for the picture
    mapped = (
        int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize() if Path("/proc/self/statm").exists() else 0
    )
    limits = {"RLIMIT_AS": mapped + memory_bytes, "RLIMIT_NOFILE": 0, "RLIMIT_FSIZE": 0, "RLIMIT_NPROC": 0, "RLIMIT_CORE": 0}
    for name, most in limits.items():
        resource.setrlimit(getattr(resource, name), (most, most))


def _limit_cpu(seconds: int) -> None:
    """For one picture: what was used so far does not count. Its parent's clock comes first; this one holds when the parent is no more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
