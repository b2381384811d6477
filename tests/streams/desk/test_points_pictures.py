"""Pictures of a low point: the newest of each camera, what lies elsewhere as a link only, and photos that were not hidden."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from streams.officers.roles import Role
from streams.store.reports_schema import STATION_PICTURES
from tests.streams.desk.conftest import MakeSite
from tests.streams.desk.test_reports import NOW_US, owned, report
from tests.streams.desk.town import Site, signed_town
from tests.streams.reports.kept import keep

NAME = "ab" * 32


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(owned(signed_town()))


def seen(site: Site, station: str, picture: str, ago_us: int = 0, low_point: str = "P0") -> None:
    row = {"station": station, "observed_us": NOW_US - ago_us, "low_point": low_point, "picture": picture}
    with site.engine.begin() as connection:
        connection.execute(insert(STATION_PICTURES), {**row, "depth_m": 0.31, "confidence": 0.8, "reading": f"{station}/{ago_us}"})


def pictures(site: Site) -> list[dict[str, Any]]:
    answer = site.person("zhao", Role.VIEWER).get("/api/points/P0")
    assert 200 == answer.status_code, answer.text
    return list(answer.json()["pictures"])


def test_of_each_camera_the_newest_is_told_with_its_depth_and_how_sure_it_is(site: Site) -> None:
    seen(site, "C1", "cd" * 32, ago_us=10)
    seen(site, "C1", NAME)
    seen(site, "C9", NAME, low_point="P1")
    (one,) = pictures(site)
    assert ("camera", "C1", NAME, None, 0.31, 0.8) == tuple(
        one[name] for name in ("kind", "station", "picture", "address", "depth_m", "confidence")
    )


def test_a_name_that_means_nothing_hides_no_picture_before_it(site: Site) -> None:
    seen(site, "C1", NAME, ago_us=10)
    seen(site, "C1", "simulated:C1-1")
    assert [NAME] == [one["picture"] for one in pictures(site)]


def test_what_lies_elsewhere_is_a_link_and_anything_else_is_nothing(site: Site) -> None:
    seen(site, "C1", "https://cameras.example/now.jpg")
    seen(site, "C2", "javascript:alert(1)")
    seen(site, "C3", "simulated:C3-1")
    (one,) = pictures(site)
    assert (None, "https://cameras.example/now.jpg") == (one["picture"], one["address"])


def test_photos_that_wait_or_were_accepted_are_told_once_and_hidden_ones_not(site: Site) -> None:
    keep(
        site.engine,
        report(0),
        report(1, state="accepted"),
        report(2, state="hidden"),
        report(3, picture=f"{0:064x}"),
        report(4, training=True),
    )
    assert {(f"{0:064x}", "new"), (f"{1:064x}", "accepted")} == {(one["picture"], one["state"]) for one in pictures(site)}
