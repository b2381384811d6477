"""Wires the sender: city, providers, key of the numbers. The one place that picks a real channel (law 7)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from streams.city.model import City
from streams.people.vault import open_people_vault
from streams.senders.channel import Channel
from streams.senders.door import Door, DoorShut, LoopbackDoor, RealDoor
from streams.senders.dry_run import DryRun
from streams.senders.http_gateway import HttpGateway
from streams.senders.providers import PROVIDER_KINDS, HttpTexts, Provider, Providers, ProvidersError, TwilioCalls, read_providers
from streams.senders.twilio_sms import TwilioSms
from streams.senders.twilio_voice import TwilioVoice
from streams.senders.way_out import WayOut


@dataclass(frozen=True)
class SendOptions:
    """What a sender is told.

    Attributes
    ----------
    providers
        The providers file; None for the dry run.
    key
        File of the key that opens the numbers.
    public_url
        Where providers reach our receipts; "" where they cannot.
    loopback
        Address of a server on this machine that stands for every provider, for a trial.
    """

    city: City
    providers: Path | None = None
    key: Path | None = None
    public_url: str = ""
    loopback: str | None = None


@dataclass(frozen=True)
class Channels:
    """By what texts and calls go out; `call_after_s` is None where nobody is called."""

    texts: list[Channel]
    calls: list[Channel]
    call_after_s: float | None = None


def open_channels(options: SendOptions) -> Channels:
    """The channels of a city, by its [sender] and the providers file.

    Raises
    ------
    DoorShut, ProvidersError, VaultError
        Where they cannot be had, with what to do.
    """
    city = options.city
    if options.providers is None:
        if city.sender.kind != "dry-run":
            raise ProvidersError(f'city.toml says [sender] kind = "{city.sender.kind}": name the providers file with --providers')
        return Channels([DryRun()], [])
    providers = read_providers(options.providers)
    if not providers.texts:
        raise ProvidersError(f"{options.providers}: no provider sends texts: add one of kind twilio or http")
    first = PROVIDER_KINDS[type(providers.texts[0])]
    if options.loopback is None and city.sender.kind != first:
        raise ProvidersError(
            f'{options.providers} begins with a provider of kind {first}, and city.toml says [sender] kind = "{city.sender.kind}":'
            " both must agree before anything goes out"
        )
    vault = open_people_vault(options.key)

    def way_out(provider: Provider) -> WayOut:
        return WayOut(_door(options, providers, provider), vault, options.public_url)

    texts = [_texts(providers, one, way_out(one)) for one in providers.texts]
    calls: list[Channel] = [TwilioVoice(one.name, one.number, way_out(one), one.calls_per_s) for one in providers.calls]
    return Channels(texts, calls, min((one.after_s for one in providers.calls), default=None))


def _door(options: SendOptions, providers: Providers, provider: Provider) -> Door:
    credentials = providers.credentials(provider)
    if options.loopback is not None:
        return LoopbackDoor(options.loopback, credentials)
    return RealDoor(options.city, credentials)


def _texts(providers: Providers, provider: Provider, way_out: WayOut) -> Channel:
    if isinstance(provider, HttpTexts):
        return HttpGateway(provider.name, provider.form, providers.secret(provider), way_out, provider.segments_per_s, provider.at_once)
    if isinstance(provider, TwilioCalls):
        raise DoorShut(f"provider {provider.name} calls, and sends no texts")
    sender = {"messaging_service_sid": provider.messaging_service} if provider.messaging_service else {"from_": provider.number}
    return TwilioSms(provider.name, sender, way_out, provider.segments_per_s, provider.at_once)
