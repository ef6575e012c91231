"""Figure 5 against its table: what is drawn is read back from the artists, never from pixels."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba
from matplotlib.text import Annotation

from figure_on_paper import check_print
from npcradiomics.publication.figures.components import plot_components
from npcradiomics.publication.figures.style import REGION_COLOURS
from npcradiomics.publication.notices import SIMULATED_NOTE

RNG = np.random.default_rng(7)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.mark.parametrize("n", [3, 14, 60])
def test_components_are_the_scores_and_labels_hide_nothing(n):
    table = pd.DataFrame(
        {"patient": f"REC{k:03d}", "region": region, "PC1": RNG.normal(), "PC2": RNG.normal()}
        for k in range(1, n + 1)
        for region in REGION_COLOURS
    ).assign(PC1_share=0.7149, PC2_share=0.12)
    figure = plot_components(table, "", SIMULATED_NOTE)
    axis = figure.axes[0]
    (points_drawn,) = axis.collections
    drawn = np.asarray(points_drawn.get_offsets())
    assert np.array_equal(drawn, table[["PC1", "PC2"]])
    colours = [to_rgba(REGION_COLOURS[region]) for region in table["region"]]
    assert np.array_equal(points_drawn.get_facecolors(), colours)
    assert axis.get_xlabel().startswith("PC1 (71 % of variance") and axis.get_ylabel().startswith(
        "PC2 (12 %"
    )
    check_print(figure)
    labels = [text for text in axis.texts if isinstance(text, Annotation)]
    assert len(labels) >= min(2 * n, 20)
    for label in labels:
        nearest = table.loc[
            ((table[["PC1", "PC2"]] - list(label.xy)) ** 2).sum(axis=1).idxmin(), "patient"
        ]
        assert label.get_text() == str(int(nearest[3:]))
    extents = [label.get_window_extent() for label in labels]
    points = axis.transData.transform(drawn)
    for one in extents:
        assert not any(one.x0 < x < one.x1 and one.y0 < y < one.y1 for x, y in points)
