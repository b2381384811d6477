"""Atom, GeoJSON and CSV: what stands in them, and that they depend on the alerts alone."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from lxml import etree
from msgspec import structs

from streams.alerts.alert import Alert
from streams.alerts.atom import atom_feed
from streams.alerts.current import DAY_US, in_force, in_force_or_recent
from streams.alerts.geojson import zones_geojson
from streams.alerts.table import COLUMNS, alerts_csv, harmless
from streams.observation.moments import HOUR_US, MINUTE_US, to_text
from tests.streams.alerts.made_up import CITY, POINT_NAME, ZONE_NAME, made, order_of, thread
from tests.streams.towns import START_US

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def link(alert: Alert) -> str:
    return f"cap/{alert.identifier}.xml"


def feed(alerts: list[Alert], language: str | None = "en") -> Any:
    return etree.fromstring(atom_feed(CITY, alerts, link, "alerts.atom", language))


# what stands at a moment


def test_what_is_superseded_cancelled_or_run_out_does_not_stand() -> None:
    first, second, last = thread()
    assert [] == in_force(thread(), first.sent_us - 1)
    assert [first] == in_force(thread(), first.sent_us)
    assert [second] == in_force(thread(), second.sent_us)
    assert [] == in_force(thread(), last.sent_us)
    assert [first] == in_force([first], first.expires_us - 1)
    assert [] == in_force([first], first.expires_us)


def test_the_last_days_keep_what_has_ended_and_what_holds_stays_however_old() -> None:
    alerts = thread()
    assert list(reversed(alerts)) == in_force_or_recent(alerts, START_US + DAY_US - 1, 1)
    assert [] == in_force_or_recent(alerts, START_US + 2 * DAY_US, 1)
    held = made(order_of(expires=to_text(START_US + 9 * DAY_US)))
    assert [held] == in_force_or_recent([held], START_US + 5 * DAY_US, 1)


# Atom


def test_a_feed_has_what_rfc_4287_asks_for() -> None:
    root = feed(thread())
    for path in ("a:id", "a:title", "a:updated", "a:author/a:name", "a:link[@rel='self'][@href='alerts.atom']"):
        assert 1 == len(root.xpath(path, namespaces=ATOM)), path
    for entry in root.xpath("a:entry", namespaces=ATOM):
        for path in ("a:id", "a:title", "a:updated", "a:summary", "a:link[@rel='alternate'][@type='application/cap+xml']"):
            assert 1 == len(entry.xpath(path, namespaces=ATOM)), path
    ids = root.xpath("//a:id/text()", namespaces=ATOM)
    assert 4 == len(ids) == len(set(ids))
    assert all(one.startswith("urn:uuid:") for one in ids)


def test_entries_are_the_newest_first_and_lead_to_their_documents() -> None:
    alerts = thread()
    root = feed(alerts)
    assert [link(alert) for alert in reversed(alerts)] == root.xpath("a:entry/a:link/@href", namespaces=ATOM)
    assert [to_text(alert.sent_us) for alert in reversed(alerts)] == root.xpath("a:entry/a:updated/text()", namespaces=ATOM)
    assert to_text(alerts[-1].sent_us) == root.findtext("a:updated", namespaces=ATOM)
    assert f"Flood warning over: {POINT_NAME}" == root.findtext("a:entry/a:title", namespaces=ATOM)


def test_a_feed_depends_on_the_alerts_alone() -> None:
    alerts = thread()
    assert atom_feed(CITY, alerts, link, "x") == atom_feed(CITY, list(reversed(alerts)), link, "x")
    assert "1970-01-01T00:00:00Z" == feed([]).findtext("a:updated", namespaces=ATOM)


def test_a_feed_speaks_the_language_that_is_asked_for() -> None:
    assert "Flood warnings: Town" == feed([]).findtext("a:title", namespaces=ATOM)
    assert "Town积水警报" == feed([], None).findtext("a:title", namespaces=ATOM)
    assert "Town积水警报" == feed([], "fr").findtext("a:title", namespaces=ATOM)


# GeoJSON


def features(document: bytes) -> list[dict[str, Any]]:
    collection = json.loads(document)
    assert "FeatureCollection" == collection["type"]
    return list(collection["features"])


def test_zones_have_their_incident() -> None:
    second = thread()[1]
    (zone,) = features(zones_geojson(CITY, [second]))
    said = zone["properties"]
    assert ("Z0-20260714T080000Z", second.identifier, 4, "Extreme") == tuple(
        said[name] for name in ("incident", "identifier", "level", "severity")
    )
    assert to_text(second.expires_us) == said["expires"]
    assert CITY.zones[0].geometry["type"] == zone["geometry"]["type"]


def test_a_zone_without_an_alert_is_calm_only_where_its_water_is_known() -> None:
    assert 0 == features(zones_geojson(CITY, []))[0]["properties"]["level"]
    assert "unknown" == features(zones_geojson(CITY, [], unknown={"Z0"}))[0]["properties"]["level"]


# CSV


def rows(document: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(document.decode("utf-8"), newline="")))


def test_a_table_has_one_row_an_alert_by_rfc_4180() -> None:
    document = alerts_csv(thread(), "en")
    assert document.startswith(",".join(COLUMNS).encode() + b"\r\n")
    assert 4 == document.count(b"\r\n")
    last, second, first = rows(document)
    assert [("Alert", ""), ("Update", first["identifier"]), ("Cancel", second["identifier"])] == [
        (row["msg_type"], row["references"]) for row in (first, second, last)
    ]
    assert ("Extreme", "4", "red", ZONE_NAME, "Z0") == tuple(second[name] for name in ("severity", "level", "level_name", "area", "zone"))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1", "－1", "＠x"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(cell: str) -> None:
    assert f"'{cell}" == harmless(cell)


@pytest.mark.parametrize("cell", ["", "1+1", "积水", "a=b", "2026-07-14T08:00:00Z"])
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert cell == harmless(cell)


def test_a_zone_called_like_a_formula_is_harmless_in_the_table() -> None:
    zones = (structs.replace(CITY.zones[0], name='=HYPERLINK("x","y")', name_en=""),)
    (row,) = rows(alerts_csv([made(order_of(), city=structs.replace(CITY, zones=zones))]))
    assert '\'=HYPERLINK("x","y")' == row["area"]


def test_a_table_depends_on_the_alerts_alone() -> None:
    assert alerts_csv(thread()) == alerts_csv(list(reversed(thread())))


def test_an_alert_that_holds_for_hours_is_in_force_for_hours() -> None:
    alert = made(order_of())
    assert [alert] == in_force([alert], START_US + 5 * HOUR_US)
    assert [] == in_force([alert], START_US + 6 * HOUR_US + MINUTE_US)


def test_a_zone_never_looks_calmer_than_the_water_at_its_points() -> None:
    (zone,) = features(zones_geojson(CITY, [], least={"Z0": 4}))
    assert (4, "red", None) == tuple(zone["properties"][key] for key in ("level", "level_name", "incident"))
    assert 4 == features(zones_geojson(CITY, [], unknown={"Z0"}, least={"Z0": 4}))[0]["properties"]["level"]
