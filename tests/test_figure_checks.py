"""Every rule for figures catches a figure that breaks it, and lets a good one pass."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from figure_checks import RULES, check, faults
from matplotlib.lines import Line2D

from sim.figures.style import STYLE, bar_look, colour, crop_year_axis, legend, line_look, plain, point_look, sheet

META = {"stem": "made_up", "run_id": "20260101T000000Z-01234567-abcd", "draws": 3, "scenario": {"title": "Made up"}}
YEARS = ["1984/85", "1985/86", "1986/87"]


def good(panels: int = 1):
    """A figure without a fault: two lines, crop years, prices with their unit, a legend beside the panel."""
    with mpl.rc_context(STYLE):
        figure, axes = sheet(META, "Prices", [2.5] * panels)
        for panel in axes[:, 0]:
            for position, name in enumerate(("Japan", "Offshore")):
                panel.plot([0.5, 1.5, 2.5], np.array([120, 140, 130]) + 9 * position, **line_look(position), label=name)
            panel.set_title("Feed")
            panel.set_ylabel(plain("Price (C$/t)"))
            crop_year_axis(panel, YEARS, labelled=panel is axes[-1, 0])
            legend(panel)
    return figure, axes[0, 0]


def broken(change, panels: int = 1) -> dict[str, list[str]]:
    figure, panel = good(panels)
    with mpl.rc_context(STYLE):
        change(figure, panel)
    return faults(figure, META["run_id"])


def test_a_good_figure_passes():
    check(good(2)[0], META["run_id"])


def test_a_fault_fails_the_check_with_all_its_words():
    figure, panel = good()
    panel.set_ylabel("")
    with pytest.raises(AssertionError, match=r"(?s)labels: 'Feed': the y axis .* has no label.*units: 'Feed'"):
        check(figure)


def no_title(figure, panel):
    figure.suptitle("")


def no_footer(figure, panel):
    figure.texts[-1].set_text("Drawn by hand.")


def another_run(figure, panel):
    figure.texts[-1].set_text("Scenario: made_up (Made up) · run 20250101T000000Z-76543210-dcba · 3 draws")


def nothing_drawn(figure, panel):
    panel.clear()


def only_missing_values(figure, panel):
    for line in panel.lines:
        line.set_ydata([np.nan] * 3)


def only_a_guide(figure, panel):
    for line in list(panel.lines):
        line.remove()
    panel.axhline(125)


def no_label(figure, panel):
    panel.set_ylabel("")


def no_label_of_crop_years(figure, panel):
    panel.set_xlabel("")


def label_of_a_panel_with_other_ticks(figure, panel):
    figure.axes[0].set(xlabel="", xticks=[0, 1, 2], xticklabels=["1", "2", "3"])
    figure.axes[1].set(xlabel="Place (number)", xticks=[0, 1, 2], xticklabels=["4", "5", "6"])


def no_unit(figure, panel):
    panel.set_ylabel("Price")


def words_for_a_unit(figure, panel):
    panel.set_ylabel("Price (median)")


def no_unit_across(figure, panel):
    panel.set_xticks([0, 1, 2], ["1,000", "2,000", "3,000"])
    panel.set_xlabel("Tonnage")


def tiny_letters(figure, panel):
    panel.text(1, 135, "see here", fontsize=6.5)


def tiny_ticks(figure, panel):
    panel.tick_params(axis="y", labelsize=6)


def beyond_the_figure(figure, panel):
    figure.text(0.99, 0.5, "as far as it goes")


def beyond_the_panel(figure, panel):
    panel.text(2.9, 125, "as far as it goes", clip_on=True)


def legend_beyond_the_figure(figure, panel):
    handles, names = panel.get_legend_handles_labels()
    figure.legend(handles, names, loc="lower left", bbox_to_anchor=(0.97, 0.5))


def table_beyond_the_figure(figure, panel):
    panel.table([["1", "2"]], bbox=[0.9, 0.5, 0.5, 0.2])


def text_on_text(figure, panel):
    panel.text(1, 135, "one text")
    panel.text(1.02, 135, "another")


def note_on_note(figure, panel):
    panel.annotate("peak", (1.5, 140), (1.5, 142))
    panel.annotate("turn", (1.5, 140), (1.52, 142))


def ticks_on_the_title(figure, panel):
    panel.tick_params(axis="x", labelbottom=False, labeltop=True)
    panel.set_title("Feed barley, all markets, every month of the crop year", y=1.0, pad=0)


def slanted_on_slanted(figure, panel):
    panel.text(1.0, 125, "a long slanted label", rotation=30)
    panel.text(1.02, 125.5, "a long slanted label too", rotation=30)


def crowded_ticks(figure, panel):
    panel.set_xticks(np.linspace(0, 3, 40), [f"{1900 + i}/{i:02d}" for i in range(40)])


def legend_on_lines(figure, panel):
    panel.legend(loc="center", bbox_to_anchor=(0.5, 0.5))


def legend_on_points(figure, panel):
    panel.scatter(np.linspace(0.1, 2.9, 40), np.full(40, 148.0), color=colour(3))
    panel.legend(loc="upper right")


def legend_on_bars(figure, panel):
    panel.bar([0.5, 1.5, 2.5], [150] * 3, **bar_look(2))
    panel.legend(loc="lower left")


def legend_on_another_panel(figure, panel):
    panel.legend(loc="center", bbox_to_anchor=(0.5, -0.9))


def bare_dollars(figure, panel):
    panel.set_title("Bonus of US$ 10, which is C$ 13")


def same_dash(figure, panel):
    """Vermillion and green, solid both."""
    for position, line in enumerate(panel.lines):
        line.set(color=colour(1 + position), linestyle="-")


def same_bars(figure, panel):
    for position in (1, 2):
        panel.bar([position], [130], color=colour(position), label=f"bar {position}")


def same_points(figure, panel):
    for position in (1, 2):
        panel.plot([1, 2], [125 + position] * 2, "o", color=colour(position), label=f"points {position}")


def same_scatter(figure, panel):
    for position in (1, 2):
        panel.scatter([1, 2], [125 + position] * 2, color=colour(position), label=f"points {position}")


def same_in_a_legend_of_the_figure(figure, panel):
    handles = [Line2D([], [], color=colour(position), label=f"line {position}") for position in (1, 2)]
    figure.legend(handles=handles, loc="outside upper right")


BAD = {
    "title": [no_title],
    "footer": [no_footer, another_run],
    "empty": [nothing_drawn, only_missing_values, only_a_guide],
    "labels": [no_label, no_label_of_crop_years, label_of_a_panel_with_other_ticks],
    "units": [no_unit, words_for_a_unit, no_unit_across],
    "small": [tiny_letters, tiny_ticks],
    "clipped": [beyond_the_figure, beyond_the_panel, legend_beyond_the_figure, table_beyond_the_figure],
    "overlap": [text_on_text, note_on_note, ticks_on_the_title, slanted_on_slanted, crowded_ticks],
    "covered": [legend_on_lines, legend_on_points, legend_on_bars, legend_on_another_panel],
    "formulas": [bare_dollars],
    "greyscale": [same_dash, same_bars, same_points, same_scatter, same_in_a_legend_of_the_figure],
}


@pytest.mark.parametrize(("rule", "change"), [(rule, change) for rule, every in BAD.items() for change in every])
def test_a_broken_figure_is_caught(rule, change):
    two = (legend_on_another_panel, label_of_a_panel_with_other_ticks)
    found = broken(change, panels=2 if change in two else 1)
    assert rule in found, f"{change.__name__} passed; found {found}"


def test_every_rule_has_a_broken_figure():
    assert list(BAD) == list(RULES)


def one_more_panel_in_words(figure, panel):
    panel.set_xticks([0.5, 1.5, 2.5], ["Japan", "Brazil", "Korea"])
    panel.set_xlabel("")


def unit_in_the_title(figure, panel):
    panel.set_title("Feed, C\\$/t")
    panel.set_ylabel("Price")


def steep_slanted_labels(figure, panel):
    for place in (0.5, 1.0, 1.5):
        panel.text(place, 125, "a slanted label", rotation=40)


def one_label_for_the_same_ticks(figure, panel):
    for place, axes in enumerate(figure.axes):
        axes.set(xlabel="Place (number)" if place else "", xticks=[0, 1, 2], xticklabels=["1", "2", "3"])


def dollars_of_a_title(figure, panel):
    panel.set_title(plain("Feed at C$ 13 or US$ 10"))


def other_dashes_markers_hatches(figure, panel):
    for position in range(1, 9):
        panel.bar([0.2 * position], [130], 0.1, **bar_look(position), label=f"bar {position}")
        panel.plot([1, 2], [125 + position] * 2, **point_look(position), label=f"point {position}")
    for position in range(2, 8):  # the first two are drawn
        panel.plot([1, 2], [145 + position] * 2, **line_look(position), label=f"line {position}")


def solid_but_darker(figure, panel):
    for shade, line in zip(("#000000", "#AAAAAA"), panel.lines, strict=True):
        line.set(color=shade, linestyle="-")


@pytest.mark.parametrize(
    "change",
    [one_more_panel_in_words, unit_in_the_title, steep_slanted_labels, one_label_for_the_same_ticks, dollars_of_a_title,
     other_dashes_markers_hatches, solid_but_darker],
)  # fmt: skip
def test_what_a_reader_can_read_passes(change):
    assert broken(change, panels=2 if change is one_label_for_the_same_ticks else 1) == {}


def test_lines_of_the_style_sheet_differ_up_to_thirty_two():
    looks = [str(line_look(position)) for position in range(32)]
    assert len(set(looks)) == 32
