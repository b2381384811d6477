"""How fast callbacks are answered: a server of its own, a client that keeps its timetable however late the answers are.

Latency counts from the moment a callback was due, so a server that stalls is charged for all that came meanwhile.
"""

from __future__ import annotations

import asyncio
import gc
import random
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import numpy as np
from sqlalchemy import Engine
from twilio.request_validator import RequestValidator

from streams import clock
from streams.bench.sending_town import order, settle
from streams.bench.serving import serving
from streams.city.load import load_city
from streams.delivery.lattice import Said
from streams.people.vault import open_people_vault, write_people_key
from streams.receipts.signature import HEADER
from streams.store.attempts import Word, hear
from streams.store.claims import MOST_ROWS, claim
from streams.store.engine import open_store
from streams.store.outbox import account, write_order

PUBLIC = "https://receipts.example"
PROVIDER = "twilio"
COURSE = ("queued", "sent", "delivered")
REPEATED = 0.05
ANSWER_S = 30.0
TARGET_MS = 200.0


@dataclass(frozen=True)
class Callback:
    """A request, ready to be sent."""

    path: str
    body: bytes
    signature: str


@dataclass(frozen=True)
class CallbackReport:
    """What was found.

    Attributes
    ----------
    rate, late_ms
        Callbacks due in a second, and how late the client itself was with the one it began latest.
    answer_ms
        From the moment each was due to the end of its answer.
    wrong
        Attempts that are not in the state that their callbacks come to.
    """

    store: str
    attempts: int
    rate: float
    seconds: float
    answer_ms: list[float]
    errors: int
    late_ms: float
    wrong: int

    @property
    def p99_ms(self) -> float:
        """What is held against the target."""
        return float(np.percentile(self.answer_ms, 99))

    def lines(self) -> list[str]:
        """As text."""
        p50, p95, p99 = np.percentile(self.answer_ms, [50, 95, 99])
        count = len(self.answer_ms)
        return [
            f"{self.store}: {count:,} callbacks at {self.rate:g}/s over {self.attempts:,} attempts, in {self.seconds:.1f} s",
            f"answered in ms: p50 {p50:.1f}  p95 {p95:.1f}  p99 {p99:.1f}  most {max(self.answer_ms):.1f}"
            f"  (target p99 {TARGET_MS:g}: {'met' if p99 <= TARGET_MS else 'MISSED'})",
            f"errors {self.errors} ({self.errors / count:.2%}), in a wrong state {self.wrong}, client late {self.late_ms:.1f} ms at most",
        ]


def measure(
    folder: Path, city: Path, store: str = "", attempts: int = 20_000, rate: float = 500.0, seconds: float = 30.0
) -> CallbackReport:
    """Measure on a store that is empty; without one, on SQLite in the folder."""
    url = store or f"sqlite:///{folder / 'store.db'}"
    token, key = secrets.token_hex(16), folder / "key"
    _write_files(folder, token)
    write_people_key(key)
    engine = open_store(url)
    try:
        ids = _texted(engine, key, city, attempts)
        callbacks, ended = _callbacks(ids, token, int(rate * seconds))
        with _served(folder, city, url, key) as address:
            answer_ms, errors, late_ms, took_s = asyncio.run(_call(address, callbacks, rate))
        wrong = abs(account(engine)["delivered"] - len(ended))
    finally:
        engine.dispose()
    return CallbackReport(engine.dialect.name, attempts, rate, took_s, answer_ms, errors, late_ms, wrong)


def _write_files(folder: Path, token: str) -> None:
    (folder / "twilio").write_text(f"AC{token}\n{token}\n", "utf-8")
    table = f'[[provider]]\nkind = "twilio"\nname = "{PROVIDER}"\ncredentials_file = "twilio"\nfrom = "+15005550006"\n'
    (folder / "providers.toml").write_text(table, "utf-8")


