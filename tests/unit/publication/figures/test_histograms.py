"""Figure 2 against its table: what is drawn is read back from the artists, never from pixels."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_rgba

from figure_on_paper import check_print
from npcradiomics.publication.figures.histograms import plot_histograms
from npcradiomics.publication.figures.style import REGION_COLOURS
from npcradiomics.publication.notices import SIMULATED_NOTE

RNG = np.random.default_rng(7)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def intensities(n):
    edges = np.linspace(0, 255, 13)
    return pd.DataFrame(
        {
            "patient": f"REC{k:03d}",
            "region": region,
            "intensity_low": a,
            "intensity_high": b,
            "share": s,
        }
        for k in range(1, n + 1)
        for region in REGION_COLOURS
        for a, b, s in zip(edges[:-1], edges[1:], RNG.dirichlet(np.ones(12)), strict=True)
    )


@pytest.mark.parametrize("n", [1, 5, 14, 60])
def test_histograms_are_the_shares_of_the_table(n):
    table = intensities(n)
    figure = plot_histograms(table, SIMULATED_NOTE)
    assert [axis.get_title() for axis in figure.axes] == list(dict.fromkeys(table["patient"]))
    for axis, (_, one) in zip(figure.axes, table.groupby("patient"), strict=True):
        lines = [patch for patch in axis.patches if patch.get_label() in REGION_COLOURS]
        for patch, (region, colour) in zip(lines, REGION_COLOURS.items(), strict=True):
            part = one[one["region"] == region]
            values, edges, _ = patch.get_data()
            assert np.array_equal(values, 100 * part["share"])
            assert np.array_equal(edges, [*part["intensity_low"], 255.0])
            assert patch.get_edgecolor() == to_rgba(colour)
    check_print(figure)


@pytest.mark.parametrize(("n", "columns"), [(4, 3), (14, 5)])
def test_a_panel_has_the_scale_of_intensities_below_it_or_none_of_it(n, columns):
    figure = plot_histograms(intensities(n), "")
    figure.canvas.draw()
    panels = [axis for axis in figure.axes if axis.get_title()]
    assert len(panels) == n
    for place, axis in enumerate(panels):
        shown = [
            tick.label1.get_text()
            for tick in axis.xaxis.get_major_ticks()
            if tick.label1.get_visible()
            if 0 <= tick.get_loc() <= 255
        ]
        assert shown == ([] if place + columns < n else ["0", "100", "200"]), place


def test_above_sixty_patients_a_row_of_each_heat_map_is_a_patient():
    # Bins of 5 units, the common ones: nothing is split. Patient k has all his voxels of GTVr in
    # bin k mod 51, those of the rest in bin 7: sorted by the shift, the highest bin is on top.
    edges = np.linspace(0, 255, 52)
    place = {"recurrent": lambda k: k % 51, "non_recurrent": lambda k: 7}
    table = pd.concat(
        pd.DataFrame({"patient": f"REC{k:03d}", "region": region, "intensity_low": edges[:-1],
                      "intensity_high": edges[1:], "share": np.arange(51) == place[region](k)})
        for k in range(100)
        for region in REGION_COLOURS
    ).astype({"share": float})  # fmt: skip
    figure = plot_histograms(table, SIMULATED_NOTE)
    left, right = (
        next(c for c in axis.collections if isinstance(c, QuadMesh)).get_array()
        for axis in figure.axes[:2]
    )
    order = sorted(range(100), key=lambda k: -(k % 51))
    np.testing.assert_allclose(left, 100 * np.eye(51)[[k % 51 for k in order]], atol=1e-9)
    np.testing.assert_allclose(right, 100 * np.eye(51)[[7] * 100], atol=1e-9)
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == [f"REC{k:03d}" for k in order[::2]]
    check_print(figure)


@pytest.mark.parametrize(
    ("shares", "common"),
    [
        # 3 bins of 85 units are 17 common ones each; 2 bins of 127.5 part the 26th in halves.
        ([0.2, 0.5, 0.3], np.repeat([20 / 17, 50 / 17, 30 / 17], 17)),
        ([0.6, 0.4], [*[60 / 25.5] * 25, 30 / 25.5 + 20 / 25.5, *[40 / 25.5] * 25]),
    ],
)
def test_bins_of_a_patient_give_the_common_ones_as_much_as_their_width_says(shares, common):
    edges = np.linspace(0, 255, len(shares) + 1)
    one = {"intensity_low": edges[:-1], "intensity_high": edges[1:], "share": shares}
    table = pd.concat(
        pd.DataFrame(one | {"patient": f"P{k}", "region": region})
        for k in range(61)
        for region in REGION_COLOURS
    )
    axis = plot_histograms(table, "").axes[0]
    np.testing.assert_allclose(axis.collections[0].get_array(), np.tile(common, (61, 1)))
