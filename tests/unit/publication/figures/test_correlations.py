"""Figure 3 against its table: what is drawn is read back from the artists, never from pixels."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import QuadMesh

from figure_on_paper import check_print
from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.publication.figures.correlations import plot_correlations
from npcradiomics.publication.notices import SIMULATED_NOTE

RNG = np.random.default_rng(7)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def correlations(k):
    names = [definition.feature for definition in DEFINITIONS[:k]]
    r = np.corrcoef(RNG.normal(size=(k, 9)))
    return pd.DataFrame(
        {
            "feature_a": a,
            "feature_b": b,
            "n": 9,
            "r": r[i, j],
            "p": 0.0 if i == j else 1 - abs(r[i, j]),
            "note": "",
        }
        for i, a in enumerate(names)
        for j, b in enumerate(names)
    )


@pytest.mark.parametrize(
    ("k", "numbers"), [(2, True), (7, True), (8, True), (21, True), (30, False), (47, False)]
)
def test_correlations_are_coloured_only_below_0_05(k, numbers):
    table = correlations(k)
    figure = plot_correlations(table, "", SIMULATED_NOTE)
    coloured, white = figure.axes[0].findobj(QuadMesh)
    small, r = ((table[name].to_numpy().reshape(k, k)) for name in "pr")
    assert np.array_equal(~np.ma.getmaskarray(coloured.get_array()), small < 0.05)
    assert np.ma.allequal(coloured.get_array(), r)
    # The others are white, and have their numbers too.
    assert np.array_equal(np.ma.getmaskarray(white.get_array()), small < 0.05)
    assert (white.get_facecolors().reshape(k, k, 4)[small >= 0.05] == 1).all()
    cells = {text.get_position(): text.get_text() for text in figure.axes[0].texts}
    assert len(cells) == len(figure.axes[0].texts) == (k * k if numbers else 0)
    for (x, y), cell in cells.items():
        printed = float(cell.replace("\N{MINUS SIGN}", "-"))
        assert abs(printed - r[int(y), int(x)]) <= 0.005 + 1e-12
    check_print(figure)


def test_a_missing_correlation_is_said():
    table = correlations(3)
    table.loc[[1, 3], ["r", "p"]] = np.nan
    figure = plot_correlations(table, "Only one is significant", "")
    assert [text.get_text() for text in figure.axes[0].texts].count("NA") == 2
    assert np.ma.getmaskarray(figure.axes[0].findobj(QuadMesh)[0].get_array()).sum() >= 2
