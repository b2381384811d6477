"""Reads the providers file: by whom texts and calls go out, the preferred first."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from streams.senders.door import Credentials
from streams.senders.gateway_form import GatewayForm

SHORTEST_SECRET = 16

Pace = Annotated[float, msgspec.Meta(gt=0, le=10_000)]


class ProvidersError(ValueError):
    """A providers file that cannot be used: what is wrong, and what to do."""


class TwilioTexts(msgspec.Struct, frozen=True, tag="twilio", tag_field="kind", forbid_unknown_fields=True, rename={"number": "from"}):
    """Texts by Twilio. Outside +1 a number carries 10 segments a second by default, a short code 100."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,32}$")]
    credentials_file: str
    number: str = ""
    messaging_service: str = ""
    segments_per_s: Pace = 10.0
    at_once: Annotated[int, msgspec.Meta(ge=1, le=500)] = 64


class TwilioCalls(msgspec.Struct, frozen=True, tag="twilio-voice", tag_field="kind", forbid_unknown_fields=True, rename={"number": "from"}):
    """Calls by Twilio, to the vulnerable from whom no receipt came within `after_s`."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,32}$")]
    credentials_file: str
    number: str
    calls_per_s: Pace = 1.0
    after_s: Annotated[float, msgspec.Meta(ge=10)] = 120.0


class HttpTexts(msgspec.Struct, frozen=True, tag="http", tag_field="kind", forbid_unknown_fields=True):
    """Texts by a plain HTTP gateway; `secret_file` holds what stands in the address that its receipts come to."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,32}$")]
    credentials_file: str
    secret_file: str
    form: GatewayForm
    segments_per_s: Pace = 10.0
    at_once: Annotated[int, msgspec.Meta(ge=1, le=500)] = 32


Provider = TwilioTexts | TwilioCalls | HttpTexts


class _File(msgspec.Struct, forbid_unknown_fields=True):
    provider: Annotated[list[Provider], msgspec.Meta(min_length=1)]


class Providers(msgspec.Struct, frozen=True):
    """What a file says; `folder` is where the files that it names are."""

    folder: Path
    every: tuple[Provider, ...]

    @property
    def texts(self) -> list[TwilioTexts | HttpTexts]:
        """Those that send texts, the preferred first."""
        return [one for one in self.every if not isinstance(one, TwilioCalls)]

    @property
    def calls(self) -> list[TwilioCalls]:
        """Those that call."""
        return [one for one in self.every if isinstance(one, TwilioCalls)]

    def credentials(self, provider: Provider) -> Credentials:
        """Account and token of a provider.

        Raises
        ------
        ProvidersError
            Where its file cannot be read or holds no two lines.
        """
        lines = _read(self.folder / provider.credentials_file, provider).splitlines()
        if len(lines) != 2 or not all(line.strip() for line in lines):
            raise ProvidersError(f"provider {provider.name}: {provider.credentials_file} must hold two lines, the account and its token")
        return Credentials(lines[0].strip(), lines[1].strip())

    def secret(self, provider: HttpTexts) -> str:
        """What stands in the address of a gateway's receipts.

        Raises
        ------
        ProvidersError
            Where its file cannot be read, or holds what could be guessed or cannot stand in an address.
        """
        secret = _read(self.folder / provider.secret_file, provider).strip()
        if len(secret) < SHORTEST_SECRET or not all(sign.isascii() and (sign.isalnum() or sign in "-_") for sign in secret):
            raise ProvidersError(
                f"provider {provider.name}: {provider.secret_file} must hold {SHORTEST_SECRET} or more letters and digits:"
                " openssl rand -hex 32 makes a good one"
            )
        return secret


def read_providers(file: Path) -> Providers:
    """Read `[[provider]]` tables.

    Raises
    ------
    ProvidersError
        Where the file cannot be used.
    """
    try:
        table: Any = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ProvidersError(f"{file} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProvidersError(f"{file} is not TOML in UTF-8: {error}") from None
    try:
        found = tuple(msgspec.convert(table, _File).provider)
    except msgspec.ValidationError as error:
        raise ProvidersError(f"{file}: {error}") from None
    for one in found:
        if isinstance(one, TwilioTexts) and bool(one.number) == bool(one.messaging_service):
            raise ProvidersError(f"{file}: provider {one.name}: write either from, a number, or messaging_service, an id")
    if len({one.name for one in found}) < len(found):
        raise ProvidersError(f"{file}: two providers have one name: receipts could not tell them apart")
    return Providers(file.absolute().parent, found)


def _read(file: Path, provider: Provider) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ProvidersError(f"provider {provider.name}: {file.name} cannot be read: {why}") from None


PROVIDER_KINDS: dict[type[Provider], Literal["twilio", "http"]] = {TwilioTexts: "twilio", TwilioCalls: "twilio", HttpTexts: "http"}
