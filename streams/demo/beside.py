"""What stands beside a storm while it plays, each a process of its own as in production: projector, sender, pages; and accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.live import Live
from rich.table import Table
from sqlalchemy import Engine

from streams import clock
from streams.demo.accounts import MadeUp, accounts_file, made_up_accounts
from streams.demo.cameras_look import CamerasLook
from streams.demo.citizens_send import CitizensReport
from streams.demo.progress import Progress
from streams.demo.provider import Material, fake_provider, make_material
from streams.demo.scoreboard import point_table, scores, zone_table
from streams.pictures.shelf import Shelf
from streams.replay.child import running
from streams.replay.run import Stage
from streams.replay.workers import WorkersError, worker_environment
from streams.reports.service import open_reports
from streams.settings import Settings
from streams.store.outbox import account, texts_by_zone

PAGE_PATIENCE_S = 90.0
RECEIPTS_S = 5.0


@contextmanager
def provider_material(provider: str) -> Iterator[Material | None]:
    """What the stand-in of Twilio on this machine needs, None for the dry run: there is no third way (law 7)."""
    if provider == "dry-run":
        yield None
        return
    with TemporaryDirectory() as folder:
        yield make_material(Path(folder))


@dataclass
class Beside:
    """Pages, sender and accounts of one run.

    Attributes
    ----------
    run
        "demo" or "drill", as the command is called that plays it.
    made
        What the stand-in of the provider needs; None for the dry run.
    stays
        Called when the storm is over and the tables are shown; the pages stand until it returns.
    truth
        The true water: with it made-up citizens report what they see, and some lie.
    """

    run: str
    console: Console
    settings: Settings
    port: int = 0
    made: Material | None = None
    title: str = "SIMULATED storm"
    stays: Callable[[], None] | None = None
    truth: Path | None = None
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = Progress(self.console, title=self.title)

    @contextmanager
    def __call__(self, stage: Stage) -> Iterator[None]:
        """Stand beside a replay."""
        key = stage.folder / "officers.key"
        with made_up_accounts(stage.engine, stage.city, key, accounts_file(self.settings.home, self.run)) as people, ExitStack() as stack:
            page = stack.enter_context(services(stage, self.settings, self.port, key, self.made))
            self.progress.page = page
            self.console.print(f"Map and list: {page}\nCommand centre: {page}console/")
            self.console.print(self._table(people))
            if self.truth is not None:
                stack.enter_context(_citizens(stage, self.truth))
                stack.enter_context(_cameras(stage, self.truth))
                self.console.print(f"Citizens report, one in five lies: {page}console/reports")
            display = stack.enter_context(ExitStack())
            if self.console.is_terminal:
                self.progress.live = display.enter_context(Live(console=self.console, refresh_per_second=4))
            yield
            display.close()  # it ends before the tables begin
            self.console.print(point_table(stage.city, scores(stage.city, stage.collected.outputs.values())))
            self.console.print(zone_table(stage.city, texts_by_zone(stage.engine)))
            self.console.print(_account(stage.engine))
            if self.stays:
                self.stays()

    def _table(self, people: list[MadeUp]) -> Table:
        table = Table(title="Made-up accounts of this run")
        for column in ("name", "role", "password", "code of the moment"):
            table.add_column(column, no_wrap=True)
        for one in people:
            table.add_row(one.name, one.role, one.password, f"./lowpoint {self.run} code {one.name}")
        return table


@contextmanager
def services(stage: Stage, settings: Settings, port: int, key: Path, made: Material | None) -> Iterator[str]:
    """Projector, sender and pages; gives the address of the pages.

    Raises
    ------
    WorkersError
        Where one of them does not come up.
    """
    environment = worker_environment(settings.inherited)
    ported = stage.folder / "web.port"
    kafka = ["--broker", stage.bootstrap, "--prefix", stage.names.prefix]
    web = ["web", "--city", stage.city.folder, "--store", stage.store, *kafka, "--key", str(key)]
    web += ["--pictures", str(stage.folder / "pictures")]
    commands = {
        "project": ["project", "--store", stage.store, *kafka],
        "send": ["send", "--store", stage.store],
        "web": [*web, "--port", str(port), "--port-file", str(ported)],
    }
    with ExitStack() as stack:
        if made is not None:
            commands["send"] += stack.enter_context(fake_provider(stage, made, environment))
        children = {name: stack.enter_context(running(told, stage.folder, name, environment)) for name, told in commands.items()}
        deadline_s = clock.monotonic_s() + PAGE_PATIENCE_S
        while not ported.exists() or not ported.read_text("utf-8").strip():
            if clock.monotonic_s() > deadline_s or children["web"].poll() is not None:
                raise WorkersError(f"the page did not come up:\n{(stage.folder / 'web.log').read_text('utf-8', 'replace')[-1500:]}")
            clock.sleep_s(0.05)
        yield f"http://127.0.0.1:{ported.read_text('utf-8').strip()}/"


@contextmanager
def _citizens(stage: Stage, truth: Path) -> Iterator[None]:
    """Made-up citizens who report into the store that the pages show."""
    reports = open_reports(stage.city, stage.store, stage.folder / "pictures")
    citizens = CitizensReport(stage.city, stage.engine, truth, reports)
    citizens.start()
    try:
        yield
    finally:
        citizens.close()
        reports.close()


@contextmanager
def _cameras(stage: Stage, truth: Path) -> Iterator[None]:
    """Cameras that keep drawn pictures on the shelf of the pages."""
    cameras = CamerasLook(stage.city, stage.engine, truth, Shelf(stage.folder / "pictures"))
    cameras.start()
    try:
        yield
    finally:
        cameras.close()


def _account(engine: Engine) -> str:
    """What became of the texts, in a line."""
    deadline_s = clock.monotonic_s() + RECEIPTS_S
    while (states := account(engine))["accepted"] and clock.monotonic_s() < deadline_s:
        clock.sleep_s(0.1)  # a stand-in gives its receipts soon; a dry run gives none
    told = ", ".join(f"{state} {count:,}" for state, count in states.items() if count)
    return f"Texts: {sum(states.values()):,} targeted: {told or 'none'}"
