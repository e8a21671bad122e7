"""A resident's story in a real browser: find a street, read it, see it on the map."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import AXE, RunningTown, Visit, open_visit

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.xdist_group("browser")]

WIDTHS = {"desk": 1280, "phone": 390, "zoomed in four times": 320}


def find_first(visit: Visit, words: str) -> str:
    """Search and follow the first answer; returns its heading."""
    visit.go("/")
    visit.page.get_by_role("searchbox").first.fill(words)
    visit.page.get_by_role("searchbox").first.press("Enter")
    visit.page.wait_for_url("**/search?q=*")
    visit.page.locator("main ul a").first.click()
    return heading(visit)


def heading(visit: Visit) -> str:
    """The page's own name; a caption above it says what kind of thing it is."""
    return visit.page.inner_text("h1").splitlines()[-1]


def chief_paths(town: RunningTown) -> dict[str, str]:
    """One address of each kind of page, taken from the town's own open data."""
    import json
    import urllib.request

    def first(collection: str) -> dict[str, str]:
        address = f"{town.address}/ogc/collections/{collection}/items?f=json&limit=1"
        with urllib.request.urlopen(address) as answer:
            feature = json.load(answer)["features"][0]
        return {"id": feature["id"], **feature["properties"]}

    street, premises, asset, area = (
        first(name) for name in ("streets", "premises", "assets", "areas")
    )
    return {
        "home": "/",
        "search": "/search?q=street",
        "nothing found": "/search?q=zzzzzz",
        "street": f"/streets/{street['id']}",
        "premises": f"/premises/{premises['id']}",
        "asset": f"/assets/{asset['id']}",
        "area": f"/areas/{area['id']}",
        "streets": "/streets",
        "journal": "/journal",
        "open data": "/ogc",
        "sign in": "/sign-in",
    }


def test_a_resident_finds_a_street_by_a_misspelt_name(visit: Visit) -> None:
    assert find_first(visit, "hihg street") == "High Street"
    assert "High Street is a" in visit.text()


def test_a_street_is_found_and_read_without_javascript(visit_without_script: Visit) -> None:
    assert find_first(visit_without_script, "high street") == "High Street"
    assert "High Street is a" in visit_without_script.text()
    assert visit_without_script.page.locator("main a[href^='/streets/']").count() > 0


def test_the_map_draws_the_town(visit: Visit) -> None:
    find_first(visit, "high street")
    canvas = visit.page.locator("[data-island='place-map'] canvas")
    canvas.scroll_into_view_if_needed()
    visit.page.locator("[data-island='place-map'][data-state='ready']").wait_for(timeout=60_000)
    picture = canvas.screenshot()
    # A blank canvas packs into next to nothing; streets, buildings and labels do not.
    assert len(picture) > 15_000


def test_every_page_says_that_the_town_is_invented(visit: Visit, running_town: RunningTown) -> None:
    for path in chief_paths(running_town).values():
        visit.go(path)
        assert "invented" in visit.page.inner_text("body").lower(), path


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_has_an_accessibility_violation_or_needs_sideways_scrolling(
    browser: Browser, running_town: RunningTown, width: str, theme: str
) -> None:
    visit = open_visit(
        browser,
        running_town,
        viewport={"width": WIDTHS[width], "height": 800},
        color_scheme=theme,
        # The policy forbids the tool's own script, which comes from the test and not from the page.
        bypass_csp=True,
    )
    for name, path in chief_paths(running_town).items():
        visit.go(path)
        visit.page.add_script_tag(path=str(AXE))
        found = visit.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        described = [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]
        assert described == [], name
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert visit.page.evaluate(overflow) <= 1, name
    visit.page.context.close()


def test_the_keyboard_alone_reaches_a_street(visit: Visit) -> None:
    visit.go("/")
    visit.page.keyboard.press("Tab")
    assert "skip" in visit.page.evaluate("document.activeElement.textContent").lower()
    for _ in range(30):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("document.activeElement.name") == "q":
            break
    visit.page.keyboard.type("high street")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/search?q=*")
    for _ in range(60):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("document.activeElement.textContent").strip() == "High Street":
            break
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/streets/*")
    assert heading(visit) == "High Street"


def test_the_language_switch_turns_the_page_to_welsh_and_back(visit: Visit) -> None:
    visit.go("/")
    visit.page.get_by_role("button", name="Cymraeg").click()
    assert visit.page.get_attribute("html", "lang") == "cy"
    assert "Chwilio" in visit.page.inner_text("body")
    visit.page.get_by_role("button", name="English").click()
    assert visit.page.get_attribute("html", "lang") == "en"


def test_the_dark_theme_can_be_chosen_without_javascript(visit_without_script: Visit) -> None:
    visit_without_script.go("/")
    visit_without_script.page.get_by_role("button", name="Dark").click()
    assert visit_without_script.page.get_attribute("html", "data-theme") == "dark"


def test_a_wrong_address_gets_a_page_that_says_what_to_do(visit_without_script: Visit) -> None:
    visit_without_script.go("/streets/st-000000000000")
    assert re.search("no such place", visit_without_script.text(), re.I)
    assert visit_without_script.page.get_by_role("searchbox").count() > 0


def test_a_public_page_sets_no_cookie(browser: Browser, running_town: RunningTown) -> None:
    visit = open_visit(browser, running_town)
    for path in chief_paths(running_town).values():
        if path != "/sign-in":
            visit.go(path)
    assert visit.page.context.cookies() == []
    visit.page.context.close()
