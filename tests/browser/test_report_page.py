"""The report in Chromium without a network: nothing is asked for, hovering, the switch of runs, and paper."""

from __future__ import annotations

import re
import zlib

import pytest
from PIL import Image
from saved_runs import save_effects, save_run

from sim.reports import gather, page_of

CHART = "#chart-prices-feed"
HOSTILE = 'Other </script><img src="http://x.invalid/" onerror="alert(1)"> $x$'
MARKETS = ("japan", "united_states", "offshore", "canada")
LEGEND = f"{CHART} .legendtext"
VISIBLE = """() => document.querySelector('CHART').data.map(
    trace => [trace.meta.run, trace.meta.line, trace.visible === undefined ? true : trace.visible])""".replace(
    "CHART", CHART
)
A4_POINTS = (595, 842)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A page of two runs and a comparison."""
    out = tmp_path_factory.mktemp("results")
    save_run(out, "made_up")
    titles = {"offshore": "Other <a href='http://x.invalid'>offshore</a> $1 and $2 %{y}"}
    save_run(out, "other", title=HOSTILE, markets={name: {"title": titles.get(name, name)} for name in MARKETS})
    save_effects(out)
    path = out / "report.html"
    path.write_text(page_of(gather(["made_up", "other", "compare-made_up-other"], out)[0]), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser, report):
    """The page as opened from the file, the network off; what it asks for and complains of is kept."""
    made = []

    def opener(width=1400, script=True):
        context = browser.new_context(viewport={"width": width, "height": 1000}, java_script_enabled=script)
        context.set_offline(True)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (page.complaints.append(dialog.message), dialog.dismiss()))
        page.goto(report.as_uri())
        made.append(context)
        return page

    yield opener
    for context in made:
        context.close()


def drawn(page):
    page.wait_for_function("() => document.querySelectorAll('.chart .main-svg').length >= 3")
    return page


def test_it_asks_for_nothing_and_complains_of_nothing(opened, report, artefacts):
    for width in (1400, 500):
        page = drawn(opened(width))
        page.evaluate(
            "() => new Promise((done) => { scrollTo(0, 4000); requestAnimationFrame(() => setTimeout(done)) })"
        )
        picture = artefacts / f"report-{width}.png"
        page.screenshot(path=picture, full_page=width > 1000)
        with Image.open(picture) as seen:
            assert seen.convert("L").getextrema()[0] < 100, "nothing is painted"
        assert [url for url in page.asked if not url.startswith("data:")] == [report.as_uri()]
        assert page.complaints == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_pointing_at_a_line_shows_its_values(opened, artefacts):
    page = drawn(opened())
    plot = page.locator(f"{CHART} .nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(f"{CHART} .hoverlayer text")
    text = page.locator(f"{CHART} .hoverlayer").text_content()
    page.screenshot(path=artefacts / "report-hover.png")
    assert re.search(r"A · Japan : \d+\.\d C\$/t \(5-95 %: \d+\.\d to \d+\.\d\)", text), text


def test_a_run_can_be_switched_off_and_on_in_all_charts(opened, artefacts):
    page = drawn(opened())
    boxes = page.locator("input[data-run]")
    assert boxes.count() == 2 and page.get_by_label("B: Other", exact=False).is_checked()
    page.get_by_label("B: Other", exact=False).uncheck()
    page.wait_for_function(f"() => document.querySelector('{CHART}').data.some(trace => trace.visible === false)")
    page.screenshot(path=artefacts / "report-switched.png")
    charts = page.locator(".chart").count()
    shown = "() => [...document.querySelectorAll('.chart')].map(each => each.data.filter("
    shown += "trace => trace.meta.run === RUN && trace.visible !== false).length)"
    assert page.evaluate(shown.replace("RUN", "1")) == [0] * charts
    assert min(page.evaluate(shown.replace("RUN", "0"))) > 0
    page.get_by_label("B: Other", exact=False).check()
    assert min(page.evaluate(shown.replace("RUN", "1"))) > 0


def test_a_line_goes_in_all_runs_and_comes_back(opened):
    page = drawn(opened())
    name = page.locator(LEGEND).first.text_content()
    page.locator(f"{CHART} .legendtoggle").first.click()
    page.wait_for_function(
        f"() => document.querySelector('{CHART}').data.some(trace => trace.visible === 'legendonly')"
    )
    states = page.evaluate(VISIBLE)
    assert {shown for _, line, shown in states if line == name} == {False, "legendonly"}
    assert {shown for _, line, shown in states if line != name} == {True}
    page.locator(f"{CHART} .legendtoggle").first.click()
    page.wait_for_function(f"() => document.querySelector('{CHART}').data.every(trace => trace.visible === true)")


def test_without_scripts_everything_but_the_charts_is_there(opened):
    page = opened(script=False)
    assert page.get_by_text("These charts need JavaScript").is_visible()
    assert page.locator("figure img").count() > 5 and page.get_by_text("In short").first.is_visible()
    assert page.locator(".chart >> visible=true").count() == 0 and page.locator("input[data-run]:visible").count() == 0


def test_it_prints_on_a4_with_nothing_cut(opened, artefacts):
    page = drawn(opened())
    content = page.pdf(path=artefacts / "report.pdf", prefer_css_page_size=True)
    boxes = {
        tuple(map(float, found)) for found in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", _unpacked(content))
    }
    assert boxes and all(abs(a - b) < 2 for size in boxes for a, b in zip(size, A4_POINTS, strict=True))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 690, "height": 1000})  # what A4 leaves between its margins
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    wide = """() => [...document.querySelectorAll('table, figure img, pre, h1, h3')]
        .filter(each => each.offsetParent && each.getBoundingClientRect().right > innerWidth + 1)
        .map(each => each.tagName + ' ' + each.innerText.slice(0, 60))"""
    assert page.evaluate(wide) == []
    assert page.locator("#tables details:not([open])").count() == 0
    assert not page.locator("#charts").is_visible() and page.locator("figure img").first.is_visible()


def _unpacked(pdf: bytes) -> bytes:
    """A PDF with its compressed objects laid open."""
    parts = [pdf]
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompressobj().decompress(found.group(1)))
        except zlib.error:
            continue
    return b"\n".join(parts)
