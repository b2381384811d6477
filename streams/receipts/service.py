"""Wires the receipts: city, store, key, providers. The one place that picks the real parts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette

from streams.city.load import load_city
from streams.people.vault import open_people_vault
from streams.receipts.app import Parts, Receipts, make_app
from streams.receipts.gateway import Gateway, Gateways
from streams.receipts.signature import Signature, checked_address
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
    passes
        Is told each point that a request passes, by name; a trial may end the process there.
    """

    city: Path
    store: str
    providers: Path
    key: Path | None
    public_url: str
    passes: Callable[[str], None] = _nothing


@contextmanager
def opened_receipts(options: ReceiptsOptions, stop: threading.Event) -> Iterator[Starlette]:
    """The application, and its connections while it is open. It waits for the store.

    Raises
    ------
    AddressError, CityError, PeopleVaultError, ProvidersError, StoreError
        Where what it was told cannot be used.
    StoppedWaiting
        When told to stop before the store was there.
    """
    check_address(options.store)
    public_url = checked_address(options.public_url)
    city, vault = load_city(options.city), open_people_vault(options.key)
    providers = read_providers(options.providers)
    signature, gateways = Signature(public_url, _tokens(providers)), Gateways(_gateways(providers))
    engine = open_patiently(options.store, stop)
    try:
        patiently(stop, lambda: check_people_key(engine, vault))
        receipts = Receipts(Parts(engine, vault, city, signature, gateways, passes=options.passes))
        try:
            yield make_app(receipts)
        finally:
            receipts.close()
    finally:
        engine.dispose()


def _tokens(providers: Providers) -> list[str]:
    return [providers.credentials(one).token for one in providers.every if not isinstance(one, HttpTexts)]


def _gateways(providers: Providers) -> list[Gateway]:
    return [Gateway(one.name, one.form, providers.secret(one)) for one in providers.every if isinstance(one, HttpTexts)]
