"""`lowpoint orders` and `lowpoint act`: what waits for a signature, and deciding, from the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from streams.observation.decision import ON_ORDERS, Act

if TYPE_CHECKING:
    from streams.desk.client import DeskClient

DESK = click.option("--desk", required=True, help="address of the desk, https://HOST")
NAME = click.option("--name", required=True, help="who signs in; the password and the code are asked for, or are the first two lines")
CA = click.option("--ca", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="certificate of the desk's own authority")


class NotAnswered(click.ClickException):
    """Asked for, and not known to be done: another exit code than that of a refusal."""

    exit_code = 3


@click.command()
@DESK
@NAME
@CA
def orders(desk: str, name: str, ca: Path | None) -> None:
    """List the orders that are open, with their texts, and the people in their zones."""
    with _signed_in(desk, name, ca) as client:
        told = client.orders()
    for order in told["orders"]:
        _show(order)
    _count(told["orders"])
    _warn(told)


@click.command()
@click.argument("act", type=click.Choice(get_args(Act)), metavar="ACT")
@click.option("--order", "identifiers", multiple=True, help="identifier of an order; may be given several times, as all of these")
@click.option("--point", "points", multiple=True, help="low point")
@click.option("--zone", "zones", multiple=True, help="zone")
@click.option("--station", "stations", multiple=True, help="station")
@click.option("--level", type=click.IntRange(1, 4), help="of a raise; of a silence the highest that it mutes")
@click.option("--minutes", type=click.IntRange(1, 1440), help="how long what is done by hand holds")
@click.option("--reason", default="", help="why")
@click.option("--text", "texts", multiple=True, metavar="LANG=TEXT", help="new text of an edit")
@click.option("--yes", is_flag=True, help="do not ask before it is sent")
@DESK
@NAME
@CA
def act(
    act: str,
    identifiers: Sequence[str],
    points: Sequence[str],
    zones: Sequence[str],
    stations: Sequence[str],
    level: int | None,
    minutes: int | None,
    reason: str,
    texts: Sequence[str],
    yes: bool,
    desk: str,
    name: str,
    ca: Path | None,
) -> None:
    """Carry out an act: sign, reject, edit, call_off, correct (orders); raise, hold, close, silence, set_aside, end (by hand).

    What it is about is shown first; a signature is for the texts that are shown. Exit code 1 if anything was refused, 3 if the outcome is
    not known yet.
    """
    new_texts = _texts(texts)
    named = {"points": list(points), "zones": list(zones), "stations": list(stations), "level": level, "reason": reason}
    asked: dict[str, Any] = {"act": act, **{key: value for key, value in named.items() if value}}
    if not (identifiers or points or zones or stations):
        raise click.UsageError("name an --order, --point, --zone or --station")
    if (act in ON_ORDERS) != bool(identifiers):
        raise click.UsageError(f"{act} is about {'orders: name an --order' if act in ON_ORDERS else 'no order'}")
    with _signed_in(desk, name, ca) as client:
        if identifiers:
            asked["orders"] = [_asked(act, order) for order in _shown(client, identifiers)]
        for kind in ("points", "zones", "stations"):
            for subject in asked.get(kind, ()):
                click.echo(f"{kind[:-1]} {subject}")
        if new_texts:
            asked["texts"] = new_texts
            for language, text in new_texts.items():
                click.echo(f"new text ({language}): {text}")
        if not yes:
            click.confirm(f"{act}?", abort=True)
        if minutes is not None:
            asked["until"] = _until(client.now(), minutes)
        told = client.act(asked)
    _tell(told)


@contextmanager
def _signed_in(desk: str, name: str, ca: Path | None) -> Iterator[DeskClient]:
    from streams.desk.client import DeskSaid, connected

    try:
        with connected(desk, ca) as client:
            client.sign_in(name, *_secrets())
            try:
                yield client
            finally:
                with suppress(DeskSaid):  # what went wrong before it matters more, and an idle session ends by itself
                    client.sign_out()
    except DeskSaid as said:
        raise click.ClickException(str(said)) from said


def _secrets() -> tuple[str, str]:
    """Password and code: never from an argument, which everybody on the machine can read."""
    if sys.stdin.isatty():
        return click.prompt("password", hide_input=True), click.prompt("code")
    try:
        return sys.stdin.readline().rstrip("\r\n"), sys.stdin.readline().strip()
    except UnicodeDecodeError:
        # "from None": the error carries the password
        raise click.ClickException("the standard input is not UTF-8: write the password as UTF-8 text") from None


def _texts(given: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    wrong = [text for text, (language, equals, words) in zip(given, pairs, strict=True) if not (language and equals and words)]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r}: write LANG=TEXT", param_hint="--text")
    return {language: words for language, _, words in pairs}


def _shown(client: DeskClient, identifiers: Sequence[str]) -> list[dict[str, Any]]:
    """The orders that an act is about, after they were shown."""
    told = client.orders()
    there = {order["identifier"]: order for order in told["orders"]}
    lacking = [identifier for identifier in identifiers if identifier not in there]
    if lacking:
        raise click.ClickException(f"no open order is {', '.join(lacking)}: `lowpoint orders` lists them; nothing was done")
    found = [there[identifier] for identifier in dict.fromkeys(identifiers)]
    for order in found:
        _show(order)
    _count(found)
    _warn(told)
    return found


def _asked(act: str, order: dict[str, Any]) -> dict[str, Any]:
    seen = {language: text["text"] for language, text in order["texts"].items()}
    return {"identifier": order["identifier"]} | ({"texts": seen} if act == "sign" else {})


def _show(order: dict[str, Any]) -> None:
    zone = order["zone"]
    names = " / ".join(dict.fromkeys((zone["name"], zone["name_en"])))
    click.echo(f"{order['identifier']}  {order['state']}")
    click.echo(f"  zone {zone['zone_id']} {names}, district {order['district']}: {order['people']} people")
    unconfirmed = ", UNCONFIRMED" if order["unconfirmed"] else ""
    click.echo(f"  level {order['level']} {order['level_name']} ({order['severity']}), {order['basis']}{unconfirmed}: {order['reason']}")
    for language, text in order["texts"].items():
        click.echo(f"  {language} ({text['segments']} segments): {text['text']}")
    if not order["texts"]:
        click.echo("  texts nobody")
    signed = f"signed by {', '.join(order['signed_by'])}; " if order["signed_by"] else ""
    rule = f"; the written rule releases it at {order['release_rule']['due_at']}" if order["release_rule"] else ""
    if order["state"] == "draft":
        click.echo(f"  {signed}{order['missing']} more must sign{rule}")
    elif order["decision"]:
        click.echo(f"  {order['decision']}")


def _count(found: Sequence[dict[str, Any]]) -> None:
    people = {order["zone"]["zone_id"]: order["people"] for order in found}
    click.echo(f"{len(found)} orders, {len(people)} zones, {sum(people.values())} people")


def _warn(told: dict[str, Any]) -> None:
    if told["silent_districts"]:
        click.echo(f"nothing fresh is known of {', '.join(told['silent_districts'])}: orders may be missing", err=True)


def _until(now: str, minutes: int) -> str:
    from streams.observation.moments import MINUTE_US, parse_us, to_text

    moment_us = parse_us(now)
    if moment_us is None:
        raise click.ClickException(f"the desk says it is {now!r}, which is no time; nothing was done")
    return to_text(moment_us + minutes * MINUTE_US)


def _tell(told: dict[str, Any]) -> None:
    for one in told["outcomes"]:
        click.echo(f"{one['subject']}: {one['outcome']}: {one['words']}")
    refused = sum(one["outcome"] == "refused" for one in told["outcomes"])
    if refused:
        raise click.ClickException(f"{refused} of {len(told['outcomes']) + len(told['pending'])} refused")
    if told["pending"]:
        raise NotAnswered(f"no answer yet about {', '.join(told['pending'])}: GET /api/acts/{told['act_id']} tells later")
