"""Wires the receipts: city, store, key, providers. The one place that picks the real parts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette

from streams.city.load import load_city
from streams.people.vault import open_people_vault
from streams.receipts.app import Parts, Receipts, make_app
from streams.receipts.gateway import Gateway, Gateways
from streams.receipts.media import Media
from streams.receipts.pictures import PictureMessages
from streams.receipts.signature import Signature, checked_address
from streams.reports.service import open_reports
from streams.senders.door import Credentials, LoopbackDoor
from streams.senders.providers import HttpTexts, Providers, read_providers
from streams.store.engine import check_address
from streams.store.patience import open_patiently, patiently
from streams.store.residents_key import check_people_key


def _nothing(_: str) -> None:
    pass


@dataclass(frozen=True)
class ReceiptsOptions:
    """What the service is told.

    Attributes
    ----------
    key
        File of the key that numbers are sealed with.
    public_url
        Where providers reach it, as the sender was told.
    pictures
        Folder of the pictures of reports: with it picture messages are reports.
    loopback
        Address of a server on this machine that stands for the provider when pictures are fetched, for a trial.
    passes
        Is told each point that a request passes, by name; a trial may end the process there.
    """

    city: Path
    store: str
    providers: Path
    key: Path | None
    public_url: str
    passes: Callable[[str], None] = _nothing
    pictures: Path | None = None
    loopback: str | None = None


@contextmanager
def opened_receipts(options: ReceiptsOptions, stop: threading.Event) -> Iterator[Starlette]:
    """The application, and its connections while it is open. It waits for the store.

    Raises
    ------
    AddressError, CityError, DoorShut, PeopleVaultError, ProvidersError, ReportsKeyError, StoreError
        Where what it was told cannot be used.
    StoppedWaiting
        When told to stop before the store was there.
    """
    check_address(options.store)
    public_url = checked_address(options.public_url)
    city, vault = load_city(options.city), open_people_vault(options.key)
    providers = read_providers(options.providers)
    signature, gateways = Signature(public_url, [each.token for each in _accounts(providers)]), Gateways(_gateways(providers))
    media = Media(_accounts(providers), LoopbackDoor(options.loopback, Credentials("", "")) if options.loopback else None)
    engine = open_patiently(options.store, stop)
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        patiently(stop, lambda: check_people_key(engine, vault))
        pictures = None
        if options.pictures is not None:
            reports = open_reports(city, options.store, options.pictures)
            stack.callback(reports.close)
            pictures = PictureMessages(reports, media)
        receipts = Receipts(Parts(engine, vault, city, signature, gateways, passes=options.passes, pictures=pictures))
        stack.callback(receipts.close)
        yield make_app(receipts)


def _accounts(providers: Providers) -> list[Credentials]:
    return [providers.credentials(one) for one in providers.every if not isinstance(one, HttpTexts)]


def _gateways(providers: Providers) -> list[Gateway]:
    return [Gateway(one.name, one.form, providers.secret(one)) for one in providers.every if isinstance(one, HttpTexts)]
