"""Every level can be read on its colour."""

from __future__ import annotations

import pytest

from streams.city import defaults
from streams.city.model import Level
from streams.web.style import NONE, contrast, ink_on, make_style


@pytest.mark.parametrize("colour", [NONE, *(rung.colour for rung in defaults.LEVELS), "#777777"])
def test_the_number_on_a_colour_has_a_contrast_of_4_5(colour: str) -> None:
    assert contrast(colour, ink_on(colour)) >= 4.5


def test_contrast_is_that_of_the_guideline() -> None:
    assert 21 == pytest.approx(contrast("#000000", "#ffffff"))
    assert 4.54 == pytest.approx(contrast("#767676", "#ffffff"), abs=0.005)


def test_a_colour_of_the_city_is_used_and_one_that_is_none_is_not() -> None:
    sheet = make_style([Level(1, 0.15, "#123456"), Level(2, 0.3, "red;}*{display:none"), Level(3, 0.4)]).body.decode()
    assert ".f1 { fill: #123456; }" in sheet
    assert "display:none" not in sheet
    assert ".f2 { fill: #ffe45c; }" in sheet
