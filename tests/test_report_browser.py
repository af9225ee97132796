"""The page in a real browser: no console error, the switch and the links work, readable on a phone's width."""

import shutil
from pathlib import Path

import pytest

from wqnlp.report import main_job

TEXTS = Path(__file__).parent / "gold/dev/texts"
CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no chromium; apt-get install chromium")]


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    inputs = folder / "in"
    inputs.mkdir()
    for name in ("d01", "d02", "d03", "d04", "d13"):
        (inputs / f"{name}.txt").write_bytes((TEXTS / f"{name}.txt").read_bytes())
    (inputs / "again.txt").write_text((TEXTS / "d01.txt").read_text("utf-8").replace("2006年", "2019年"), "utf-8")
    main_job([inputs], folder / "report.html")
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def page(browser, html, request):
    """The page open at a width; any console error, failed script or request for another file fails the test."""
    faults = []
    opened = browser.new_page(viewport={"width": request.param[0], "height": request.param[1]})
    opened.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.on("request", lambda asked: faults.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None)
    opened.goto(html.as_uri())
    yield opened
    assert faults == []
    opened.close()


def test_the_switch_changes_the_language(page):
    head = page.locator("h2#overview")
    assert head.inner_text() == "一览"
    page.click('label[for="lang-en"]')
    assert head.inner_text() == "Overview" and page.locator("h2#copies").inner_text() == "Copies"
    page.click('label[for="lang-zh"]')
    assert head.inner_text() == "一览"


def test_a_number_leads_to_its_sentence(page):
    link = page.locator('h2#panel ~ .wide a[href^="#fd"], h2#panel ~ .wide a[href^="#f"]').first
    target = link.get_attribute("href")[1:]
    number = link.inner_text()
    link.click()
    mark = page.locator(f'[id="{target}"]')
    assert mark.is_visible() and mark.inner_text()[:3] == number[:3]
    box = mark.bounding_box()
    assert -2 <= box["y"] < page.viewport_size["height"]


def test_it_is_no_wider_than_the_screen_and_large_enough_to_read(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 13
    assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")


def test_every_link_has_its_target(page):
    assert page.evaluate("[...document.querySelectorAll('a[href^=\"#\"]')].filter(a => !document.getElementById("
                         "decodeURIComponent(a.hash.slice(1)))).length") == 0
