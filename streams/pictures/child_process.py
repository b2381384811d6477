"""One child process, seen from its parent: asked, waited for, and ended when it takes too long."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from streams.pictures.frames import ANSWER, LARGEST_ANSWER, Answer, Ask, Gone, Ready, receive, send
from streams.settings import REPOSITORY, Settings

_HANDED_ON = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL")
"""Of the environment; the rest, secrets among it, is none of the child's business."""


class Child:
    """A process that decodes pictures, one at a time.

    Parameters
    ----------
    memory_bytes, cpu_s
        What one picture may take.

    Attributes
    ----------
    served
        How many pictures it was given.
    """

    def __init__(self, memory_bytes: int, cpu_s: int):
        command = [sys.executable, "-m", "streams.pictures.child", str(memory_bytes), str(cpu_s)]
        inherited = Settings().inherited
        environment = {name: inherited[name] for name in _HANDED_ON if name in inherited}
        # a thread's stack counts as memory, and so does what the C library keeps of large pieces that were given back
        environment |= {"PYTHONPATH": str(REPOSITORY), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        environment |= {"MALLOC_MMAP_THRESHOLD_": str(1024 * 1024)}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, close_fds=True
        )
        self.served = 0
        self._ready = False

    def is_ready(self, within_s: float) -> bool:
        """Wait until it has started; whether it has."""
        if not self._ready:
            with self.deadline(within_s), contextlib.suppress(Gone):
                self._ready = isinstance(self._receive(), Ready)
        return self._ready

    def ask(self, ask: Ask) -> Answer:
        """Have it do something.

        Raises
        ------
        Gone
            Where it died over it.
        """
        assert self.process.stdin is not None
        self.served += 1
        send(self.process.stdin, ask)
        return self._receive()

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[threading.Event]:
        """Kill it when the time is over: whoever reads from it then reads its end. What is given says whether that was so."""
        late = threading.Event()

        def kill() -> None:
            late.set()
            self.process.kill()

        timer = threading.Timer(seconds, kill)
        timer.daemon = True
        timer.start()
        try:
            yield late
        finally:
            timer.cancel()
            timer.join()  # else one that was under way could end it over the next picture

    def end(self) -> None:
        """Kill it, whatever it is doing."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """End it, and close the pipes; only who asks it may, for nobody closes what another reads from."""
        self.end()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _receive(self) -> Answer:
        assert self.process.stdout is not None
        held = receive(self.process.stdout, LARGEST_ANSWER)
        if held is None:
            raise Gone("it ended")
        try:
            return ANSWER.decode(held)
        except msgspec.DecodeError as error:
            raise Gone(str(error)) from error
