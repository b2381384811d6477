"""The one web process: the public page stands whatever the rest does; the console comes with the store, and goes in good order."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack
from pathlib import Path

import httpx
import matplotlib as mpl
import pytest
from sqlalchemy import Engine, QueuePool, update
from starlette.types import ASGIApp

from streams import clock
from streams.city.layers import load_layers
from streams.city.load import load_city
from streams.console.site import Front, SiteOptions, opened_site, show
from streams.desk.desk import Desk
from streams.desk.writer import Writer
from streams.officers.account import Officer
from streams.officers.roles import Role
from streams.officers.sign_in import Door
from streams.officers.vault import VaultError, open_vault, write_key
from streams.pictures.intake import take
from streams.pictures.keep import keep_picture
from streams.pictures.shelf import Shelf
from streams.store.engine import open_store, writing
from streams.store.officers import add_officer
from streams.store.reports_schema import PICTURES
from streams.web.app import make_app as make_public
from streams.web.source import Boards
from tests.streams.desk.town import TownLog
from tests.streams.officers.desk import CHEAP, PASSWORD, SECRET, VAULT

DEMO = Path(__file__).resolve().parents[3] / "config" / "cities" / "demo"
PORTRAIT = Path(mpl.__file__).parent / "mpl-data/sample_data/grace_hopper.jpg"  # of 1984, by the US Navy, in the public domain
NOBODY = "127.0.0.1:9"
"""No Kafka answers there: it is asked only when somebody decides."""


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "officers.key"
    write_key(file)
    return file


def account(engine: Engine, key: Path) -> None:
    li = Officer("li", "Li", Role.OFFICER)
    add_officer(engine, li, CHEAP.hash(PASSWORD), open_vault(key).seal("li", SECRET), clock.now_us(), "test")


def get(app: ASGIApp, path: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://site") as client:
            return await client.get(path)

    return asyncio.run(asked())


def come_up(app: ASGIApp) -> None:
    deadline_s = clock.monotonic_s() + 20
    while get(app, "/console/sign-in").status_code != 200:
        assert clock.monotonic_s() < deadline_s, "the console did not come"
        clock.sleep_s(0.02)


def test_without_a_broker_there_is_the_public_page_alone(tmp_path: Path) -> None:
    with opened_site(SiteOptions(DEMO, f"sqlite:///{tmp_path / 'store.db'}"), threading.Event()) as app:
        assert (200, 404, 404) == tuple(get(app, path).status_code for path in ("/?lang=en", "/console/", "/api/me"))


def test_a_picture_that_may_be_shown_is_searched_in_a_child_that_ends_with_the_site(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    engine, folder, portrait = open_store(url), tmp_path / "pictures", PORTRAIT.read_bytes()
    picture = take(portrait, consent=False)
    with writing(engine) as connection:
        keep_picture(connection, Shelf(folder, free_bytes=0), picture, "report", 1)
        connection.execute(update(PICTURES).values(public=1))
    engine.dispose()
    before = decoding()  # of other tests in this process
    with opened_site(SiteOptions(DEMO, url, pictures=folder), threading.Event()) as app:
        answer = get(app, f"/pictures/{picture.picture}.jpg")
        while answer.status_code == 503:  # on a machine so busy that the search takes longer than a reader waits
            answer = get(app, f"/pictures/{picture.picture}.jpg")
        assert 404 == get(app, f"/pictures/{'0' * 64}.jpg").status_code
        assert 1 == len(decoding() - before)
    assert (200, "image/jpeg") == (answer.status_code, answer.headers["content-type"])
    assert answer.content.startswith(b"\xff\xd8") and picture.jpeg != answer.content
    assert set() == decoding() - before


def decoding() -> set[int]:
    """The children of this process that decode pictures."""
    found = {int(one) for file in Path("/proc/self/task").glob("*/children") for one in _text(file).split()}
    return {one for one in found if "streams.pictures.child" in _text(Path(f"/proc/{one}/cmdline"))}


def _text(file: Path) -> str:
    """What a file of a thread or a process says; nothing where that has ended meanwhile."""
    try:
        return file.read_bytes().decode("ascii", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def test_each_address_is_answered_by_its_own(tmp_path: Path, key: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    stop = threading.Event()
    with opened_site(SiteOptions(DEMO, url, NOBODY, key=key), stop) as app:
        come_up(app)
        assert "/console/sign-in?next=/console/" == get(app, "/console/").headers["location"]
        assert 401 == get(app, "/api/me").status_code
        assert "Lowpoint desk" == get(app, "/openapi.json").json()["info"]["title"]
        assert "<svg" in get(app, "/?lang=en").text
    assert stop.is_set()


def test_while_the_store_is_away_the_public_page_stands_and_the_console_says_why_it_does_not(tmp_path: Path, key: Path) -> None:
    away = "postgresql+psycopg://nobody@127.0.0.1:9/none"
    with opened_site(SiteOptions(DEMO, away, NOBODY, key=key), threading.Event()) as app:
        answer = get(app, "/console/")
        assert (503, "5") == (answer.status_code, answer.headers["retry-after"])
        assert "database does not answer" in answer.text
        assert "text/html" in get(app, "/?lang=en").headers["content-type"]


def test_a_key_that_opens_no_account_ends_it_with_the_reason(tmp_path: Path, key: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    engine = open_store(url)
    account(engine, key)
    engine.dispose()
    other = tmp_path / "other.key"
    write_key(other)
    stop = threading.Event()
    with pytest.raises(VaultError, match="key"), opened_site(SiteOptions(DEMO, url, NOBODY, key=other), stop):
        assert stop.wait(20), "it does not go on as if all were well"


def test_without_a_key_it_does_not_begin(tmp_path: Path) -> None:
    options = SiteOptions(DEMO, f"sqlite:///{tmp_path / 'store.db'}", NOBODY)
    with pytest.raises(VaultError), opened_site(options, threading.Event()):
        pass


def test_the_stream_goes_on_while_questions_take_all_connections_of_the_desk(tmp_path: Path) -> None:
    """A few who look back on a long storm at once must not freeze what everybody sees."""
    engine, city, stop = open_store(f"sqlite:///{tmp_path / 'store.db'}"), load_city(DEMO), threading.Event()
    desk = Desk(city, engine, Door(engine, VAULT, CHEAP), Writer(TownLog(city, engine, clock.now_us)))
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    with ExitStack() as taken:
        for _ in range(pool.size() + int(pool._max_overflow)):
            taken.enter_context(engine.connect())
        feed = show(Front(make_public(city, Boards(city, ""))), desk, stop, tmp_path, load_layers(DEMO), secure=False)
        try:
            deadline_s = clock.monotonic_s() + 10
            while feed.beat().away or not feed.versions.version:
                assert clock.monotonic_s() < deadline_s, "the stream waits for the desk's connections"
                clock.sleep_s(0.02)
        finally:
            stop.set()
            feed.join()
    desk.close()
    engine.dispose()


def test_the_stream_is_as_strict_about_its_answers_as_the_desk(tmp_path: Path, key: Path) -> None:
    with opened_site(SiteOptions(DEMO, f"sqlite:///{tmp_path / 'store.db'}", NOBODY, key=key), threading.Event()) as app:
        come_up(app)
        headers = get(app, "/api/live").headers
        assert ("nosniff", "same-origin") == (headers["x-content-type-options"], headers["cross-origin-resource-policy"])