def _texted(engine: Engine, key: Path, city: Path, attempts: int) -> list[str]:
    """So many people whose texts were accepted; the ids of the attempts."""
    if sum(account(engine).values()):
        raise ValueError("the store holds texts already: name one that is empty")
    zone = load_city(city).zones[0].zone_id
    settle(engine, open_people_vault(key), 0, ((person, zone) for person in range(attempts)))
    write_order(engine, order(zone))
    ids: list[str] = []
    while jobs := claim(engine, "sms", "bench", PROVIDER, clock.now_us(), MOST_ROWS).jobs:
        hear(engine, [Word(job.attempt, Said("accepted"), _sid(job.attempt)) for job in jobs], clock.now_us())
        ids += [job.attempt for job in jobs]
    return ids


def _callbacks(ids: list[str], token: str, count: int) -> tuple[list[Callback], set[str]]:
    """Whole courses of callbacks in a random order, some twice; and the attempts that they end."""
    chance = random.Random(20_210_720)
    wanted = [(attempt, status) for attempt in ids for status in COURSE]
    chosen = wanted[: int(count / (1 + REPEATED))]
    chosen += chance.choices(chosen, k=count - len(chosen))
    chance.shuffle(chosen)
    validator = RequestValidator(token)
    return [_signed(validator, *each) for each in chosen], {attempt for attempt, status in chosen if status == "delivered"}


def _signed(validator: RequestValidator, attempt: str, status: str) -> Callback:
    sid = _sid(attempt)
    params = {
        "AccountSid": "AC0123456789abcdef0123456789abcdef",
        "ApiVersion": "2010-04-01",
        "From": "+15005550006",
        "MessageSid": sid,
        "MessageStatus": status,
        "SmsSid": sid,
        "SmsStatus": status,
        "To": "+9990000000001",
    }
    path = f"/twilio/status/{attempt}"
    return Callback(path, urlencode(params).encode("ascii"), validator.compute_signature(f"{PUBLIC}{path}", params))


def _sid(attempt: str) -> str:
    return f"SM{attempt}"


@contextmanager
def _served(folder: Path, city: Path, store: str, key: Path) -> Iterator[str]:
    """The command in a process of its own; its address."""
    command = [sys.executable, "-c", "from streams.cli.receipts import receipts; receipts()", "--city", str(city), "--store", store]
    command += ["--providers", str(folder / "providers.toml"), "--key", str(key), "--public-url", PUBLIC, "--port", "0"]
    with serving("lowpoint receipts", command, folder) as port:
        yield f"http://127.0.0.1:{port}"


async def _call(address: str, callbacks: list[Callback], rate: float) -> tuple[list[float], int, float, float]:
    """Send each when it is due, whatever became of those before; times in ms, errors, the client's own delay, and seconds in all."""
    answer_ms, late_ms, errors = [], 0.0, 0
    timeout = aiohttp.ClientTimeout(total=ANSWER_S)
    async with aiohttp.ClientSession(address, connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as http:

        async def one(callback: Callback, due_s: float) -> None:
            nonlocal errors
            headers = {HEADER: callback.signature, "Content-Type": "application/x-www-form-urlencoded"}
            try:
                async with http.post(callback.path, data=callback.body, headers=headers) as answer:
                    await answer.read()
                    errors += answer.status != 204
            except (aiohttp.ClientError, TimeoutError):
                errors += 1
            answer_ms.append(1000 * (clock.monotonic_s() - due_s))

        gc.freeze()  # the client's own pauses are not the server's
        begun_s = clock.monotonic_s()
        tasks = set()
        for place, callback in enumerate(callbacks):
            due_s = begun_s + place / rate
            await asyncio.sleep(max(0.0, due_s - clock.monotonic_s()))
            late_ms = max(late_ms, 1000 * (clock.monotonic_s() - due_s))
            task = asyncio.create_task(one(callback, due_s))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)
        return answer_ms, errors, late_ms, clock.monotonic_s() - begun_s
