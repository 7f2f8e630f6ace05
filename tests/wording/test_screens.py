"""Emails, pages and flyers in a real browser: nothing is fetched, nothing overflows a phone, everything can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from alerts.wording.compose import compose
from alerts.wording.content import AlertContent
from alerts.wording.kinds import KINDS
from alerts.wording.place_name import PlaceName
from alerts.wording.samples import BASE, samples
from tests.wording.shelf import LANGUAGES, SHELF

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PAPERS = ("Letter", "A4")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no Chromium on this machine")

FAINT = """() => {
  const light = c => { const v = c / 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
  const brightness = ([r, g, b]) => .2126 * light(r) + .7152 * light(g) + .0722 * light(b);
  const numbers = s => s.match(/[\\d.]+/g).map(Number);
  const ground = e => { for (; e; e = e.parentElement) { const c = numbers(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, text = walk.currentNode.textContent.trim();
    if (!text || !e.checkVisibility() || e.closest('style, script') || !e.getBoundingClientRect().height) continue;
    const [a, b] = [numbers(getComputedStyle(e).color), ground(e)].map(brightness).sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) found.push(text.slice(0, 40) + ' ' + ((a + .05) / (b + .05)).toFixed(2));
  }
  return found;
}"""
"""Texts with less contrast to their ground than WCAG 2.2 asks for (1.4.3, 4.5 to 1)."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS, headless=True)
        yield running
        running.close()


def html(kind: str, channel: str, language: str, content: Any = None) -> str:
    return compose(content or samples(kind)["plain"], kind=kind, channel=channel, language=language, shelf=SHELF).html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ["email", "page", "flyer"])
def test_everything_can_be_read_on_a_narrow_phone_by_day_and_at_night(
    browser: Browser, channel: str, language: str
) -> None:
    asked: list[str] = []
    for scheme in ("light", "dark"):
        context = browser.new_context(viewport={"width": 360, "height": 800}, color_scheme=scheme)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        for kind in (k.name for k in KINDS.values() if channel in k.channels):
            page.set_content(html(kind, channel, language))
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, f"{kind} is too wide"
            assert page.evaluate(FAINT) == [], f"{kind}, {scheme}"
        context.close()
    assert asked == [], "who opens a message must not be seen by anybody"


def test_a_long_link_and_a_long_name_do_not_widen_a_phone(browser: Browser) -> None:
    long = replace(
        BASE,
        front="Coalition " * 8,
        link="https://alerts.supplywatch.example/a/SW-2031-0007?" + "x" * 120,
        name="x" * 60,
    )
    page = browser.new_page(viewport={"width": 360, "height": 800})
    for channel in ("email", "page", "flyer"):
        page.set_content(html("first_sighting", channel, "en", long))
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, channel
    page.close()


def sheets(page: Any, markup: str, paper: str) -> int:
    page.set_content(markup)
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper, print_background=True)))


@pytest.mark.parametrize("kind", ["bulletin", "update", "all_clear"])
def test_a_flyer_prints_on_one_sheet_of_either_paper_whatever_it_tells(browser: Browser, kind: str) -> None:
    page = browser.new_page()
    for label, content in samples(kind).items():
        for language in LANGUAGES:
            for paper in PAPERS:
                assert sheets(page, html(kind, "flyer", language, content), paper) == 1, (label, language, paper)
    page.close()


@pytest.mark.parametrize("kind", ["first_sighting", "correction"])
def test_a_crowded_flyer_prints_on_one_sheet_too(browser: Browser, kind: str) -> None:
    content = samples(kind)["plain"]
    assert isinstance(content, AlertContent)
    many = tuple(PlaceName(f"San {name} County") for name in ("Bernardino", "Luis Obispo", "Joaquin", "Mateo") * 4)
    note = "Staff add what they know about it here. " * 10
    crowded = replace(content, places=many, note={"en": note, "es": note}, exercise=True, simulated=True)
    page = browser.new_page()
    for language in LANGUAGES:
        for paper in PAPERS:
            assert sheets(page, html(kind, "flyer", language, crowded), paper) == 1, (language, paper)
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind.name for kind in KINDS.values() if "email" in kind.channels])
def test_an_email_asks_for_nothing_that_an_old_reader_lacks(kind: str, language: str) -> None:
    markup = html(kind, "email", language)
    assert not re.search(r"<(img|link|script|iframe|object|video)\b|@import|url\(|\bsrc=", markup), "nothing is fetched"
    assert not re.search(r"display:\s*(flex|grid)|position:\s*(absolute|fixed)", markup)
    assert '<meta name="color-scheme" content="light dark">' in markup
    assert '<meta name="supported-color-schemes" content="light dark">' in markup
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in markup
    assert f'<html lang="{language}"' in markup
    assert all('role="presentation"' in table for table in re.findall(r"<table[^>]*>", markup)), "they are no data"
    # Without its style block, as in readers that drop it, colours still stand inline.
    bare = re.sub(r"(?s)<style>.*?</style>", "", markup)
    assert "background:#ffffff" in bare
    assert "color:#1c2226" in bare
    assert len(markup.encode()) < 102_000, "longer ones are cut off by a large provider"
