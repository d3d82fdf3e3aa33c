"""The parts of the page that run in the browser: a chart that grows, the date, and a place to drop a file on.

Solara's own chart sends and paints everything at every change, in sight or not; with two scenarios that is more than
a browser does between two months.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Any

import solara
import traitlets
from ipyvuetify.VuetifyTemplate import VuetifyTemplate
from mesa.visualization.utils import update_counter

from sim.scenario.text import TEXT_BYTES


class ChartWidget(VuetifyTemplate):
    """See ``chart.vue``."""

    template_file = (__file__, "chart.vue")
    frame = traitlets.Unicode("{}").tag(sync=True)
    lines = traitlets.Unicode("[]").tag(sync=True)
    height = traitlets.Int(260).tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)


class WhenWidget(VuetifyTemplate):
    """See ``when.vue``."""

    template_file = (__file__, "when.vue")
    date = traitlets.Unicode("").tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    percent = traitlets.Float(0.0).tag(sync=True)
    policies = traitlets.List(traitlets.Unicode()).tag(sync=True)


class NumberWidget(VuetifyTemplate):
    """See ``number.vue``; ``on_text`` gets what was slid to or typed, as text."""

    template_file = (__file__, "number.vue")
    low = traitlets.Float().tag(sync=True)
    high = traitlets.Float().tag(sync=True)
    step = traitlets.Float().tag(sync=True)
    value = traitlets.Float().tag(sync=True)
    unit = traitlets.Unicode("").tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)
    on_text = traitlets.Callable(None, allow_none=True)

    def vue_chosen(self, text: Any) -> None:
        """Hand on what was chosen."""
        if self.on_text is not None:
            self.on_text(str(text)[:40])


class UploadWidget(VuetifyTemplate):
    """See ``upload.vue``."""

    template_file = (__file__, "upload.vue")
    label = traitlets.Unicode("").tag(sync=True)
    most = traitlets.Int(TEXT_BYTES).tag(sync=True)
    on_file = traitlets.Callable(None, allow_none=True)

    def vue_arrived(self, message: Mapping[str, Any]) -> None:
        """Hand a file on: its name, and its bytes or None when it is too large or cannot be read."""
        if self.on_file is not None:
            self.on_file(str(message.get("name", ""))[:200], _bytes_of(message.get("data")))


def _bytes_of(text: object) -> bytes | None:
    if not isinstance(text, str) or len(text) > TEXT_BYTES * 4 // 3 + 4:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def show_chart(widget: ChartWidget, frame: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Show something in a chart; what has not changed is not sent.

    Parameters
    ----------
    widget : ChartWidget
    frame : dict
        Option of ECharts; ``unit`` is what the values are in, ``empty`` what stands where there is nothing to see.
    lines : list of dict
        Series with bands: name, colour, p50, and p05, p25, p75, p95 where there is a spread.
    """
    with widget.hold_sync():
        widget.frame = json.dumps(frame)
        widget.lines = json.dumps(lines)


def use_widgets(make: Callable[[], list[Any]], dependencies: list[Any]) -> list[Any]:
    """Widgets of our own, made anew when a dependency changes and closed when they go."""
    widgets = solara.use_memo(make, dependencies)

    def closing() -> Callable[[], None]:
        def close() -> None:
            for widget in widgets:
                widget.close()

        return close

    solara.use_effect(closing, dependencies)
    return widgets


def use_beat(show: Callable[[], None], dependencies: list[Any]) -> None:
    """Call something now and after every period of the market.

    It sets widgets directly: having Solara compare the whole page at every period takes longer than the period.
    """

    def follow() -> Callable[[], None]:
        show()
        follow: Callable[[], None] = update_counter.subscribe(lambda _: show())
        return follow

    solara.use_effect(follow, dependencies)


@solara.component
def Upload(label: str, on_file: Callable[[str, bytes | None], None]) -> None:
    """A button, and a place to drop a file on."""
    UploadWidget.element(label=label, on_file=on_file)


def headline(tag: str, text: str, classes: tuple[str, ...] = ()) -> solara.Element[Any]:
    """A heading of plain text; ``solara.HTML`` would run what an uploaded scenario's title says."""
    return solara.v.Html(tag=tag, class_=" ".join(classes), children=[text])
