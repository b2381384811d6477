"""The page to click on: to this machine alone, right by mouse and by keyboard, in both languages, and clear about what is wrong."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from streams.camera.calibration import load_calibration
from streams.camera.page import HOST, CalibrationPage
from streams.camera.said import Said
from streams.web.server import serve
from tests.streams.camera.conftest import Site, Until

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = "/usr/bin/chromium"
CLICKED_M = (0.1, 0.9, 1.7)


class Opened:
    """The page of a site, and what it saved."""

    def __init__(self, site: Site, file: Path):
        self.saved = list[tuple[Said, ...]]()
        self.page = CalibrationPage(site.dry, "LP01-camera", file, self.saved.append)
        self.file = file


@pytest.fixture
def opened(site: Site, tmp_path: Path) -> Opened:
    return Opened(site, tmp_path / "camera.toml")


@pytest.fixture
def address(opened: Opened, until: Until) -> Iterator[str]:
    stop, found = threading.Event(), list[int]()
    thread = threading.Thread(target=serve, args=(opened.page.app(), HOST, 0, stop, found.append))
    thread.start()
    until(lambda: bool(found))
    yield f"http://{HOST}:{found[0]}/{opened.page.key}/"
    stop.set()
    thread.join()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


def fields(site: Site) -> dict[str, str]:
    pixels = site.calibration.scale.pixels(CLICKED_M)
    points = {f"{name}{n}": f"{v:.1f}" for n, xy in enumerate(pixels) for name, v in zip("xy", xy, strict=True)}
    return points | {f"h{n}": str(height_m) for n, height_m in enumerate(CLICKED_M)}


def test_nobody_else_opens_it(opened: Opened, address: str, client: httpx.Client) -> None:
    root = address.removesuffix(f"{opened.page.key}/")
    assert 404 == client.get(root).status_code
    assert 404 == client.get(f"{root}another-key/").status_code
    assert 404 == client.get(address, headers={"Host": "attacker.example:80"}).status_code
    assert 404 == client.post(address, headers={"Host": "attacker.example:80"}, data={"do": "save"}).status_code
    assert 200 == client.get(address).status_code


def test_nothing_comes_from_elsewhere(address: str, client: httpx.Client) -> None:
    answer = client.get(address)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert [] == re.findall(r"""(?:src|href)=["'](?:https?:)?//""", answer.text)
    for name in ("dry.png", "calibrate.js", "calibrate.css"):
        assert 200 == client.get(f"{address}{name}").status_code


def test_no_answer_is_kept_or_framed_or_loads_more_than_its_own_parts(opened: Opened, address: str, client: httpx.Client) -> None:
    strange = f"{address.removesuffix(f'{opened.page.key}/')}another-key/"
    for there in (address, f"{address}dry.png", f"{address}calibrate.js", f"{address}nowhere", strange):
        told = client.get(there).headers
        policy = {part.split(" ")[0]: part.split(" ")[1:] for part in told["content-security-policy"].split("; ")}
        assert ["'none'"] == policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"]
        assert ["'self'"] == policy["script-src"] == policy["style-src"] == policy["form-action"]
        assert "connect-src" not in policy
        kept = told["cache-control"], told["referrer-policy"], told["x-content-type-options"], told["x-frame-options"]
        assert ("no-store", "no-referrer", "nosniff", "DENY") == kept


def test_what_is_clicked_is_saved(site: Site, opened: Opened, address: str, client: httpx.Client) -> None:
    checked = client.post(address, data=fields(site) | {"do": "check"})
    assert 200 == checked.status_code
    assert not opened.file.exists()
    assert client.get(f"{address}dry.png?drawn").content != client.get(f"{address}dry.png").content
    saved = client.post(address, data=fields(site) | {"do": "save"})
    assert "Saved as" in saved.text
    assert 1 == len(opened.saved)
    assert list(CLICKED_M) == [point.height_m for point in load_calibration(opened.file).points]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"h0": ""}, "half empty"),
        ({"h0": "deep"}, "not numbers"),
        ({"h0": "inf"}, "not numbers"),
        ({"h0": "0.9"}, "same height"),
        ({"x0": "", "y0": "", "h0": ""}, "at least 3"),
        ({"x0": "<b>"}, "&lt;b&gt;"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(
    site: Site, opened: Opened, address: str, client: httpx.Client, changes: dict[str, str], word: str
) -> None:
    told = client.post(address, data=fields(site) | changes | {"do": "save"})
    assert 422 == told.status_code
    assert word in told.text
    assert fields(site)["y2"] in told.text
    assert not opened.file.exists()


def test_what_is_wrong_is_told_in_chinese_too(site: Site, address: str, client: httpx.Client) -> None:
    told = client.post(f"{address}?lang=zh", data=fields(site) | {"h0": "0.9", "do": "save"})
    assert "有两个点高度相同" in told.text


# in a browser


@pytest.fixture
def screen() -> Iterator[Page]:
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip(f"no browser at {CHROMIUM}: apt-get install chromium fonts-noto-cjk")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"])
        yield browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
        browser.close()


def test_it_is_done_by_mouse(site: Site, opened: Opened, address: str, screen: Page, until: Until) -> None:
    wrong = []
    screen.on("pageerror", lambda error: wrong.append(str(error)))
    screen.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    screen.goto(address)
    box = screen.locator("#picture").bounding_box()
    assert box is not None
    for height_m, (x, y) in zip(CLICKED_M, site.calibration.scale.pixels(CLICKED_M), strict=True):
        screen.mouse.click(box["x"] + x / 768 * box["width"], box["y"] + y / 432 * box["height"])
        screen.keyboard.type(str(height_m))
        screen.keyboard.press("Enter")
    screen.get_by_label("left x 1").focus()
    for line in (site.calibration.levels[0].left, site.calibration.levels[0].right):
        x, y = max(5.0, min(760.0, line[0])), max(5.0, min(425.0, line[1]))
        screen.mouse.click(box["x"] + x / 768 * box["width"], box["y"] + y / 432 * box["height"])
    screen.get_by_role("button", name="Save").click()
    screen.get_by_text("Saved as").wait_for()
    assert [] == wrong
    found = load_calibration(opened.file)
    assert 1 == len(found.levels)
    for point, pixel in zip(found.points, site.calibration.scale.pixels(CLICKED_M), strict=True):
        assert point.pixel == pytest.approx(tuple(pixel), abs=1.0)


def test_it_is_done_by_keyboard_alone_in_chinese(opened: Opened, address: str, screen: Page) -> None:
    screen.goto(f"{address}?lang=zh")
    assert "标定摄像头" in screen.title()
    screen.locator("#look").focus()
    for height_m in ("0.5", "1.0", "1.5"):
        for _ in range(5):
            screen.keyboard.press("Shift+ArrowUp")
        screen.keyboard.press("Enter")
        screen.keyboard.type(height_m)
        screen.keyboard.press("Enter")
    screen.get_by_role("button", name="保存").focus()
    screen.keyboard.press("Enter")
    screen.get_by_text("已保存").wait_for()
    assert 3 == len(load_calibration(opened.file).points)
