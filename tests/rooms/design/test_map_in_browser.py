"""The map in a real browser: it is drawn, it can be steered, and the page is whole without it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import mapbox_vector_tile
import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from hereabouts import design

pytestmark = [pytest.mark.browser, pytest.mark.once]

ROOT = Path(__file__).resolve().parents[3]
STATIC = Path(design.__file__).parents[1] / "static"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
ORIGIN = "http://localhost:9"
"""Nobody listens there: everything the browser asks for is answered by the test."""
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
CHOSEN_LIGHT = (11, 87, 194)
LAND_DARK = (24, 29, 32)
POLICY = "default-src 'self'; worker-src 'self'; img-src 'self' data: blob:"


def tile() -> bytes:
    """A tile of a street across the middle, a house, bins all over and a park's name."""
    street = {"uid": "str-1", "class": "residential", "name": "Mill Lane", "name_cy": "Lôn y Felin"}
    lines = [[(0, y), (4096, y)] for y in (1024, 2048, 3072)]
    layers: dict[str, list[dict[str, object]]] = {
        "streets": [_feature("LineString", line, street) for line in lines],
        "street_labels": [_feature("LineString", line, street) for line in lines],
        "buildings": [
            _feature(
                "Polygon",
                [[(500, 2200), (900, 2200), (900, 2500), (500, 2500), (500, 2200)]],
                {"uid": "pre-1", "use": "house"},
            )
        ],
        "assets": [
            _feature("Point", (x, y), {"uid": "ast-1", "type": "bin"})
            for x in range(256, 4096, 256)
            for y in range(256, 4096, 256)
        ],
        "place_labels": [
            _feature("Point", (3000, 2600), {"kind": "park", "name": "Belle Vue", "rank": 5})
        ],
    }
    named = [{"name": name, "features": features} for name, features in layers.items()]
    encoded: bytes = mapbox_vector_tile.encode(named)
    return encoded


def _feature(kind: str, at: object, properties: dict[str, object]) -> dict[str, object]:
    return {"geometry": {"type": kind, "coordinates": at}, "properties": properties}


@dataclass
class Visit:
    """A page in the browser and everything it complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open a page and wait until its map is drawn, where it has one."""
        self.page.goto(ORIGIN + path)
        if self.page.locator("[data-island]").count():
            self.page.locator("[data-island]").scroll_into_view_if_needed()
            self.page.wait_for_selector("[data-state=ready]")

    def colours(self, selector: str) -> set[tuple[int, int, int]]:
        """The colours of an element as it is on the screen."""
        picture = base64.b64encode(self.page.locator(selector).screenshot()).decode()
        flat = self.page.evaluate(
            """async (data) => {
                const image = new Image();
                image.src = `data:image/png;base64,${data}`;
                await image.decode();
                const canvas = document.createElement("canvas");
                [canvas.width, canvas.height] = [image.width, image.height];
                const pen = canvas.getContext("2d");
                pen.drawImage(image, 0, 0);
                const { data: pixels } = pen.getImageData(0, 0, canvas.width, canvas.height);
                const seen = new Set();
                for (let at = 0; at < pixels.length; at += 4) {
                    seen.add((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2]);
                }
                return [...seen];
            }""",
            picture,
        )
        return {(one >> 16, one >> 8 & 255, one & 255) for one in flat}

    def hash(self) -> str:
        """The end of the page's address."""
        return str(self.page.evaluate("location.hash"))


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def pages(client: Client) -> dict[str, bytes]:
    """What the server says to each address; asked for before the browser starts its loop."""
    return {
        path: client.get(path, headers={"Accept-Language": "en"}).content
        for path in ("/trial/map", "/trial/form", "/theme.css")
    }


def answer(pages: dict[str, bytes], route: Route) -> None:
    """Answer a request of the browser from the pages, the built files, or the tile."""
    path = re.sub(r"[?#].*$", "", route.request.url.removeprefix(ORIGIN))
    headers = {"Content-Security-Policy": POLICY}
    if path.startswith("/tiles/places/"):
        route.fulfill(body=tile(), content_type="application/vnd.mapbox-vector-tile")
    elif path.startswith("/static/"):
        file = STATIC / path.removeprefix("/static/")
        route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
    else:
        kind = "text/css" if path.endswith(".css") else "text/html"
        route.fulfill(body=pages[path], content_type=f"{kind}; charset=utf-8", headers=headers)


