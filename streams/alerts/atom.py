"""The feed of alerts in Atom (RFC 4287), each entry with a link to its CAP document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from streams.alerts.alert import Alert
from streams.alerts.current import newest_first
from streams.alerts.markup import add, root_of, written
from streams.alerts.words import languages_of, templates
from streams.city.model import City
from streams.observation.moments import to_text

NAMESPACE = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
ATOM_TYPE = "application/atom+xml"
NEVER_US = 0
"""What an empty feed says of its last change, which RFC 4287 asks for: nothing here reads a clock."""


def atom_feed(city: City, alerts: Iterable[Alert], link: Callable[[Alert], str], self_link: str, language: str | None = None) -> bytes:
    """Write the feed, the newest entry first; the same alerts give the same bytes.

    Parameters
    ----------
    alerts
        What to list, for example `in_force_or_recent`.
    link
        Address of an alert's CAP document, relative to the feed's own.
    self_link
        The feed's own address.
    language
        Of titles and summaries; the city's first where it is not given or has no templates.
    """
    listed = newest_first(alerts)
    spoken = languages_of((language or "", *city.languages))[0]
    feed = root_of(NAMESPACE, "feed")
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", spoken)
    add(feed, "id", _urn(f"feed,{city.public.cap_issuer}"))
    add(feed, "title", templates(spoken)["feed"]["title"].format(city=city.name))
    add(feed, "updated", to_text(max((alert.sent_us for alert in listed), default=NEVER_US)))
    add(add(feed, "author"), "name", city.sender.name or city.name)
    add(feed, "link", rel="self", type=ATOM_TYPE, href=self_link)
    for alert in listed:
        _add_entry(feed, alert, link(alert), spoken)
    return written(feed)


def _add_entry(feed: etree._Element, alert: Alert, address: str, language: str) -> None:
    info, sent = alert.info_in(language), to_text(alert.sent_us)
    entry = add(feed, "entry")
    add(entry, "id", _urn(f"alert,{alert.sender},{alert.identifier}"))
    add(entry, "title", info.headline)
    add(entry, "updated", sent)
    add(entry, "published", sent)
    add(entry, "link", rel="alternate", type=CAP_TYPE, href=address)
    for term in (alert.status, alert.msg_type, info.severity):
        add(entry, "category", term=term)
    add(entry, "summary", info.description)


def _urn(name: str) -> str:
    """Make an id that is an absolute IRI and stays the same for ever: identifiers of alerts are none."""
    return uuid5(NAMESPACE_URL, name).urn
