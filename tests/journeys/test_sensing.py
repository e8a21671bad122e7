"""The living town in a real browser: values that change, a map over time, an alert by letter."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import AXE, RunningTown, Visit, open_visit
from tests.journeys.test_officer import code_of, sign_in_words

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.xdist_group("browser")]

WIDTHS = {"desk": 1280, "phone": 390, "zoomed in four times": 320}
PATIENCE_MS = 60_000


def liveliest_stream(town: RunningTown, words: str) -> dict[str, int]:
    """The stream of a property that was heard last: numbers of it, its Thing, the property."""
    newest = "Observations($orderby=phenomenonTime%20desc;$top=1;$select=phenomenonTime)"
    address = (
        f"{town.address}/sta/v1.1/Datastreams?$filter=ObservedProperty/name%20eq%20%27"
        f"{words.replace(' ', '%20')}%27&$top=100&$expand=Thing,ObservedProperty,{newest}"
    )
    deadline = time.monotonic() + 120
    heard: list[dict[str, Any]] = []
    while not heard:
        assert time.monotonic() < deadline, f"nothing was heard of {words}"
        with urllib.request.urlopen(address) as answer:
            heard = [one for one in json.load(answer)["value"] if one["Observations"]]
        time.sleep(0 if heard else 0.5)
    found = max(heard, key=lambda one: str(one["Observations"][0]["phenomenonTime"]))
    return {
        "stream": found["@iot.id"],
        "thing": found["Thing"]["@iot.id"],
        "property": found["ObservedProperty"]["@iot.id"],
    }


def pages_of(town: RunningTown) -> dict[str, str]:
    """One address of each kind of page of sensors."""
    one = liveliest_stream(town, "Nitrogen dioxide")
    return {
        "list": "/sensors",
        "nothing found": "/sensors?q=zzzz",
        "sensor": f"/sensors/{one['thing']}",
        "stream": f"/sensors/{one['thing']}/{one['stream']}",
        "a week in steps": f"/sensors/{one['thing']}/{one['stream']}?span=7d",
        "dates that cannot be": f"/sensors/{one['thing']}/{one['stream']}?from=x",
        "property": f"/sensors/properties/{one['property']}",
        "alert": f"/sensors/alerts/new?place=thing:{one['thing']}",
        "letter sent": "/sensors/alerts/sent",
        "deployments": "/sensing/deployments",
    }


def check_page(visit: Visit, name: str) -> None:
    """No accessibility violation, no sideways scrolling."""
    visit.page.add_script_tag(path=str(AXE))
    found = visit.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    described = [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]
    assert described == [], name
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert visit.page.evaluate(overflow) <= 1, name


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_of_sensors_has_an_accessibility_violation(
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
    for name, path in pages_of(running_town).items():
        visit.go(path)
        visit.page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        check_page(visit, name)
    visit.page.context.close()


def test_a_value_on_the_page_changes_by_itself(visit: Visit, running_town: RunningTown) -> None:
    one = liveliest_stream(running_town, "Vehicle count")
    visit.go(f"/sensors/{one['thing']}/{one['stream']}")
    age = visit.page.locator("[data-live='age']").first
    before = str(age.get_attribute("datetime"))
    expect(visit.page.get_by_role("button", name="Pause live values")).to_be_visible()
    expect(age).not_to_have_attribute("datetime", before, timeout=180_000)
    announced = visit.page.locator("[aria-live]").first
    assert announced.get_attribute("aria-live") == "off"
    visit.page.get_by_role("button", name="Read new values out").click()
    assert announced.get_attribute("aria-live") == "polite"
    visit.page.get_by_role("button", name="Pause live values").click()
    expect(visit.page.get_by_role("button", name="Go on with live values")).to_be_visible()


def test_the_map_of_a_property_is_moved_through_time_by_keys(
    visit: Visit, running_town: RunningTown
) -> None:
    one = liveliest_stream(running_town, "Nitrogen dioxide")
    visit.go(f"/sensors/properties/{one['property']}")
    island = visit.page.locator("[data-island='sensing-map']")
    island.scroll_into_view_if_needed()
    visit.page.locator("[data-island='sensing-map'][data-state='ready']").wait_for(
        timeout=PATIENCE_MS
    )
    picture = island.locator("canvas").screenshot()
    assert len(picture) > 15_000, "a blank canvas packs into next to nothing"
    slider = visit.page.get_by_label("Time, over the last 24 hours")
    assert slider.get_attribute("aria-valuetext") == "Now"
    slider.focus()
    for _ in range(6):
        visit.page.keyboard.press("ArrowLeft")
    told = str(slider.get_attribute("aria-valuetext"))
    assert re.search(r"\d{2}:\d{2}", told)
    assert told in visit.text(), "the words beside the map say the same"
    visit.page.keyboard.press("End")
    assert "As it is now." in visit.text()


def test_a_property_is_read_at_an_earlier_hour_without_javascript(
    visit_without_script: Visit, running_town: RunningTown
) -> None:
    one = liveliest_stream(running_town, "Nitrogen dioxide")
    visit_without_script.go(f"/sensors/properties/{one['property']}")
    assert "As it is now." in visit_without_script.text()
    visit_without_script.page.locator(".app-hours a").nth(2).click()
    assert "As it was at" in visit_without_script.text()
    assert "µg/m³" in visit_without_script.text()


def test_a_street_says_what_is_measured_there(
    visit_without_script: Visit, running_town: RunningTown
) -> None:
    one = liveliest_stream(running_town, "Nitrogen dioxide")
    visit_without_script.go(f"/sensors/{one['thing']}")
    visit_without_script.page.locator("dd a[href^='/at']").first.click()
    said = visit_without_script.text()
    assert "Measured here now" in said and "µg/m³" in said
    assert visit_without_script.page.locator("svg.app-spark[role='img']").count() > 0


def newest_letter(folder: Path, address: str) -> str:
    """The text of the newest letter to somebody, from the installation's folder."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        letters = sorted(folder.glob("*"), key=lambda file: file.stat().st_mtime, reverse=True)
        for letter in letters:
            parsed = message_from_bytes(letter.read_bytes(), policy=policy.default)
            if address in str(parsed["To"]):
                return str(parsed.get_content())
        time.sleep(0.1)
    pytest.fail(f"no letter to {address}")