def visit_with(browser: Browser, pages: dict[str, bytes], **options: object) -> Visit:
    context: BrowserContext = browser.new_context(**options)  # type: ignore[arg-type]
    context.route("**/*", lambda route: answer(pages, route))
    page = context.new_page()
    page.set_default_timeout(30_000)
    visit = Visit(page)
    page.on(
        "console",
        lambda message: (
            visit.complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    page.on("pageerror", lambda fault: visit.complaints.append(str(fault)))
    return visit


@pytest.fixture
def visit(browser: Browser, pages: dict[str, bytes]) -> Iterator[Visit]:
    opened = visit_with(browser, pages, viewport={"width": 1000, "height": 640})
    yield opened
    opened.page.context.close()
    assert opened.complaints == []


def test_the_map_is_drawn_with_the_pages_own_street_in_it(visit: Visit) -> None:
    visit.go("/trial/map")
    seen = visit.colours(".app-map__canvas")
    assert CHOSEN_LIGHT in seen
    assert len(seen) > 20


def test_the_map_is_dark_where_the_reader_wants_it(
    browser: Browser, pages: dict[str, bytes]
) -> None:
    visit = visit_with(browser, pages, color_scheme="dark", viewport={"width": 1000, "height": 640})
    visit.go("/trial/map")
    seen = visit.colours(".app-map__canvas")
    visit.page.context.close()
    assert LAND_DARK in seen
    assert CHOSEN_LIGHT not in seen


def test_the_same_is_listed_in_words_with_links(visit: Visit) -> None:
    visit.go("/trial/map")
    visit.page.get_by_role("button", name="List what the map shows").click()
    link = visit.page.locator(".app-map__list").get_by_role("link", name="Mill Lane")
    assert link.get_attribute("href") == "/streets/str-1"
    assert "Litter bin" not in visit.page.locator(".app-map__list").inner_text()
    visit.page.get_by_role("button", name="Zoom in").click()
    visit.page.get_by_role("link", name="Litter bin").wait_for()


def test_everything_is_done_without_dragging(visit: Visit) -> None:
    visit.go("/trial/map")
    assert visit.hash() == ""
    seen = []
    for name in ("Zoom in", "Zoom out", "Move north", "Move west", "Move south", "Move east"):
        before = visit.hash()
        visit.page.get_by_role("button", name=name, exact=True).click()
        visit.page.wait_for_function("before => location.hash !== before", arg=before)
        visit.page.wait_for_timeout(350)  # the rest of the movement
        seen.append(visit.hash())
    assert all(re.fullmatch(r"#map=\d+(\.\d+)?/51\.\d{5}/-2\.\d{5}", one) for one in seen)
    visit.page.get_by_role("button", name="Back to the start").click()
    visit.page.wait_for_function("() => location.hash === '#map=16.5/51.58000/-2.99000'")


def test_a_link_to_a_view_opens_that_view(visit: Visit) -> None:
    visit.go("/trial/map#map=15/51.58500/-2.98000")
    visit.page.get_by_role("button", name="Zoom in").click()
    visit.page.wait_for_function("() => location.hash === '#map=16/51.58500/-2.98000'")


def test_the_keyboard_opens_what_is_under_the_cross(visit: Visit) -> None:
    visit.go("/trial/map#map=18/51.58000/-2.99000")
    canvas = visit.page.locator("canvas.maplibregl-canvas")
    canvas.focus()
    visit.page.keyboard.press("ArrowRight")
    assert visit.page.locator(".app-map__crosshair").is_visible()
    visit.page.wait_for_timeout(600)
    visit.page.keyboard.press("Enter")
    card = visit.page.get_by_role("group", name="What is here?")
    last = card.get_by_role("link").last
    assert re.fullmatch(r"/at\?lat=51\.\d{6}&lon=-2\.\d{6}", last.get_attribute("href") or "")
    visit.page.keyboard.press("Escape")
    assert card.count() == 0
    assert canvas.evaluate("element => element === document.activeElement")


def test_a_click_offers_links_and_goes_nowhere_by_itself(visit: Visit) -> None:
    visit.go("/trial/map")
    visit.page.locator("canvas.maplibregl-canvas").click(position={"x": 100, "y": 200})
    card = visit.page.get_by_role("group", name="What is here?")
    assert card.get_by_role("link").count() >= 1
    assert visit.page.url.startswith(f"{ORIGIN}/trial/map")


def test_paper_gets_a_picture(visit: Visit) -> None:
    visit.go("/trial/map")
    visit.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    visit.page.emulate_media(media="print")
    visit.page.wait_for_function("() => document.querySelector('.app-map__print').complete")
    assert visit.page.locator(".app-map__print").is_visible()
    assert not visit.page.locator(".app-map__controls").is_visible()
    assert CHOSEN_LIGHT in visit.colours(".app-map__print")


def test_without_script_the_words_are_there(browser: Browser, pages: dict[str, bytes]) -> None:
    visit = visit_with(browser, pages, java_script_enabled=False)
    visit.page.goto(f"{ORIGIN}/trial/map")
    said = visit.page.inner_text("main")
    frame = visit.page.locator(".app-map__frame").bounding_box()
    visit.page.context.close()
    assert "The map shows Mill Lane." in said
    assert "The map needs JavaScript." in said
    assert frame is not None
    assert frame["height"] < 150, "no empty room for a map that does not come"


@pytest.mark.parametrize(
    ("path", "width", "theme"),
    [
        ("/trial/map", 1280, "light"),
        ("/trial/map", 390, "dark"),
        ("/trial/form", 1280, "dark"),
        ("/trial/form", 390, "light"),
    ],
)
def test_pages_fit_the_screen_and_axe_finds_nothing(
    browser: Browser, pages: dict[str, bytes], theme: str, width: int, path: str
) -> None:
    size = {"width": width, "height": 800}
    visit = visit_with(browser, pages, color_scheme=theme, viewport=size)
    visit.go(path)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    visit.page.evaluate(AXE.read_text())
    found = visit.page.evaluate("axe.run().then((found) => found.violations)")
    visit.page.context.close()
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
