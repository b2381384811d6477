"""Pictures of a low point: the newest of each camera, and citizens' photos that were accepted or wait."""

from __future__ import annotations

from sqlalchemy import Engine

from streams.desk.points_wire import PictureView
from streams.observation.moments import HOUR_US, to_text
from streams.pictures.shelf import is_name
from streams.reports.report import Report
from streams.store.reports_groups import reports_at
from streams.store.station_pictures import StationPicture, newest_pictures

MOST_PHOTOS = 12
PHOTOS_US = 6 * HOUR_US
CAMERA_US = 24 * HOUR_US
ADDRESSES = ("https://", "http://")


def pictures_of(engine: Engine, low_point: str, now_us: int) -> list[PictureView]:
    """Cameras first, then photos, the newest first of each; the same photo once."""
    cameras = [view for one in newest_pictures(engine, low_point, now_us - CAMERA_US) if (view := _camera(one, low_point)) is not None]
    photos: dict[str, Report] = {}
    for report in reports_at(engine, low_point, now_us - PHOTOS_US, 200):
        if report.picture is not None:
            photos.setdefault(report.picture, report)
    return [*cameras, *[_photo(report, low_point) for report in list(photos.values())[:MOST_PHOTOS]]]


def _camera(seen: StationPicture, low_point: str) -> PictureView | None:
    """None for what is neither a name on the shelf nor an address: nothing can be shown of it."""
    named, linked = is_name(seen.picture), seen.picture.startswith(ADDRESSES)
    if not (named or linked):
        return None
    return PictureView(
        kind="camera",
        low_point=low_point,
        picture=seen.picture if named else None,
        address=seen.picture if linked else None,
        at=to_text(seen.observed_us),
        depth_m=seen.depth_m,
        confidence=seen.confidence,
        station=seen.station,
        state=None,
    )


def _photo(report: Report, low_point: str) -> PictureView:
    return PictureView(
        kind="report",
        low_point=low_point,
        picture=report.picture,
        address=None,
        at=to_text(report.observed_us),
        depth_m=report.depth_m,
        confidence=None,
        station=None,
        state=report.state,
    )
