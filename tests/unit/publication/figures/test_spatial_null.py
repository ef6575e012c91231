"""Figures 6 and 8 against their tables: what is drawn is read back from the artists, never from pixels."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import StepPatch

import null_example as example
from figure_on_paper import check_print, texts
from npcradiomics.publication.figures import spatial_null
from npcradiomics.publication.figures.ranks import plot_ranks
from npcradiomics.publication.figures.spatial_null import (
    control_panels,
    null_panels,
    untested_controls,
)
from npcradiomics.publication.notices import SIMULATED_NOTE
from npcradiomics.spatial_null.comparison import compare_with_null
from npcradiomics.statistics.akram2020 import SEVEN_FEATURES

M = {"n_recombinations": 500, "seed": 3}


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def compared():
    return compare_with_null(
        *example.cohort(14, texture=["GLSZM_GLV"], geometry=["NGTDM_Busyness"]), **M
    )


def test_null_panels_show_shares_statistics_and_limits(compared):
    bins, panels = null_panels(compared.features, compared.distribution, list(SEVEN_FEATURES))
    pages = spatial_null.plot_null(bins, panels, "", SIMULATED_NOTE)
    assert len(pages) == 1
    check_print(pages[0])
    axes = [axis for axis in pages[0].axes if axis.get_visible()]
    assert [axis.get_title().split("\n")[0] for axis in axes] == list(SEVEN_FEATURES)
    row = compared.features.set_index("feature").loc[SEVEN_FEATURES[0]]
    assert axes[0].get_title().split("\n")[1:] == [
        "p, all together < 0.0001"
        if row["p_maxt"] < 1e-4
        else f"p, all together = {row['p_maxt']:.4f}",
        "texture",
    ]
    steps = [patch for patch in axes[0].patches if isinstance(patch, StepPatch)]
    part = compared.distribution.query("null == 'spatial' and name == @SEVEN_FEATURES[0]")
    np.testing.assert_allclose(steps[0].get_data().values, 100 * part["share"])
    lines = sorted(line.get_xdata()[0] for line in axes[0].lines)
    expected = [row["statistic"], -row["critical"], row["critical"], row["surrogate_statistic"]]
    np.testing.assert_allclose(lines, sorted(expected))
    low, high = axes[0].get_xlim()
    assert low < min(lines) and max(lines) < high


def test_forty_seven_panels_take_pages(compared):
    bins, panels = null_panels(
        compared.features, compared.distribution, list(compared.features["feature"])
    )
    pages = spatial_null.plot_null(bins, panels, "No feature is significant", "")
    assert len(pages) == 3
    for page in pages:
        check_print(page)


def test_sentence_and_legend_do_not_cover_each_other(compared):
    bins, panels = null_panels(compared.features, compared.distribution, list(SEVEN_FEATURES))
    figure = spatial_null.plot_null(
        bins,
        panels,
        "No feature is significant; shown are the features of Akram 2020",
        SIMULATED_NOTE,
    )[0]
    check_print(figure)
    sentence = figure._suptitle.get_window_extent()
    boxes = [
        figure.legends[0].get_window_extent(),
        *(a.get_tightbbox() for a in figure.axes if a.get_visible()),
    ]
    assert not any(sentence.overlaps(box) for box in boxes)
    assert not any(figure.legends[0].get_window_extent().overlaps(box) for box in boxes[1:])


def test_without_surrogates_there_is_one_null():
    records, statistics = example.cohort(3)
    for one in records:
        one.surrogate_features = one.surrogate_features[:0]
    found = compare_with_null(records, statistics, **M)
    bins, panels = null_panels(found.features, found.distribution, list(SEVEN_FEATURES))
    figure = spatial_null.plot_null(bins, panels, "", "")[0]
    assert not any("surrogate" in text.get_text() for text in texts(figure))
    assert len(figure.axes[0].lines) == 3


def test_controls_have_a_panel_each_with_both_means(compared):
    bins, panels = control_panels(compared.controls, compared.distribution)
    figure = spatial_null.plot_controls(bins, panels, "")
    check_print(figure)
    axes = [axis for axis in figure.axes if axis.get_visible()]
    assert len(axes) == 5
    dose = panels.iloc[:1].assign(name=spatial_null.DOSE)
    assert "together" not in spatial_null._control_title(dose.iloc[0])
    row = compared.controls.iloc[0]
    lines = [
        f"GTVr {row['mean_observed']:.2f}, draws {row['mean_draws']:.2f}",
        f"p, all together = {row['p_maxt']:.4f}",
    ]
    assert axes[0].get_title().split("\n") == ["depth in the tumour (mm)", *lines]


def test_a_control_without_a_panel_is_named_as_the_panels_are(compared):
    controls = compared.controls.copy()
    controls.loc[controls["covariate"] == "height_mm", ["p", "note"]] = (
        None,
        "the same in all draws",
    )
    untested = dict(one.split(": ") for one in untested_controls(controls))
    assert untested["height (mm)"] == "the same in all draws" and "sphericity" not in untested


def test_nobody_drawn_is_said_in_every_picture():
    found = compare_with_null(*example.nothing_drawn(3), **M)
    verdicts = dict(zip(found.features["feature"], found.features["verdict"], strict=True))
    bins, panels = null_panels(found.features, found.distribution, list(SEVEN_FEATURES))
    figures = [
        spatial_null.plot_null(bins, panels, "", SIMULATED_NOTE)[0],
        plot_ranks(found.ranks, verdicts, SIMULATED_NOTE),
    ]
    figures.append(
        spatial_null.plot_controls(
            *control_panels(found.controls, found.distribution), SIMULATED_NOTE
        )
    )
    for figure in figures:
        check_print(figure)
        words = " ".join(" ".join(text.get_text().split()) for text in texts(figure))
        assert "No patient has draws: there is nothing to show" in words and "Simulated" in words
