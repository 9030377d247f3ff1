"""The page in a real browser, found through GRAPHATTN_CHROMIUM or on the PATH."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTHS = {"phone": 390, "tablet": 768, "desktop": 1280}


@pytest.fixture(scope="module")
def browser() -> Iterator:
    sync_api = pytest.importorskip("playwright.sync_api")
    found = os.environ.get("GRAPHATTN_CHROMIUM")
    found = found or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium on the PATH, and GRAPHATTN_CHROMIUM names none")
    with sync_api.sync_playwright() as playwright:
        # Containers run as root, where Chromium's sandbox refuses to start.
        opened = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox"]
        )
        yield opened
        opened.close()


@pytest.fixture
def tab(browser, page: Path) -> Iterator:
    """A window with the report; the test fails on any error on the console."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type in ("error", "warning")
            else None
        ),
    )
    opened.goto(page.as_uri())
    yield opened
    opened.close()
    assert complaints == []


def test_nothing_is_fetched_and_every_viewer_opens(tab):
    assert tab.locator(".viewer:visible").count() == 4
    entries = "performance.getEntriesByType('resource').length"
    assert tab.evaluate(entries) == 0


@pytest.mark.parametrize("name", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_width_and_can_be_looked_at(browser, page, tmp_path, name, scheme):
    size = {"width": WIDTHS[name], "height": 900}
    opened = browser.new_page(viewport=size, color_scheme=scheme)
    opened.goto(page.as_uri())
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert opened.evaluate(wide) == 0
    folder = os.environ.get("GRAPHATTN_SCREENSHOTS")
    file = Path(folder or tmp_path) / f"report-{name}-{scheme}.png"
    opened.screenshot(path=file, full_page=True)
    assert file.stat().st_size > 50_000
    ground = "getComputedStyle(document.body).backgroundColor"
    light = opened.evaluate(ground) == "rgb(252, 252, 250)"
    assert light == (scheme == "light")
    opened.close()


def test_the_mouse_chooses_nodes_and_cells(tab):
    viewer = tab.locator(".viewer").first
    readout = viewer.locator(".readout")
    viewer.scroll_into_view_if_needed()
    viewer.locator(".target").nth(33).hover()
    assert "33 (Officer) attends most to" in readout.inner_text()
    assert viewer.locator(".ring").count() == 1
    box = viewer.locator(".matrix").bounding_box()
    tab.mouse.move(box["x"] + 3, box["y"] + box["height"] - 3)
    assert "33 (Officer) attends to 0 (Mr. Hi) with weight" in readout.inner_text()
    assert viewer.locator(".ring").count() == 2
    tab.mouse.move(5, 5)
    assert readout.inner_text() == ""


def test_the_keyboard_does_what_the_mouse_does(tab):
    viewer = tab.locator(".viewer").nth(1)
    readout = viewer.locator(".readout")
    viewer.locator(".drawing").focus()
    tab.keyboard.press("ArrowRight")
    first = readout.inner_text()
    tab.keyboard.press("ArrowRight")
    assert readout.inner_text() != first
    tab.keyboard.press("Escape")
    assert readout.inner_text() == ""
    tab.keyboard.press("Tab")  # to the matrix
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    assert "with weight" in readout.inner_text()
    assert viewer.locator(".ring").count() == 2


def test_structure_layer_head_and_item_can_be_chosen(tab):
    for viewer in tab.locator(".viewer").all():
        shown = "canvas => canvas.toDataURL()"
        matrix = viewer.locator(".matrix")
        pictures = {matrix.evaluate(shown)}
        viewer.locator("input[type=radio]").nth(2).check()
        pictures.add(matrix.evaluate(shown))
        viewer.locator(".pick-layer").select_option(label="2")
        pictures.add(matrix.evaluate(shown))
        viewer.locator(".pick-head").select_option(label="1")
        pictures.add(matrix.evaluate(shown))
        assert len(pictures) == 4
        viewer.locator(".pick-layer").select_option(label="rollout over all layers")
        assert viewer.locator(".pick-head").is_disabled()
        scenes = viewer.locator(".pick-scene option").count()
        viewer.locator(".pick-scene").select_option(index=scenes - 1)
        pictures.add(matrix.evaluate(shown))
        assert len(pictures) == 5


def test_radio_buttons_follow_the_arrow_keys(tab):
    viewer = tab.locator(".viewer").nth(2)
    viewer.locator("input[type=radio]").first.focus()
    tab.keyboard.press("ArrowRight")
    assert viewer.locator("input[type=radio]").nth(1).is_checked()
    assert "s2" in viewer.get_attribute("class")


def test_it_prints(browser, page, tmp_path):
    opened = browser.new_page()
    opened.goto(page.as_uri())
    opened.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    opened.close()
