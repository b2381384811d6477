"""Makes a report of what its writer says, of the card it was written on, and of what its picture tells."""

from __future__ import annotations

import secrets

import msgspec

from streams.pictures.taken import Taken
from streams.reports.card import Card
from streams.reports.depth import depth_of
from streams.reports.place import Places
from streams.reports.report import Channel, Report
from streams.reports.wish import Wish, believed

PHOTO_ERROR_M = 30.0
"""Of the place that a telephone writes into a picture, in a street."""


class Whose(msgspec.Struct, frozen=True):
    """By what the store knows who writes: digests of a device and of an address, "" where they are not known."""

    device: str = ""
    address: str = ""


def made_report(card: Card, wish: Wish, whose: Whose, channel: Channel, now_us: int) -> Report:
    """A new report of words, place and depth, in a group of its own until the store finds one that it fits."""
    name, depth = secrets.token_hex(8), depth_of(wish.depth)
    return Report(
        name,
        now_us,
        now_us - wish.ago_us,
        wish.language,
        channel,
        card.training,
        wish.lon,
        wish.lat,
        wish.place_by,
        wish.place_error_m,
        wish.low_point,
        wish.depth,
        depth.depth_m if depth else None,
        wish.words,
        device=whose.device,
        address=whose.address,
        group_id=name,
        state_us=now_us,
    )


def with_picture(report: Report, picture: Taken, wish: Wish, places: Places) -> Report:
    """The report with its picture, and with the picture's place where it has none of its own and that is in the city or near it."""
    own = {
        "picture": picture.picture,
        "likeness": picture.likeness,
        # the page's word is of the file: it says nothing where the picture's own data speak, believed or not
        "taken_us": wish.taken_us if picture.taken_us is None else believed(picture.taken_us, report.made_us),
        "taken_lon": picture.lon,
        "taken_lat": picture.lat,
    }
    lon, lat = picture.lon, picture.lat
    told = report.low_point is not None or report.lon is not None
    if not told and lon is not None and lat is not None and places.is_around(lon, lat):
        near = places.nearest(lon, lat)
        own |= {"lon": lon, "lat": lat, "place_by": "photo", "place_error_m": PHOTO_ERROR_M}
        own |= {"low_point": near.point.low_point_id if near else None}
    return msgspec.structs.replace(report, **own)
