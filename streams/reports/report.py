"""A citizen's report as the store keeps it."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["new", "accepted", "hidden", "merged", "asked"]
Channel = Literal["web", "mms"]
PlaceBy = Literal["map", "position", "plate", "point", "photo", ""]


class Report(msgspec.Struct, frozen=True):
    """One report; times in microseconds since 1970, places in degrees.

    Attributes
    ----------
    report
        Its opaque id.
    made_us, observed_us
        When it was received, and when the water was seen, as its writer says.
    training
        Of an exercise: it is never made an observation.
    place_by, place_error_m
        How the place is known, and how well.
    low_point
        The one it is about: chosen by its writer, of the plate, or within 150 m.
    depth, depth_m
        The word that was chosen ("" for none), and what it stands for.
    picture, likeness
        Name of the cleaned picture on the shelf, and its perceptual hash.
    taken_us, taken_lon, taken_lat
        Of the picture's own data, where its writer agreed.
    device, address
        Keyed digests of whose it is; "" where that is not known.
    group_id
        The first report of those of one place and time.
    """

    report: str
    made_us: int
    observed_us: int
    language: str
    channel: Channel = "web"
    training: bool = False
    lon: float | None = None
    lat: float | None = None
    place_by: PlaceBy = ""
    place_error_m: float | None = None
    low_point: str | None = None
    depth: str = ""
    depth_m: float | None = None
    words: str = ""
    picture: str | None = None
    likeness: str | None = None
    taken_us: int | None = None
    taken_lon: float | None = None
    taken_lat: float | None = None
    device: str = ""
    address: str = ""
    group_id: str = ""
    state: State = "new"
    state_us: int = 0
    decided_by: str = ""
    reason: str = ""
    question: str = ""
    answer: str = ""