def test_a_resident_asks_for_an_alert_and_begins_it_from_the_letter(
    visit_without_script: Visit, running_town: RunningTown
) -> None:
    visit, page = visit_without_script, visit_without_script.page
    one = liveliest_stream(running_town, "Nitrogen dioxide")
    visit.go(f"/sensors/{one['thing']}/{one['stream']}")
    page.get_by_role("link", name="Tell me when this is above or below a level").click()
    page.get_by_label("This value").fill("much")
    page.get_by_role("button", name="Send me the letter to confirm").click()
    assert "There is a problem" in visit.text()
    page.get_by_label("This value").fill("40")
    page.get_by_label("Your e-mail address").fill("rhiannon@example.org")
    page.get_by_role("button", name="Send me the letter to confirm").click()
    assert "Check your e-mail" in visit.text()
    letter = newest_letter(running_town.home / "email", "rhiannon@example.org")
    link = re.search(r"https?://[^/\s]+(/sensors/alerts/\S+)", letter)
    assert link is not None, letter
    visit.go(link[1])
    assert "Not confirmed yet" in visit.text()
    page.get_by_role("button", name="Start this alert").click()
    assert "Your alert has begun" in visit.text()
    page.get_by_role("button", name="End this alert").click()
    assert "No other letter will come" in visit.text()


def sign_in(page: Page, town: RunningTown, role: str) -> None:
    """Sign in by password and code; a code that was used already is waited out."""
    address, password = sign_in_words(town, role)
    page.goto(f"{town.address}/sign-in/password?next=/desk/")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Continue").click()
    deadline = time.monotonic() + 70
    while "/desk/" not in page.url:
        assert time.monotonic() < deadline, page.inner_text("main")
        page.get_by_label(re.compile("code", re.I)).first.fill(code_of(town, address))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_load_state()
        if "/desk/" not in page.url:
            page.wait_for_timeout(5_000)


def test_a_steward_looks_after_devices_at_the_desk(
    browser: Browser, running_town: RunningTown
) -> None:
    visit = open_visit(
        browser, running_town, viewport={"width": 390, "height": 800}, bypass_csp=True
    )
    sign_in(visit.page, running_town, "data_steward")
    paths = ("/desk/sensing/", "devices", "devices/new", "applications", "levels", "keys/")
    for path in paths:
        visit.go(path if path.startswith("/") else f"/desk/sensing/{path}")
        check_page(visit, path)
    visit.go("/desk/sensing/devices")
    visit.page.locator("th a[href^='/desk/sensing/devices/']").first.click()
    assert "Where its readings go" in visit.text()
    check_page(visit, "device")
    assert visit.complaints == []
    visit.page.context.close()
