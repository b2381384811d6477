"""What a receipt of a plain HTTP gateway says: a form or JSON, one object or a list of them."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from streams.receipts.body import form_of
from streams.receipts.status import clean, is_attempt
from streams.senders.gateway_form import GatewayForm
from streams.store.attempts import Word


class NoReceipt(ValueError):
    """A body that is neither a form nor JSON of objects."""


@dataclass(frozen=True)
class Gateway:
    """A gateway as its receipts come; `secret` stands in their address."""

    name: str
    form: GatewayForm
    secret: str = field(repr=False)


class Gateways:
    """All of a providers file."""

    def __init__(self, every: Iterable[Gateway]):
        self._by_name = {one.name: one for one in every}

    def find(self, name: str, secret: str) -> Gateway | None:
        """The gateway of a name, where the secret is its own; how long that takes tells nothing."""
        gateway = self._by_name.get(name)
        right = hmac.compare_digest((gateway.secret if gateway else "").encode(), secret.encode("utf-8", "replace"))
        return gateway if gateway is not None and right else None


def words_of(form: GatewayForm, body: bytes) -> list[Word]:
    """The words of a receipt, each with the id of an attempt, or else the gateway's own; what says nothing is left out.

    Raises
    ------
    NoReceipt
        Where it cannot be read.
    """
    return [word for fields in _objects(body) if (word := _word(form, fields)) is not None]


def _word(form: GatewayForm, fields: Mapping[str, Any]) -> Word | None:
    said = form.said(fields)
    if said is None:
        return None
    said = msgspec.structs.replace(said, code=clean(said.code))
    attempt = str(fields.get(form.receipt.attempt, "")) if form.receipt.attempt else ""
    own = clean(fields.get(form.receipt.id, "")) if form.receipt.id else ""
    if is_attempt(attempt):
        return Word(attempt, said, own or None)
    return Word("", said, own) if own else None


def _objects(body: bytes) -> list[Mapping[str, Any]]:
    if body.lstrip()[:1] not in (b"{", b"["):
        return [dict(form_of(body))]
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NoReceipt("not JSON") from None
    every = found if isinstance(found, list) else [found]
    if not all(isinstance(one, dict) for one in every):
        raise NoReceipt("not an object, nor a list of objects")
    return every
