"""What people look at, in a real browser: Data Docs from disk, and the lineage with its checks."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.end_to_end import web
from tests.end_to_end.conftest import SampleRun

LONG = 90_000.0
RUN_SECONDS = 420
CHECK = "mart_rep_quota_is_plausible"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(web.chromium() is None, reason="there is no chromium on this machine")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with web.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def ui(sample_run: SampleRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[web.Ui]:
    """`salesops ui` over the sample run."""
    with web.salesops_ui(sample_run.home.root, tmp_path_factory.mktemp("ui") / "ui.log") as server:
        yield server


def test_data_docs_open_from_disk_styled_and_ask_nobody(browser: Browser, sample_run: SampleRun) -> None:
    page = browser.new_page(color_scheme="light")
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)

    page.goto((sample_run.home.reports / "data_docs" / "index.html").as_uri())
    expect(page.locator("h1")).to_be_visible()
    assert _style(page, ".verdict", "border-left-width") == "6px"
    assert _style(page, ".pill.passed", "background-color") not in ("rgba(0, 0, 0, 0)", "rgb(255, 255, 255)")
    assert "system-ui" in _style(page, "body", "font-family")

    warned = page.locator(".rule", has=page.locator(".pill.warned"), has_text=re.compile("rows|%")).first
    question = warned.locator("a.question")
    asks = question.inner_text()
    question.click()
    expect(page.locator("h1")).to_have_text(asks)
    expect(page.get_by_text("How to fix", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Failing rows")).to_be_visible()
    rows = page.locator("h2:has-text('Failing rows') ~ .card tbody tr")
    assert rows.count() > 0
    assert rows.first.locator("td").first.inner_text().strip()
    assert _style(page, "td", "padding-left") != "1px"

    page.locator("nav a").first.click()
    expect(page.locator(".verdict")).to_be_visible()
    assert len(asked) >= 3
    assert [url for url in asked if not url.startswith("file:")] == []
    assert errors == []
    page.close()


def test_ui_is_heard_on_this_machine_only(ui: web.Ui) -> None:
    listening = _listening_addresses(ui.port)
    assert listening == {"127.0.0.1"}
    for address in _other_addresses():
        with socket.socket() as other:
            other.settimeout(5)
            assert other.connect_ex((address, ui.port)) != 0, f"it answers on {address}"


def test_ui_shows_the_lineage_with_checks_and_asks_no_other_host(ui: web.Ui, browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    outside: set[str] = set()

    def guard(route: Route) -> None:
        if route.request.url.startswith((ui.address, "data:", "blob:")):
            route.continue_()
        else:
            outside.add(route.request.url)
            route.abort()

    page.route("**/*", guard)
    page.goto(f"{ui.address}/assets/kpi/daily_sales?view=lineage", timeout=LONG, wait_until="domcontentloaded")
    for name in ("daily_sales", "fct_opportunity", "dim_date", "served"):
        expect(page.locator("svg").get_by_text(name, exact=True).first).to_be_visible(timeout=LONG)
    picture = tmp_path / "lineage.png"
    page.screenshot(path=picture)
    assert _is_drawn(page, picture)

    page.goto(ui.graph('key:"core/fct_opportunity" or key:"kpi/daily_sales"', "core kpi"), timeout=LONG)
    expect(page.get_by_text("Asset checks", exact=True).first).to_be_visible(timeout=LONG)
    expect(page.get_by_text(re.compile(r"\d+ / \d+ Passed")).first).to_be_visible(timeout=LONG)

    page.goto(f"{ui.address}/assets/kpi/rep_performance_month?view=checks", timeout=LONG, wait_until="domcontentloaded")
    expect(page.get_by_text(CHECK, exact=True).first).to_be_visible(timeout=LONG)
    expect(page.get_by_text(re.compile(r"Checks \(\d+\)")).first).to_be_visible(timeout=LONG)
    expect(page.get_by_text("unique_rep_performance_month_rep_performance_month_id").first).to_be_attached(timeout=LONG)
    page.close()
    assert outside == set()


def test_a_run_started_in_the_ui_succeeds(ui: web.Ui) -> None:
    [location] = ui.ask(
        "{workspaceOrError {... on Workspace {locationEntries {loadStatus locationOrLoadError {__typename ... on "
        "RepositoryLocation {name repositories {name}} ... on PythonError {message}}}}}}"
    )["workspaceOrError"]["locationEntries"]
    loaded = location["locationOrLoadError"]
    assert loaded["__typename"] == "RepositoryLocation", loaded
    selector = {
        "repositoryLocationName": loaded["name"],
        "repositoryName": loaded["repositories"][0]["name"],
        "pipelineName": "salesops",
    }
    started = ui.ask(
        "mutation($run: ExecutionParams!) {launchRun(executionParams: $run) {__typename ... on LaunchRunSuccess {run {runId}} "
        "... on PythonError {message} ... on RunConfigValidationInvalid {errors {message}}}}",
        run={"selector": selector, "mode": "default", "runConfigData": {}},
    )["launchRun"]
    assert started["__typename"] == "LaunchRunSuccess", started
    run_id = started["run"]["runId"]

    status = "QUEUED"
    give_up = time.monotonic() + RUN_SECONDS
    while status not in ("SUCCESS", "FAILURE", "CANCELED") and time.monotonic() < give_up:
        time.sleep(2)
        status = ui.ask("query($id: ID!) {runOrError(runId: $id) {... on Run {status}}}", id=run_id)["runOrError"]["status"]
    assert status == "SUCCESS", ui.log.read_text(errors="replace")[-4000:]
    # A dbt test that no asset has becomes an observation, which nobody sees beside an asset; that of the macros reads no model.
    homeless = re.findall(r"instead of an `AssetCheckResult` for dbt test `(\w+)`", ui.log.read_text(errors="replace"))
    assert set(homeless) <= {"assert_macros_meet_expectations"}


def test_ui_stops_with_all_that_it_started(ui: web.Ui) -> None:
    # Last of the module: afterwards the server is gone.
    assert ui.stop() == 0
    give_up = time.monotonic() + web.STOP_SECONDS
    while web.is_group_alive(ui.process.pid) and time.monotonic() < give_up:
        time.sleep(0.5)
    assert not web.is_group_alive(ui.process.pid)


def _style(page: Page, selector: str, name: str) -> str:
    found: str = page.locator(selector).first.evaluate("(node, name) => getComputedStyle(node).getPropertyValue(name)", name)
    return found


def _is_drawn(page: Page, picture: Path) -> bool:
    """Whether a picture has many colours and something in each quarter; the browser itself decodes it."""
    import base64

    source = "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode()
    counts = page.evaluate(
        """async source => {
            const image = new Image(); image.src = source; await image.decode();
            const canvas = new OffscreenCanvas(image.width, image.height), brush = canvas.getContext('2d');
            brush.drawImage(image, 0, 0);
            const half = [Math.floor(image.width / 2), Math.floor(image.height / 2)];
            return [[0, 0], [half[0], 0], [0, half[1]], half].map(([x, y]) => {
                const seen = new Set(), data = brush.getImageData(x, y, ...half).data;
                for (let i = 0; i < data.length; i += 4) seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
                return seen.size;
            });
        }""",
        source,
    )
    return picture.stat().st_size > 20_000 and all(count > 20 for count in counts)


def _listening_addresses(port: int) -> set[str]:
    """Local addresses on which somebody listens on a port, as the kernel tells it."""
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            address, _, number = local.partition(":")
            if state == "0A" and int(number, 16) == port:
                words = [bytes.fromhex(address[start : start + 8])[::-1] for start in range(0, len(address), 8)]
                family = socket.AF_INET if len(words) == 1 else socket.AF_INET6
                found.add(socket.inet_ntop(family, b"".join(words)))
    if not found:
        pytest.skip("the system does not tell who listens")
    return found


def _other_addresses() -> set[str]:
    """Addresses of this machine besides the loopback."""
    found = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: connecting a datagram socket only chooses the way out.
            probe.connect(("192.0.2.1", 9))
            found.add(probe.getsockname()[0])
        except OSError:
            pass
    return {str(address) for address in found if not str(address).startswith("127.")}
