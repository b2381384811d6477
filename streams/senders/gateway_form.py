"""The form of a plain HTTP gateway, as mainland providers offer them: what a post looks like, and what the answers mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec

from streams.delivery.lattice import AttemptState, Said

LONGEST_CODE = 6
"""Digits of a code; what has more may hold a telephone number."""
_DIGIT = re.compile(r"\d")


class Accepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an answer says that a text was taken, and the value that says so."""

    path: str = "code"
    equals: str = "0"


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a receipt comes: the fields of its form or JSON object, and which of its states mean what."""

    attempt: str = ""
    id: str = ""
    state: str = "status"
    code: str = ""
    delivered: tuple[str, ...] = ("DELIVRD",)
    sent: tuple[str, ...] = ()


class GatewayForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One gateway.

    Attributes
    ----------
    body, headers
        Templates; {number}, {text}, {attempt}, {callback}, {account} and {token} stand for what they say.
    id
        Where an answer gives its id of the text ("data.msgid").
    errors
        Its codes, and the code of our table (docs/sending.md) that each is like.
    national
        Take the country's code off the number, for gateways that know only their own country.
    """

    url: str
    body: dict[str, str]
    encoding: Literal["json", "form"] = "json"
    headers: dict[str, str] = {}
    accepted: Accepted = Accepted()
    id: str = ""
    code: str = ""
    errors: dict[str, str] = {}
    receipt: Receipt = Receipt()
    national: Annotated[str, msgspec.Meta(pattern="^([0-9]{1,3})?$")] = ""

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """The body of one post."""
        return {name: fill(template, values) for name, template in self.body.items()}

    def said(self, fields: Mapping[str, Any]) -> Said | None:
        """What a receipt says; None where it holds no state."""
        state = str(fields.get(self.receipt.state, ""))
        if not state:
            return None
        if state in self.receipt.delivered:
            return Said("delivered")
        if state in self.receipt.sent:
            return Said("sent")
        own = str(fields.get(self.receipt.code) or state) if self.receipt.code else state
        result: AttemptState = "failed"
        return Said(result, self.like(own))

    def like(self, own: str) -> str:
        """The code of our table that one of the gateway's is like, else the gateway's own; a number that it quotes is not kept (law 10)."""
        code = self.errors.get(own, own)
        return (_DIGIT.sub("#", code) if len(_DIGIT.findall(code)) > LONGEST_CODE else code)[:64]


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values into a template, each once: what is in a value is never taken for a template."""
    pieces, rest = [], template
    while "{" in rest:
        before, _, after = rest.partition("{")
        name, closed, after_name = after.partition("}")
        if closed and name in values:
            pieces += [before, values[name]]
            rest = after_name
        else:
            pieces.append(before + "{")
            rest = after
    return "".join([*pieces, rest])


def at(answer: Any, path: str) -> str | None:
    """A value deep in an answer, by names and numbers with points between; None where it is not there."""
    for name in path.split(".") if path else ():
        if isinstance(answer, Mapping) and name in answer:
            answer = answer[name]
        elif isinstance(answer, Sequence) and not isinstance(answer, str) and name.isascii() and name.isdigit() and int(name) < len(answer):
            answer = answer[int(name)]
        else:
            return None
    return str(answer) if path and isinstance(answer, (str, int, float, bool)) else None
