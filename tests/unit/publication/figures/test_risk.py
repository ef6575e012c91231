"""Figure 13 against its table and its maps: what is drawn is read back from the artists, never from pixels."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk

from figure_on_paper import check_print, texts
from npcradiomics.publication.figures.risk import cut_map, plot_risk
from npcradiomics.publication.notices import SIMULATED_NOTE


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def example_map():
    """A GTV of slices 1 to 3 whose risk is its slice's number / 10; GTVr is largest in slice 2, and beyond the GTV in slice 4."""
    risk, gtvr = np.zeros((6, 20, 20), np.float32), np.zeros((6, 20, 20), np.uint8)
    for z in (1, 2, 3):
        risk[z, 4:16, 4:16] = z / 10
    gtvr[1, 5:8, 5:8] = gtvr[2, 5:12, 5:12] = 1
    gtvr[4, 2:18, 2:18] = 1
    images = sitk.GetImageFromArray(risk), sitk.GetImageFromArray(gtvr)
    for image in images:
        image.SetSpacing((1.0, 1.0, 3.0))
    return cut_map(*images)


BAND = ("null_low", "null_high")


def curves():
    rows = [
        {"target": "drawn", "n": 2, "map": name, "percent": x, "mean": y}
        | dict(zip(BAND, (y - 0.1, y + 0.1) if name == "model" else (np.nan, np.nan), strict=True))
        for name, factor in (("model", 1.0), ("depth", 0.8), ("random", 0.5))
        for x, y in ((0, 0.1), (20, 0.5 * factor), (100, 0.9))
    ]
    return pd.DataFrame(rows)


def lines_of(panel):
    return {
        line.get_label(): line.get_ydata().tolist() for line in panel.lines if len(line.get_xdata())
    }


def test_maps_show_the_slice_with_most_recurrence_in_the_gtv_and_curves_their_table():
    (page,) = plot_risk({"P1": example_map(), "P2": example_map()}, curves(), SIMULATED_NOTE)
    page.draw_without_rendering()
    shown = [axis for axis in page.axes if axis.get_title() in ("P1", "P2")]
    assert len(shown) == 2
    for axis in shown:
        values = axis.images[0].get_array()
        assert set(values.compressed().tolist()) == {np.float32(0.2)}  # slice 2
        assert values.count() == 12 * 12  # the GTV alone
        assert axis.images[0].get_clim() == (0, 1)
    (panel,) = (axis for axis in page.axes if axis.get_xlabel().startswith("boost volume"))
    drawn = lines_of(panel)
    assert drawn["risk map"] == [10, 50, 90]
    assert drawn["depth alone"] == [10, 40, 90]
    (band,) = panel.collections
    assert band.get_paths()[0].vertices[:, 1].max() == pytest.approx(100)
    assert SIMULATED_NOTE in [text.get_text() for text in texts(page)]
    check_print(page)


def test_what_is_scored_within_the_error_stands_beside_it_for_every_map():
    sharp = curves()
    within = sharp.assign(target="within_error", n=1, mean=sharp["mean"] / 2)
    within[[*BAND]] = np.nan
    (page,) = plot_risk({"P1": example_map()}, pd.concat([sharp, within]), "")
    panels = [axis for axis in page.axes if axis.get_xlabel().startswith("boost volume")]
    assert [axis.get_title() for axis in panels] == [
        "GTVr as drawn (n = 2)",
        "GTVr within the registration's error (n = 1)",
    ]
    left, right = map(lines_of, panels)
    assert left["depth alone"] == [10, 40, 90] and right["depth alone"] == [5, 20, 45]
    assert list(left) == list(right)
    assert [len(axis.collections) for axis in panels] == [1, 0]
    check_print(page)


def test_more_maps_than_a_page_holds_go_on_further_pages():
    maps = {f"P{k}": example_map() for k in range(19)}
    pages = plot_risk(maps, curves(), "")
    titles = [{axis.get_title() for axis in page.axes} & set(maps) for page in pages]
    assert [len(names) for names in titles] == [18, 1]
    assert set().union(*titles) == set(maps)


def test_a_map_keeps_its_slice_and_lets_its_volume_go():
    shown = example_map()
    for part in (shown.risk, shown.gtvr):
        assert part.base is None and part.shape == (20, 20)
    assert shown.size_mm == (20, 20)
