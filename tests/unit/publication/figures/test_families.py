"""Figure 12, and pages of a figure per sequence."""

import numpy as np
import pandas as pd

from npcradiomics.features.definitions import DEFINITIONS, FEATURES
from npcradiomics.publication.figures.by_sequence import pages_by_sequence
from npcradiomics.publication.figures.families import families_table, plot_families
from npcradiomics.publication.figures.histograms import plot_histograms
from npcradiomics.publication.figures.style import REGION_COLOURS, new_figure, say_selection
from npcradiomics.spatial_null.verdict import GEOMETRY, OPEN, TEXTURE


def tables():
    keys = pd.MultiIndex.from_product([["ce_t1", "adc"], FEATURES], names=["sequence", "feature"])
    table = pd.DataFrame({"n": 14, "dz": np.linspace(-4, 4, 94)}, index=keys).reset_index()
    table.loc[table["sequence"] == "adc", "n"] = 11
    statistics = table.assign(dz_low=table["dz"] - 1, dz_high=table["dz"] + 1)
    tested = table[["sequence", "feature", "n"]].assign(p_maxt=0.5, verdict=OPEN)
    tested.loc[[50, 60], "verdict"] = TEXTURE
    tested.loc[[3, 93], "verdict"] = GEOMETRY
    return statistics, tested.sample(frac=1, random_state=0)


def test_every_family_is_a_panel_with_effect_and_verdict_of_each_sequence():
    statistics, tested = tables()
    table = families_table(statistics, tested)
    figure = plot_families(table, "")
    families = dict.fromkeys(one.family for one in DEFINITIONS)
    panels = figure.axes[: len(families)]
    assert [axis.get_title(loc="left") for axis in panels] == list(families)
    shown = np.vstack([axis.images[0].get_array() for axis in panels])
    np.testing.assert_array_equal(shown, np.linspace(-4, 4, 94).reshape(2, 47).T)
    rows = [label.get_text() for axis in panels for label in axis.get_yticklabels()]
    assert rows == list(FEATURES)
    marks = {
        (axis.get_yticklabels()[int(line.get_ydata()[0])].get_text(), int(line.get_xdata()[0])): line.get_marker()
        for axis in panels for line in axis.lines
    }  # fmt: skip
    assert marks == {
        (FEATURES[3], 0): "s", (FEATURES[46], 1): "s", (FEATURES[3], 1): "o", (FEATURES[13], 1): "o",
    }  # fmt: skip
    columns = [label.get_text() for label in panels[-1].get_xticklabels()]
    assert columns == ["CE T1\nn = 14", "ADC\nn = 11"]


def test_one_sequence_keeps_its_figure_and_several_say_theirs():
    pages = [new_figure(3, 2)[0] for _ in range(3)]
    assert pages_by_sequence({"ce_t1": pages}) is pages
    say_selection(pages[2], "No feature is significant")
    several = pages_by_sequence({"ce_t1": pages[:2], "adc": pages[2]})
    assert several == pages
    titles = [page.get_suptitle() for page in several]
    assert titles == ["CE T1", "CE T1", "ADC. No feature is significant"]


def test_the_sequence_does_not_lie_over_the_legend():
    bins = pd.DataFrame({"intensity_low": [0.0, 128], "intensity_high": [128, 255], "share": 0.5})
    regions = pd.MultiIndex.from_product([["A", "B"], REGION_COLOURS], names=["patient", "region"])
    table = regions.to_frame(index=False).merge(bins, how="cross")
    figure, _ = pages_by_sequence({name: plot_histograms(table, "") for name in ("ce_t1", "adc")})
    figure.draw_without_rendering()
    (title,) = (text for text in figure.texts if text.get_text() == "CE T1")
    (legend,) = figure.legends
    assert not title.get_window_extent().overlaps(legend.get_window_extent())
