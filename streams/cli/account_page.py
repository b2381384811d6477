"""The account as people read it: tables of zones and orders, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from streams.alerts.levels import NAMES
from streams.store.account import Tally, ZoneAccount, total
from streams.store.cost import Cost
from streams.store.delays import Delays, Doubles, Spread
from streams.store.outbox_schema import STATES
from streams.store.reasons import words_of


def account_page(zones: Sequence[ZoneAccount], took: Delays, again: Doubles) -> Iterator[RenderableType]:
    """Every zone and its orders by state, how long they took, why some did not come, and which were posted again."""
    texts, calls = total(zone.texts for zone in zones), total(zone.calls for zone in zones)
    yield _texts(zones, texts, took)
    if calls.targeted:
        yield _calls(zones, calls)
    for kind, tally in (("texts", texts), ("calls", calls)):
        for state, reasons in tally.reasons.items():
            for reason, count in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])):
                yield Text(f"{count} {kind} {state}: {words_of(reason) or 'for no reason that was kept'} ({reason or 'none'})")
    yield Text(f"release to the provider's yes: {_spread(took.accepted)}; to the receipt: {_spread(took.delivered)}")
    yield Text(
        f"taken by the provider more than once: {again.taken_again}, perhaps received twice: {again.perhaps_twice};"
        f" posted again though unknown: {again.again_though_unknown}"
    )


def cost_page(cost: Cost, segments_per_s: float) -> Iterator[RenderableType]:
    """What an order costs."""
    table = Table(title=Text(f"zone {cost.zone}: {cost.people} people"), title_justify="left")
    table.add_column("language")
    for name in ("people", "segments each", "segments"):
        table.add_column(name, justify="right")
    for one in cost.languages:
        table.add_row(Text(one.language), str(one.people), str(one.segments_each), str(one.segments))
    table.add_section()
    table.add_row("in all", str(cost.texts), "", str(cost.segments))
    yield table
    yield Text(
        f"no text: {cost.opted_out} opted out, {cost.without_telephone} without telephone, {cost.told_elsewhere} told by another zone"
    )
    yield Text(f"{cost.minutes(segments_per_s):.1f} min at {segments_per_s:g} segments/s, when nothing else is sent")


def _texts(zones: Sequence[ZoneAccount], all_texts: Tally, took: Delays) -> Table:
    table = _table("texts", ("zone", "order", "level"), (*STATES, "p95 to yes", "p95 to receipt"))
    delays = {one.identifier: one for one in took.orders}
    for zone in zones:
        table.add_row(Text(zone.zone, style="bold"), "", "", *_cells(zone.texts))
        for order in zone.orders:
            level = "all-clear" if order.msg_type == "Cancel" else f"{order.level} {NAMES[order.level]}"
            of_order = delays.get(order.identifier)
            seconds = (_p95(of_order.accepted), _p95(of_order.delivered)) if of_order else ()
            table.add_row("", Text(order.identifier), level, *_cells(order.texts), *seconds)
    table.add_section()
    table.add_row("in all", "", "", *_cells(all_texts), _p95(took.accepted), _p95(took.delivered))
    return table


def _calls(zones: Sequence[ZoneAccount], all_calls: Tally) -> Table:
    table = _table("calls", ("zone",), STATES)
    for zone in zones:
        if zone.calls.targeted:
            table.add_row(Text(zone.zone), *_cells(zone.calls))
    table.add_section()
    table.add_row("in all", *_cells(all_calls))
    return table


def _table(title: str, names: Sequence[str], figures: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name, overflow="fold")
    for name in ("targeted", *figures):
        table.add_column(name, justify="right")
    return table


def _cells(tally: Tally) -> list[str]:
    missing = "" if tally.adds_up else " (does not add up: tell the operator)"
    return [f"{tally.targeted}{missing}", *(str(tally.states[state] or "") for state in STATES)]


def _p95(spread: Spread) -> str:
    return "" if spread.p95_s is None else f"{spread.p95_s:.1f} s"


def _spread(spread: Spread) -> str:
    if spread.p50_s is None or spread.p95_s is None:
        return "none yet"
    return f"p50 {spread.p50_s:.1f} s, p95 {spread.p95_s:.1f} s of {spread.count}"
