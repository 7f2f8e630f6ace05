"""A person at a real browser: signs in, looks at an alert, sets a threshold. Nothing else is contacted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect, sync_playwright

from alerts.model.staff import Role
from tests.console.house import House

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS, headless=True)
        yield running
        running.close()


@pytest.fixture(params=[(1200, 900, "light"), (390, 844, "dark")], ids=["desk", "phone at night"])
def context(request: pytest.FixtureRequest, browser: object) -> Iterator[BrowserContext]:
    width, height, scheme = request.param
    made = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[attr-defined]
    yield made
    made.close()


def _watched(page: Page, house: House) -> list[str]:
    """What must stay empty: complaints of the browser, and requests to other hosts."""
    wrong: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith(house.url + "/"):
            wrong.append(f"request to {request.url}")

    page.on(
        "console", lambda said: wrong.append(f"console: {said.text}") if said.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("request", asked)
    return wrong


def test_sign_in_look_at_an_alert_and_set_a_threshold(fresh_house: House, context: BrowserContext) -> None:
    page = context.new_page()
    wrong = _watched(page, fresh_house)
    page.goto(fresh_house.link("Robin", Role.STAFF))
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Today"

    page.get_by_role("link", name="Review Xylazine").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Xylazine in Alameda County, CA"
    plots = page.get_by_role("img", name="xylazine in drug samples")
    # Of the two drawings of each plot only one is shown, once the page has its style.
    page.wait_for_load_state()
    expect(plots).to_have_count(page.locator("figure").count())
    box = plots.first.bounding_box()
    assert box is not None
    assert box["width"] > 250
    frame = page.frame_locator("iframe").first
    assert "Alameda" in frame.locator("body").inner_text()
    background = frame.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert background not in ("rgba(0, 0, 0, 0)", "rgb(255, 255, 255)")
    page.get_by_role("button", name="Approve and send to 4").click()
    page.get_by_text("sent out").first.wait_for()

    page.get_by_role("link", name="Thresholds").click()
    page.get_by_role("link", name="new-here").click()
    page.get_by_label("findings").fill("5")
    page.get_by_label("Why this change").fill("three were too many alerts")
    page.get_by_role("button", name="Set the threshold").click()
    page.get_by_text("three were too many alerts").wait_for()
    assert page.get_by_label("findings").input_value() == "5"

    page.goto(f"{fresh_house.url}/a/SW-2026-0001?lang=es")
    assert page.locator("html").get_attribute("lang") == "es"
    assert wrong == []


def test_no_page_is_wider_than_the_screen_and_every_field_has_a_label(house: House, context: BrowserContext) -> None:
    page = context.new_page()
    wrong = _watched(page, house)
    page.goto(house.link("Robin", Role.STAFF))
    page.get_by_role("button", name="Sign in").click()
    for path in ("/", "/alerts", "/alerts/SW-2026-0001", "/alerts/SW-2026-0002", "/messages", "/thresholds/new-here",
                 "/partners", "/partners/1", "/partners/import", "/held-back", "/silences", "/drills", "/duty",
                 "/feeds/lab-results", "/names", "/log", "/api/docs"):  # fmt: skip
        page.goto(house.url + path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, path
        bare = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
            ".filter(f => !f.labels.length).length"
        )
        assert bare == 0, path
        assert page.get_by_role("main").count() == 1
        assert page.get_by_role("heading", level=1).count() == 1, path
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert wrong == []


def test_letters_stand_out_from_their_ground(house: House, context: BrowserContext) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text, computed from what the browser really painted."""
    page = context.new_page()
    page.goto(house.link("Robin", Role.STAFF))
    page.get_by_role("button", name="Sign in").click()
    faint: list[str] = []
    for path in ("/", "/alerts/SW-2026-0002", "/thresholds/new-here", "/partners/1", "/silences", "/duty", "/log"):
        page.goto(house.url + path)
        faint += page.evaluate(CONTRAST)
    assert faint == []


def test_a_list_comes_in_a_silence_is_made_and_ended_and_the_glass_is_broken(
    fresh_house: House, context: BrowserContext, tmp_path: Path
) -> None:
    """All of it by keyboard and forms: the policy of these pages lets no script run."""
    page = context.new_page()
    wrong = _watched(page, fresh_house)
    page.goto(fresh_house.link("Robin", Role.STAFF))
    page.get_by_role("button", name="Sign in").click()

    file = tmp_path / "people.csv"
    file.write_text(
        "partner,label,phone,email,places,consent,verified\n"
        'Eastside,van,+1 510 555 0111,,"Kern County, CA","form, signed",yes\n'
        "Eastside,desk,510-555-0111,,CA,form,yes\n"
        "Norte,desk,,no inbox,CA,form,yes\n",
        encoding="utf-8",
    )
    page.get_by_role("link", name="Partners").click()
    page.get_by_role("link", name="Import a list").click()
    page.get_by_label("CSV in UTF-8, or Excel").set_input_files(file)
    page.get_by_role("button", name="Show what would become of it").press("Enter")
    page.get_by_text("+15105550111 stands in line 2 already.").wait_for()
    expect(page.get_by_text("'no inbox' is not an email address.")).to_have_count(1)
    page.get_by_role("button", name="Store 1 contact").press("Enter")
    page.get_by_text("1 contact is stored, 2 rows were not taken.").wait_for()
    page.get_by_role("link", name="Kern County, CA").click()
    page.get_by_text("“form, signed”").wait_for()
    page.get_by_text("They ask to be forgotten").press("Enter")
    page.get_by_label("Type “erase”").fill("erase")
    page.get_by_role("button", name="Erase this person").press("Enter")
    page.get_by_role("heading", name="Partners", level=1).wait_for()
    expect(page.get_by_text("Eastside")).to_have_count(0)

    page.get_by_role("link", name="Silences").click()
    page.get_by_label("Substances").fill("xylazine")
    page.get_by_label("Until").fill("2026-11-21T09:30")
    page.get_by_label("Why").fill("the lab checks its column")
    page.get_by_role("button", name="Begin the silence").press("Enter")
    page.get_by_text("the lab checks its column").wait_for()
    page.get_by_text("in force", exact=True).wait_for()
    page.get_by_role("button", name="End it now").press("Enter")
    page.get_by_role("heading", name="Over").wait_for()

    page.goto(f"{fresh_house.url}/alerts/SW-2026-0002")
    page.get_by_text("It cannot wait for anybody else").press("Enter")
    page.get_by_label("Why you decide alone").fill("alone tonight")
    page.get_by_role("button", name="Break the glass and send to 4").press("Enter")
    page.get_by_text("Nobody else has looked at it yet.").click()
    page.get_by_text("“alone tonight”").wait_for()
    page.get_by_text("Somebody else must look at it.").wait_for()
    assert wrong == []


CONTRAST = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const f = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b);
  };
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.getClientRects().length || e.closest('svg, .skip')) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${e.tagName} ${e.className} "${e.textContent.trim().slice(0, 30)}" ${ratio}`);
  }
  return faint;
}"""
