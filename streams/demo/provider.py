"""The fake provider of a demo: it stands for Twilio on this machine, so that texts get receipts and go nowhere (law 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from streams import clock
from streams.broker.ports import pick_ports
from streams.fake_twilio.options import ACCOUNT, TOKEN
from streams.people.vault import PeopleVault, open_people_vault, write_people_key
from streams.replay.child import running
from streams.replay.run import Stage
from streams.replay.workers import WorkersError

PATIENCE_S = 30.0
SEGMENTS_PER_S = 400
"""A storm of five hours passes in five minutes, so its texts go out faster than a real line would carry them."""

_PROVIDERS = f"""[[provider]]
kind = "twilio"
name = "fake"
from = "+15005550006"
credentials_file = "credentials"
segments_per_s = {SEGMENTS_PER_S}
"""


@dataclass(frozen=True)
class Material:
    """Key of the made-up numbers, and the providers file."""

    key: Path
    providers: Path

    @property
    def vault(self) -> PeopleVault:
        """What the numbers are sealed with."""
        return open_people_vault(self.key)


def make_material(folder: Path) -> Material:
    """Write them into an empty folder."""
    made = Material(folder / "residents.key", folder / "providers.toml")
    write_people_key(made.key)
    made.providers.write_text(_PROVIDERS, "utf-8")
    (folder / "credentials").write_text(f"{ACCOUNT}\n{TOKEN}\n", "ascii")
    return made


@contextmanager
def fake_provider(stage: Stage, material: Material, environment: Mapping[str, str]) -> Iterator[list[str]]:
    """Run the fake and what takes its receipts; gives what the sender is told besides the store.

    Raises
    ------
    WorkersError
        Where one of them does not come up.
    """
    city, ported, taken = str(stage.city.folder), stage.folder / "fake.port", stage.folder / "receipts.port"
    url = f"http://127.0.0.1:{pick_ports().client}"
    receipts = ["receipts", "--city", city, "--store", stage.store, "--providers", str(material.providers), "--key", str(material.key)]
    receipts += ["--public-url", url, "--port", url.rpartition(":")[2], "--port-file", str(taken), "--log-level", "WARNING"]
    with ExitStack() as stack:
        stack.enter_context(running(["fake-twilio", "--port", "0", "--port-file", str(ported)], stage.folder, "fake", environment))
        stack.enter_context(running(receipts, stage.folder, "receipts", environment))
        port = _port(stage, ported, "fake")
        _port(stage, taken, "receipts")
        told = ["--city", city, "--providers", str(material.providers), "--key", str(material.key)]
        yield [*told, "--public-url", url, "--loopback", f"http://127.0.0.1:{port}"]


def _port(stage: Stage, file: Path, name: str) -> str:
    deadline_s = clock.monotonic_s() + PATIENCE_S
    while not file.exists() or not file.read_text("ascii").strip():
        if clock.monotonic_s() > deadline_s:
            raise WorkersError(f"{name} did not come up:\n{(stage.folder / f'{name}.log').read_text('utf-8', 'replace')[-1500:]}")
        clock.sleep_s(0.05)
    return file.read_text("ascii").strip()
