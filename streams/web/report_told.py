"""What the pages of reports tell in words: places, depths, states, and why something was not taken."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from streams.city.model import City, LowPoint
from streams.city.near import Near, nearest_shelters
from streams.observation.moments import MINUTE_US, to_datetime
from streams.reports.codes import shown
from streams.reports.depth import depth_of
from streams.reports.report import Report
from streams.reports.sent import Sent
from streams.web.reader import Asked, Speaker, emergency
from streams.web.report_intake import AWAY_S, MORE_S, Outcome


class Told(Speaker):
    """The words of a reader's language for reports."""

    def __init__(self, city: City, asked: Asked, training: bool):
        super().__init__(city, asked.words)
        self._training = training
        self._points = {point.low_point_id: point for point in city.low_points}

    @property
    def training(self) -> str:
        """What goes on with each address within an exercise."""
        return "&training=1" if self._training else ""

    def depth(self, word: str) -> str:
        """A depth as it is chosen."""
        t = self.t
        words: Mapping[str, str] = {
            "dry": t("No water on the road"),
            "ankle": t("To the ankle"),
            "hub": t("To the middle of a car's wheel"),
            "knee": t("To the knee"),
            "thigh": t("To the thigh"),
            "bonnet": t("To the edge of a car's bonnet"),
        }
        return words.get(word, "")

    def about(self, word: str) -> str:
        """What a depth is in centimetres."""
        known = depth_of(word)
        return self.t("about {cm} cm", cm=round(100 * known.depth_m)) if known and known.depth_m else ""

    def ago_min(self, minutes: int) -> str:
        """When the water was seen."""
        return self.t("{n} min ago", n=minutes) if minutes else self.t("now")

    def place(self, report: Report) -> str:
        """The place of a report, and how it is known."""
        t, point = self.t, self._points.get(report.low_point or "")
        if point is not None and report.place_by in ("plate", "point"):
            return self.name(point)
        if report.lon is None or report.lat is None:
            return t("as your words say it")
        where = self.at(report.lon, report.lat)
        if report.place_error_m is not None:
            where = t("{where}, give or take {m} m", where=where, m=round(report.place_error_m))
        return t("{place} ({where})", place=self.name(point), where=where) if point else where

    def at(self, lon: float, lat: float) -> str:
        """A place in degrees; the fifth digit is a metre."""
        north, east = f"{lat:.5f}", f"{lon:.5f}"
        return self.t("latitude {lat}, longitude {lon}", lat=north, lon=east)

    def local(self, time_us: int) -> str:
        """A time of the city's day, with its date."""
        return to_datetime(time_us).astimezone(self.city.zone_info).strftime("%Y-%m-%d %H:%M")

    def seen(self, report: Report) -> str:
        """When its water was seen."""
        minutes = round((report.made_us - report.observed_us) / MINUTE_US)
        return self.local(report.observed_us) + (f" ({self.ago_min(minutes)})" if minutes else "")

    def state(self, report: Report) -> str:
        """What became of a report, in plain words."""
        t = self.t
        words = {
            "new": t("Received. Nobody of the flood command has decided on it yet."),
            "accepted": t("Accepted: it counts as an observation of the water there."),
            "hidden": t("Not used."),
            "merged": t("It counts together with other reports of the same water."),
            "asked": t("The flood command has a question."),
        }
        return words[report.state]

    def lost(self, reason: str) -> str:
        """Why a picture was not kept, and what to do."""
        t = self.t
        words = {
            "too_large": t("The picture is larger than 12 MB: choose a smaller one."),
            "not_a_picture": t("The file is no picture: choose a photo."),
            "wrong_kind": t("A picture of this kind cannot be taken: choose a JPEG (iPhone: Settings, Camera, Formats, Most Compatible)."),
            "too_many_pixels": t("The picture has too many pixels: choose a smaller one."),
            "broken": t("The picture is damaged: take it again."),
            "too_slow": t("The picture cannot be read in time: take it again."),
            "no_room": t("There is no room for pictures at this time."),
        }
        return words.get(reason, "")

    def wrong(self, field: str) -> str:
        """Why a form cannot be taken, and what to do."""
        t = self.t
        if field.startswith("picture "):
            return self.lost(field.removeprefix("picture "))
        words = {
            "place": t("Say where: choose a place of the list, the map, or your position."),
            "around": t("This place is far outside of the city: choose another."),
            "depth": t("Choose a depth of the list, or none."),
            "words": t("Write where it is, in at most 500 letters."),
            "ago": t("Choose when you saw it."),
            "nothing": t("Say how deep it is, or add a picture or some words."),
        }
        return words.get(field, "")

    def why_not(self, outcome: Outcome) -> str:
        """Why a report was not taken, where that is no fault of a field."""
        t = self.t
        words = {
            "over": t("This page was open for so long that its card is over. Here is a new one: look it over and send it again."),
            "unknown": t("This page was open for so long that its card is over. Here is a new one: look it over and send it again."),
            "too_many": t("Too many reports came from you or your network. Nothing is lost: send it again in ten minutes."),
            "away": t("It cannot be kept at this time. What you wrote stays here: send it again in a minute."),
            "incomplete": t("The picture has not come whole: send it again."),
            "unreadable": t("This form came from elsewhere or cannot be read: fill it in here. Nothing was changed."),
        }
        return words.get(outcome.ended, "")

    def numbers(self) -> str:
        """Numbers to call in danger."""
        return emergency(self.language)

    def shelters(self, report: Report) -> list[Near]:
        """The nearest shelters."""
        return nearest_shelters(self.city, report.lon, report.lat) if report.lon is not None and report.lat is not None else []

    def address(self, sent: Sent) -> str:
        """Where it is told what was received."""
        query = {"code": shown(sent.code), "lang": self.language} | ({"lost": sent.lost} if sent.lost else {})
        return f"/report/sent?{urlencode(query)}{self.training}"

    def ended(self, outcome: Outcome, card: str) -> dict[str, object]:
        """How it ended, for the page's script."""
        if outcome.sent:
            return {"ended": "sent", "code": shown(outcome.sent.code), "address": self.address(outcome.sent), "lost": outcome.sent.lost}
        found: dict[str, object] = {"ended": outcome.ended, "says": self.wrong(outcome.wrong) or self.why_not(outcome)}
        match outcome.ended:
            case "over" | "unknown":
                found["card"] = card
            case "wrong":
                found["field"] = outcome.wrong
            case "incomplete":
                found["offset"] = outcome.offset
            case "too_many":
                found["after_s"] = MORE_S
            case "away":
                found["after_s"] = AWAY_S
        return found

    def district(self, district: str) -> str:
        """The name of a district."""
        names = self.city.district_names.get(district)
        own = (names.name, names.name_en) if names and self.language == "zh" else (names.name_en, names.name) if names else ("", "")
        return own[0] or own[1] or district


def find_points(city: City, find: str, most: int, chosen: str = "") -> tuple[dict[str, list[LowPoint]], int]:
    """Low points by district whose name, id or district holds a word, and how many more there are; one that is chosen is always there."""
    word = find.casefold().strip()
    names = city.district_names

    def holds(point: LowPoint) -> bool:
        district = names.get(point.district_id)
        told = (point.low_point_id, point.name, point.name_en, point.district_id, district.name if district else "")
        return any(word in text.casefold() for text in told)

    found = [point for point in city.low_points if not word or holds(point)]
    listed = found[:most]
    listed += [point for point in city.low_points if point.low_point_id == chosen and point not in listed]
    by_district: dict[str, list[LowPoint]] = {}
    for point in sorted(listed, key=lambda point: (city.districts.index(point.district_id), point.low_point_id)):
        by_district.setdefault(point.district_id, []).append(point)
    return by_district, len(found) - min(len(found), most)
