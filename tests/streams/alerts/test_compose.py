"""From an order to an alert: the table of DESIGN 8, whole seconds, and what must not be told."""

from __future__ import annotations

import msgspec
import pytest
from msgspec import structs

from streams.alerts.alert import Info
from streams.alerts.area import GEOCODE
from streams.alerts.check import check
from streams.alerts.compose import AlertError, NothingToCancel
from streams.alerts.thread import threads_of
from streams.city.model import Zone
from streams.observation.moments import HOUR_US, MINUTE_US, SECOND_US, to_text
from tests.streams.alerts.made_up import CITY, ISSUER, POINT_NAME, ZONE_NAME, city_of, made, order_of, thread
from tests.streams.towns import START_US


def info(**changes: object) -> Info:
    return made(order_of(**changes)).infos[1]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("level", "severity", "response"),
    [(1, "Minor", "Monitor"), (2, "Moderate", "Avoid"), (3, "Severe", "Prepare"), (4, "Extreme", "Evacuate")],
)
def test_a_level_has_its_words(level: int, severity: str, response: str) -> None:
    assert (severity, (response,)) == (info(level=level).severity, info(level=level).response_types)


@pytest.mark.parametrize(
    ("basis", "unconfirmed", "certainty", "urgency"),
    [
        ("measured", False, "Observed", "Immediate"),
        ("measured", True, "Possible", "Immediate"),
        ("report", False, "Likely", "Immediate"),
        ("report", True, "Possible", "Immediate"),
        ("forecast", False, "Likely", "Expected"),
        ("forecast", True, "Possible", "Expected"),
        ("officer", False, "Likely", "Immediate"),
    ],
)
def test_what_it_rests_on_has_its_words(basis: str, unconfirmed: bool, certainty: str, urgency: str) -> None:
    told = info(basis=basis, unconfirmed=unconfirmed)
    assert (certainty, urgency) == (told.certainty, told.urgency)


def test_an_end_is_an_all_clear_of_the_past() -> None:
    cancel = thread()[-1].infos[0]
    assert (("AllClear",), "Past", None) == (cancel.response_types, cancel.urgency, cancel.onset_us)


def test_a_thread_refers_to_what_was_published_before() -> None:
    first, second, last = thread()
    assert () == first.references
    assert ((ISSUER, first.identifier, first.sent_us),) == tuple(structs.astuple(one) for one in second.references)
    assert (second.as_reference,) == last.references
    assert {("Z0-20260714T080000Z",)} == {alert.incidents for alert in (first, second, last)}


def test_moments_are_whole_seconds_and_expires_is_that_of_the_order() -> None:
    alert = made(order_of(after_us=1_999_999, expires=to_text(START_US + 90 * MINUTE_US + 500_000)))
    assert START_US + SECOND_US == alert.sent_us
    assert START_US + 90 * MINUTE_US == alert.expires_us


def test_an_update_does_not_push_expires_out_by_itself() -> None:
    first = made(order_of())
    second = made(order_of(2, "Update", after_us=HOUR_US, expires=order_of().expires), first)
    assert first.expires_us == second.expires_us


def test_what_was_signed_later_is_sent_later() -> None:
    alert = made(order_of(decided_at=to_text(START_US + 4 * MINUTE_US)))
    assert START_US + 4 * MINUTE_US == alert.sent_us == alert.infos[0].effective_us


def test_a_forecast_names_no_onset_and_a_measurement_does() -> None:
    assert None is info(basis="forecast").onset_us
    assert START_US == info().onset_us


def test_parameters_say_level_and_basis() -> None:
    alert = made(order_of(level=4, basis="forecast", unconfirmed=True), depth_m=0.61)
    said = {one.name: one.value for one in alert.infos[0].parameters}
    assert {"level": "4", "level_name": "red", "basis": "forecast", "unconfirmed": "true", "depth_m": "0.610"} == said


def test_the_words_that_residents_got_are_told_in_their_language() -> None:
    alert = made(order_of(texts={"en": "Town: Leave <now> & stay away."}))
    assert [None, "Town: Leave <now> & stay away."] == [one.parameter("text") or None for one in alert.infos]
    assert [] == check(alert)


def test_simulated_water_says_so() -> None:
    city = structs.replace(CITY, simulated=True)
    assert "true" == made(order_of(), status="Test", city=city).infos[0].parameter("simulated")


def test_every_language_of_the_city_is_spoken() -> None:
    zh, en = made(order_of()).infos
    assert ("zh", "en") == (zh.language, en.language)
    assert "积水橙色警报（3级）：路口0水深超过40厘米" == zh.headline
    assert f"Orange flood warning, level 3: water over 40 cm at {POINT_NAME}" == en.headline
    assert ("锦鲤里", ZONE_NAME) == (zh.areas[0].area_desc, en.areas[0].area_desc)


def test_a_city_without_known_languages_is_warned_in_english() -> None:
    assert ["en"] == [one.language for one in made(order_of(), city=city_of(languages=("fr",))).infos]


def test_people_read_local_time() -> None:
    assert "stood over 40 cm at 16:00." in info().description


