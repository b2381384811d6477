"""Why a group of reports is believed or doubted: a code, what it weighs, and the figures that its words name."""

from __future__ import annotations

import msgspec

Figures = dict[str, float | int | str]


class Reason(msgspec.Struct, frozen=True):
    """One reason.

    Attributes
    ----------
    code
        One of `CODES`; screens have the words for each.
    log_odds
        What it adds to the logarithm of the odds that the reports are true: above 0 it speaks for them.
    figures
        What the words name: depths in m, rain in mm, counts.
    """

    code: str
    log_odds: float
    figures: Figures = {}


CODES: dict[str, str] = {
    "sources": "{sources} sources that have nothing to do with each other",
    "one_source": "{reports} reports of one device or address: one source",
    "photos": "{photos} different pictures",
    "photo": "a picture",
    "no_photo": "no picture",
    "copied": "the same picture was sent of other places too",
    "photo_fresh": "the picture was taken at the time of the report",
    "photo_old": "the picture was taken {minutes} min away from the time of the report",
    "photo_here": "the picture was taken there",
    "photo_elsewhere": "the picture was taken {metres} m away",
    "rain": "{mm} mm of rain in 30 min",
    "no_rain": "no rain: {mm} mm in 30 min",
    "neighbour_wet": "a low point within 2 km stands under {depth_m} m",
    "neighbours_dry": "{points} low points within 2 km are dry",
    "sensor_agrees": "the point's own stations say {depth_m} m",
    "sensor_dry": "the point's own stations say that it is dry",
    "sensor_differs": "the point's own stations say {depth_m} m",
    "forecast_likely": "water was forecast: {percent} %",
    "forecast_unlikely": "no water was forecast: {percent} %",
    "low_point": "a known low point",
    "hollow": "the ground is a hollow there",
    "high_ground": "the ground is no hollow there",
    "old": "seen {minutes} min ago",
    "place_sure": "the place is sure",
    "place_vague": "the place is known to {metres} m",
    "place_unknown": "the place is not known",
    "depths_agree": "the sources agree on the depth",
    "depths_differ": "the sources differ by {metres} m",
    "source_differs": "the reports of one source differ by {metres} m: its deeper ones count",
    "depth_of_one": "one source alone says that it is so deep now",
    "depth_before": "up to half an hour before it was {depth_m} m",
    "elsewhere": "the same people report places far from here at the same time: {reports} reports",
    "accepted_here": "reports of the same water by others were accepted: {reports}",
    "hidden_before": "reports of the same people were hidden before: {reports}",
    "accepted_before": "reports of the same people were accepted before: {reports}",
}
"""Every code, and what it says in English (docs/reports.md; the console has its own words by code, in each language)."""
