"""The map in a real browser: drawn where it can be, a table where it cannot, and every state of a point has its own picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from streams.city.model import City
from tests.streams.console.conftest import DEMO, MakeConsole, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

READY = "#map[data-state=ready]"
NO_MAP = "There is no map here"


def shown(page: Page) -> None:
    from playwright.sync_api import expect

    expect(page.locator(READY)).to_be_visible(timeout=60_000)


def test_the_map_is_drawn_and_each_point_can_be_chosen_by_the_list(console: MakeConsole, browser: Browser, city: City) -> None:
    from playwright.sync_api import expect

    running = console("oneRedUnconfirmed")
    page = running.enter(browser).new_page()
    page.goto(f"{running.address}/console/")
    shown(page)
    expect(page.locator("#map canvas.maplibregl-canvas")).to_be_visible()
    red = city.low_points[-1]
    page.get_by_role("button", name=f"Map {red.name_en}").press("Enter")
    window = page.locator(".map-window")
    expect(window).to_contain_text("Red (4)")
    expect(window.get_by_role("link", name=red.name_en)).to_have_attribute("href", f"/console/point/{red.low_point_id}")
    expect(page.locator(".map-ring")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(window).to_be_hidden()
    expect(page.locator(".map-ring")).to_be_hidden()
    # the map is there now: Enter takes the point in its middle
    page.get_by_role("region", name="Map: the arrow keys").press("Enter")
    expect(window).to_contain_text("Red (4)")
    page.context.close()


def test_without_webgl_the_table_carries_everything_and_says_so(console: MakeConsole, browser_without_webgl: Browser, city: City) -> None:
    from playwright.sync_api import expect

    running = console("storm")
    page = running.enter(browser_without_webgl).new_page()
    heard = watched(page)
    page.goto(f"{running.address}/console/")
    expect(page.locator("#map-note")).to_contain_text(NO_MAP)
    expect(page.locator("#table tbody tr")).to_have_count(len(city.low_points))
    expect(page.locator("#table tbody tr").first).to_contain_text("Red (4)")
    expect(page.locator("#map")).to_be_hidden()
    assert not [url for url in heard.asked if "maplibre" in url], "what cannot be used is not fetched"
    assert [] == heard.complaints
    page.context.close()


def test_without_its_files_the_table_stands_too(console: MakeConsole, browser: Browser, tmp_path: Path, city: City) -> None:
    from playwright.sync_api import expect

    running = console("storm", vendor=tmp_path / "none")
    page = running.enter(browser).new_page()
    page.goto(f"{running.address}/console/")
    expect(page.locator("#map-note")).to_contain_text(NO_MAP)
    expect(page.locator("#table tbody tr")).to_have_count(len(city.low_points))
    page.context.close()


def in_page(page: Page, module: str, script: str) -> Any:
    """What a script makes of a module of the page."""
    base = "document.querySelector('script[src*=\"situation.js\"]').src"
    return page.evaluate(f"async () => {{ const it = await import({base}.replace('situation.js', '{module}')); {script} }}")


def test_every_state_has_a_picture_of_its_own_and_unknown_is_none_of_a_dry_one(console: MakeConsole, browser: Browser) -> None:
    running = console("allDry")
    page = running.enter(browser).new_page()
    page.goto(f"{running.address}/console/")
    shown(page)
    script = """
        const pictures = [...it.drawPictures().values()].map((picture) => picture.toDataURL());
        return [pictures.length, new Set(pictures).size, it.NAMES.length];
    """
    drawn, different, names = in_page(page, "map-symbols.js", script)
    assert 13 == names == drawn == different
    script = """
        const dry = { level: 0, last: false, held: false };
        const unknown = { ...dry, level: null };
        return [it.pictureOf(dry, false), it.pictureOf(dry, true), it.pictureOf(unknown, false), it.pictureOf(undefined, false)];
    """
    assert ["l0", "l0-last", "lunknown", "lunknown"] == in_page(page, "map-symbols.js", script)
    page.context.close()


def test_points_lie_where_the_map_has_their_places(console: MakeConsole, browser: Browser) -> None:
    running = console("allDry")
    page = running.enter(browser).new_page()
    page.goto(f"{running.address}/console/")
    shown(page)
    script = """
        const { vendor } = JSON.parse(document.getElementById("context").textContent);
        const { Map: LibraryMap } = await import(`${vendor}maplibre-gl/dist/maplibre-gl.mjs`);
        const container = document.createElement("div");
        container.style.cssText = "width: 500px; height: 300px; position: fixed; left: 0; top: 0";
        document.body.append(container);
        const map = new LibraryMap({ container, style: { version: 8, sources: {}, layers: [] } });
        const nothing = { features: [] };
        const places = [[113.6, 34.7], [113.65, 34.75], [-179.99, 10.0], [179.99, 10.02], [0.0, -60.0]];
        const points = places.map(([lon, lat], at) => ({ id: `P${at}`, lon, lat }));
        const overlay = new it.PointsOverlay(map, points, nothing, [], {});
        overlay.show(points, new Map(), false, null);
        const found = [];
        for (const zoom of [3, 9.3, 12, 15.7, 18]) {
          for (const [at, { lon, lat }] of points.entries()) {
            map.jumpTo({ center: [lon + 40 / 2 ** zoom, lat], zoom });
            const { x, y } = map.project([lon, lat]);
            // at its middle, and not a little farther than its picture reaches
            found.push([at, zoom, overlay.at({ x, y }, 0), overlay.at({ x, y }, -14), overlay.at({ x: x + 25, y }, 0)]);
          }
        }
        map.remove();
        return found;
    """
    found = in_page(page, "map-points.js", script)
    assert 25 == len(found)
    far = [one for one in found if one[1] > 3]  # from afar others lie so near that one of them may be meant
    assert [] == [one for one in far if one[2] != f"P{one[0]}" or one[4] is not None]
    page.context.close()


def test_points_that_come_when_the_map_stands_already_make_it_ready_too(console: MakeConsole, browser: Browser) -> None:
    running = console("allDry")
    page = running.enter(browser).new_page()
    page.goto(f"{running.address}/console/")
    script = """
        const element = document.createElement("div");
        element.style.cssText = "width: 500px; height: 300px; position: fixed; left: 0; top: 0";
        document.body.append(element);
        const map = await it.makeMap(element);
        const ready = () => new Promise((done) => {
          const look = () => (element.dataset.state === "ready" ? done(true) : requestAnimationFrame(look));
          look();
        });
        map.show(new Map());
        await ready();
        delete element.dataset.state; // as if it had stood and had heard of no point yet
        map.show(new Map());
        return await ready();
    """
    assert in_page(page, "map.js", script)
    page.context.close()


def test_what_is_drawn_later_lies_where_it_belongs(console: MakeConsole, browser: Browser) -> None:
    running = console("allDry")
    page = running.enter(browser).new_page()
    page.goto(f"{running.address}/console/")
    script = """
        const all = it.layersOf(false);
        const there = all.filter(({ source }) => source !== "zones-now");
        const order = there.map(({ id }) => id);
        const sources = [];
        const map = {
          addSource: (name) => sources.push(name),
          getLayer: (id) => order.includes(id),
          addLayer: ({ id }, before) => order.splice(before === undefined ? order.length : order.indexOf(before), 0, id),
        };
        it.addLate(map, false, "zones-now", { type: "FeatureCollection", features: [] });
        return [all.map(({ id }) => id), order, sources];
    """
    wanted, found, sources = in_page(page, "map-style.js", script)
    assert wanted == found
    assert ["zones-now"] == sources
    page.context.close()


def test_a_layer_that_has_nothing_in_it_is_not_asked_for(console: MakeConsole, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from streams.city import layers
    from streams.console.places import NOTHING_DRAWN

    only_water = layers.Layers(roads=NOTHING_DRAWN, water=layers.load_layers(DEMO).water, districts=NOTHING_DRAWN)
    monkeypatch.setattr(layers, "load_layers", lambda _: only_water)
    running = console("storm")
    page = running.enter(browser).new_page()
    heard = watched(page)
    page.goto(f"{running.address}/console/")
    shown(page)
    assert {"water", "zones"} == {url.rpartition("/")[2].removesuffix(".geojson") for url in heard.asked if url.endswith(".geojson")}
    assert [] == heard.complaints
    page.context.close()


def test_the_map_follows_light_and_dark(console: MakeConsole, browser: Browser) -> None:
    running = console("allDry")
    page = running.enter(browser, color_scheme="light").new_page()
    heard = watched(page)
    page.goto(f"{running.address}/console/")
    shown(page)
    light = page.locator("#map").screenshot()
    page.emulate_media(color_scheme="dark")
    page.locator("#map").evaluate("(it) => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert brightness(page.locator("#map").screenshot()) < brightness(light) / 2
    assert [] == heard.complaints
    page.context.close()


def brightness(picture: bytes) -> float:
    """Mean of all pixels, 0 to 255."""
    from io import BytesIO

    from PIL import Image, ImageStat

    return float(ImageStat.Stat(Image.open(BytesIO(picture)).convert("L")).mean[0])
