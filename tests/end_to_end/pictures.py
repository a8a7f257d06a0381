"""Draws the pictures of the documentation from a run on sample exports: `python -m tests.end_to_end.pictures docs/pictures`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect

from serving.charts import write_png
from serving.plan_book import read_contents
from serving.snapshots import current_file
from tests.end_to_end import web
from tests.end_to_end.conftest import PUBLISHED
from warehouse.home import Home

CURRENCY = "USD"
SIZE = (1600, 1000)
LARGEST_BYTES = 400_000
LONG = 90_000.0
# The charts of the plan book that README shows by themselves.
CHARTS = ("revenue", "forecast", "capacity")
# From a fact to what readers get, few enough that each card can be read.
SELECTION = 'key:"core/fct_opportunity" or group:"kpi" or key:"served/kpi/*"'
GROUPS = "core kpi served"
# The page keeps a person's view in its local storage.
VIEW = """
localStorage.setItem('asset-graph-direction', '"vertical"');
localStorage.setItem('dagster-nav-collapsed', 'true');
localStorage.setItem('large-screen-nav-open', 'false');
"""


def main(folder: Path) -> None:
    """Run the sample company in a temporary home and draw its plan book, its Data Docs and its lineage."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, web.browser() as browser:
        home = Home(Path(place) / "home")
        _salesops("sample", str(home.inbox), "--company", str(home.company), "--truth", str(home.root / "truth"))
        _salesops("run", "--home", str(home.root), "--plain")
        pictures = [_plan_book(browser, home, folder / "plan_book.png"), *_charts(home, folder)]
        _data_docs(browser, home, folder / "data_docs.png")
        with web.salesops_ui(home.root, Path(place) / "ui.log") as server:
            _lineage(browser, server, folder / "lineage.png")
    for picture in (*pictures, folder / "data_docs.png", folder / "lineage.png"):
        size = picture.stat().st_size
        assert size < LARGEST_BYTES, f"{picture} has {size:,} bytes"
        sys.stdout.write(f"{picture}: {size:,} bytes\n")


def _salesops(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "orchestration.cli", *arguments], cwd=web.ROOT, check=False)
    if done.returncode not in PUBLISHED:
        raise SystemExit(f"salesops {' '.join(arguments)} ended with {done.returncode}")


def _plan_book(browser: Browser, home: Home, target: Path) -> Path:
    page = browser.new_page(viewport={"width": 1200, "height": 1250}, color_scheme="light")
    page.goto((home.reports / "plan_book" / "index.html").as_uri())
    expect(page.locator("[data-chart]:not([data-drawn])")).to_have_count(0)
    page.screenshot(path=target)
    page.close()
    return target


def _charts(home: Home, folder: Path) -> list[Path]:
    contents = read_contents(current_file(home.serving), CURRENCY)
    panels = {panel.key: panel for panel in contents.panels if panel.chart is not None}
    return [
        write_png(panels[key].chart, panels[key].title, panels[key].about, folder / f"chart_{key}.png")
        for key in CHARTS
        if key in panels
    ]


def _data_docs(browser: Browser, home: Home, target: Path) -> None:
    page = browser.new_page(viewport={"width": 1200, "height": 1000}, color_scheme="light")
    page.goto((home.reports / "data_docs" / "index.html").as_uri())
    expect(page.locator(".verdict")).to_be_visible()
    page.screenshot(path=target)
    page.close()


def _lineage(browser: Browser, server: web.Ui, target: Path) -> None:
    context = browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light")
    context.add_init_script(VIEW)
    page = context.new_page()
    page.goto(server.graph(SELECTION, GROUPS), timeout=LONG)
    cards = page.locator("svg").get_by_text("Asset checks", exact=True)
    expect(page.locator("svg").get_by_text("daily_sales").first).to_be_visible(timeout=LONG)
    page.wait_for_timeout(2000)
    # Fold the tree of names beside the graph, then a double click on the ground makes the graph fit.
    box = page.get_by_placeholder("Jump to").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] + 24, box["y"] + box["height"] / 2)
    page.wait_for_timeout(1000)
    page.mouse.dblclick(SIZE[0] - 150, 125)
    expect(cards.first).to_be_visible(timeout=LONG)
    page.mouse.move(SIZE[0] / 2, 20)
    page.wait_for_timeout(4000)
    page.screenshot(path=target)
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
