"""A picture that was taken in, as it goes from the process that decoded it to those that keep it."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Taken(msgspec.Struct, frozen=True):
    """A picture that was taken in.

    Attributes
    ----------
    jpeg
        The picture, encoded anew, its longest side at most 1600 pixels.
    picture
        SHA-256 of `jpeg` in hexadecimal: its name on the shelf.
    width, height
        In pixels.
    likeness
        Its perceptual hash, 16 hexadecimal digits; see `streams.reports.triage.likeness.alike`.
    taken_us, lon, lat
        When (microseconds since 1970) and where (degrees, WGS-84) it says it was taken: with consent only, and where that can be.
        It is the camera's word: whoever uses it holds it against when and where the picture came.
    """

    jpeg: bytes
    picture: str
    width: int
    height: int
    likeness: str
    taken_us: int | None
    lon: float | None
    lat: float | None


class Taker(Protocol):
    """Takes pictures in; see `streams.pictures.apart`."""

    def take(self, raw: bytes, consent: bool, zone: str | None = None) -> Taken:
        """Clean a picture, or raise PictureRefused, or TooBusy."""

    def close(self) -> None:
        """End what does it."""