def test_a_zone_raised_by_an_officer_is_named_itself() -> None:
    from streams.alerts.compose import alert_of

    alert = alert_of(CITY, order_of(basis="officer"), CITY.zones[0], CITY.zones[0], None, "Actual")
    assert f"Orange flood warning, level 3: set by the flood command for {ZONE_NAME}" == alert.infos[1].headline


def test_a_correction_is_not_told_as_an_end() -> None:
    first = made(order_of())
    clear = made(order_of(2, "Cancel", after_us=1, decision="called off by A and B"), first)
    corrected = made(order_of(2, "Cancel", after_us=1, decision="corrected by A and B"), first)
    assert f"Flood warning over: {POINT_NAME}" == clear.infos[1].headline
    assert f"Flood warning withdrawn: {POINT_NAME}" == corrected.infos[1].headline


def test_no_template_is_left_unfilled() -> None:
    for order in (
        *(order_of(level=level, basis=basis) for level in (1, 2, 3, 4) for basis in ("measured", "forecast", "officer", "report")),
        order_of(unconfirmed=True),
    ):
        for one in made(order).infos:
            assert not set("{}") & set(one.headline + one.description + one.instruction + one.audience)


# what must not be told


def test_a_draft_is_not_told_as_actual() -> None:
    with pytest.raises(AlertError, match="only what is released"):
        made(order_of(state="draft"))
    assert "Test" == made(order_of(state="draft"), status="Test").status


def test_nothing_published_is_nothing_to_cancel() -> None:
    with pytest.raises(NothingToCancel):
        made(order_of(2, "Cancel"))


def test_a_thread_whose_first_version_stayed_a_draft_begins_with_an_alert() -> None:
    orders = [order_of(state="draft"), order_of(2, "Update", after_us=MINUTE_US), order_of(3, "Cancel", after_us=2 * MINUTE_US)]
    alerts = list(threads_of(CITY, orders, lambda _: CITY.low_points[0], "Actual"))
    assert [("Alert", 0), ("Cancel", 1)] == [(alert.msg_type, len(alert.references)) for alert in alerts]
    assert (alerts[0].as_reference,) == alerts[1].references
    assert [] == [fault for alert in alerts for fault in check(alert, live=True)]


def test_drafts_alone_publish_nothing() -> None:
    orders = [order_of(state="draft"), order_of(2, "Cancel", after_us=1, state="released")]
    assert [] == list(threads_of(CITY, orders, lambda _: CITY.low_points[0], "Actual"))


def test_what_is_told_again_of_an_order_is_published_once() -> None:
    signed = order_of(state="released", decided_at=to_text(START_US + MINUTE_US), number=1)
    alerts = list(
        threads_of(CITY, [order_of(state="draft"), signed, structs.replace(signed, number=2)], lambda _: CITY.low_points[0], "Actual")
    )
    assert [START_US + MINUTE_US] == [alert.sent_us for alert in alerts]


def test_a_drill_cannot_supersede_what_is_real() -> None:
    with pytest.raises(AlertError, match="cannot supersede"):
        made(order_of(2, "Update", after_us=1), made(order_of()), "Exercise")


def test_an_ended_thread_goes_no_further() -> None:
    with pytest.raises(AlertError, match="cannot supersede"):
        made(order_of(4, "Update", after_us=HOUR_US), thread()[-1])


def test_another_incident_is_not_superseded() -> None:
    with pytest.raises(AlertError, match="cannot supersede"):
        made(order_of(2, "Update", incident="other"), made(order_of()))


def test_a_second_alert_in_a_thread_is_refused() -> None:
    with pytest.raises(AlertError, match="opens a thread"):
        made(order_of(2), made(order_of()))


def test_an_order_of_another_zone_is_refused() -> None:
    with pytest.raises(AlertError, match="about zone Z9"):
        made(order_of(zones=["Z9"]))


def test_a_moment_that_is_none_is_refused() -> None:
    with pytest.raises(AlertError, match="not a moment"):
        made(order_of(expires="soon"))


# areas


def rings(geometry: dict[str, object]) -> int:
    city = structs.replace(CITY, zones=(Zone("Z0", "D1", geometry),))
    alert = made(order_of(), city=city)
    assert [] == check(alert, live=True)
    assert [GEOCODE] == [code.name for code in alert.infos[0].areas[0].geocodes]
    return len(alert.infos[0].areas[0].polygons)


def test_a_zone_that_crosses_itself_is_mended() -> None:
    assert 2 == rings({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]})


def test_a_hole_counts_as_inside() -> None:
    hole = [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.4]]
    assert 1 == rings({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]], hole]})


def test_several_parts_are_several_polygons() -> None:
    parts = [[[[x, 0], [x + 1, 0], [x + 1, 1], [x, 0]]] for x in (0, 5)]
    assert 2 == rings({"type": "MultiPolygon", "coordinates": parts})


def test_a_zone_without_a_shape_has_its_id() -> None:
    assert 0 == rings({})


def test_an_alert_does_not_change() -> None:
    with pytest.raises(AttributeError):
        made(order_of()).status = "Exercise"  # type: ignore[misc]
    assert made(order_of()) == msgspec.convert(msgspec.to_builtins(made(order_of())), type(made(order_of())))
