"""Figure 4 against its table: what is drawn is read back from the artists, never from pixels."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from figure_on_paper import check_print
from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.publication.figures.boxes import plot_boxes, unit_words
from npcradiomics.publication.figures.style import REGION_COLOURS
from npcradiomics.publication.notices import SIMULATED_NOTE

RNG = np.random.default_rng(7)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def boxes(k, n):
    patients = [f"P{i}" for i in range(n)]
    return pd.DataFrame(
        {"feature": d.feature, "unit": d.unit, "test": "wilcoxon" if i % 2 else "t", "p": 10.0**-i, "patient": p,
         "region": region, "value": RNG.lognormal() * 10.0 ** (i % 9 - 5)}
        for i, d in enumerate(DEFINITIONS[:k])
        for p in patients
        for region in REGION_COLOURS
    )  # fmt: skip


@pytest.mark.parametrize(("k", "n", "pages"), [(2, 3, 1), (7, 14, 1), (30, 14, 2), (3, 250, 1)])
def test_boxes_show_every_patient_of_every_feature(k, n, pages):
    table = boxes(k, n)
    drawn = plot_boxes(table, "", SIMULATED_NOTE)
    assert len(drawn) == pages
    axes = [axis for page in drawn for axis in page.axes if axis.get_visible()]
    for axis, (feature, one) in zip(axes, table.groupby("feature", sort=False), strict=True):
        wide = one.set_index(["patient", "region"])["value"].unstack()
        points = {
            line.get_marker(): line.get_ydata()
            for line in axis.lines
            if line.get_linestyle() == "None"
        }
        assert np.array_equal(points["o"], wide["recurrent"]) and np.array_equal(
            points["^"], wide["non_recurrent"]
        )
        (lines,) = axis.collections
        pairs = np.array([path.vertices for path in lines.get_paths()])
        assert np.array_equal(pairs[..., 1], wide[["recurrent", "non_recurrent"]])
        assert (pairs[..., 0] == [0, 1]).all()
        quartiles = wide[["recurrent", "non_recurrent"]].quantile([0.25, 0.75]).to_numpy().T
        for box, (low, high) in zip(axis.patches, quartiles, strict=True):
            y = box.get_path().vertices[:, 1]
            assert (y.min(), y.max()) == pytest.approx((low, high))
        title, p = axis.get_title().split("\n")
        assert title == feature and p.endswith("^") == (one["test"].iloc[0] == "wilcoxon")
    check_print(drawn[0])


def test_axis_numbers_times_the_power_in_the_label_are_the_values():
    axis = plot_boxes(boxes(6, 5), "", "")[0].axes[5]
    axis.figure.draw_without_rendering()
    # DEFINITIONS[5] has values about 1, in units of one; the first has 1e-5.
    first = axis.figure.axes[0]
    power = {"⁻⁵": 1e-5, "⁻⁶": 1e-6, "⁻⁴": 1e-4}[first.get_ylabel().split()[0].removeprefix("×10")]
    for tick, label in zip(first.get_yticks(), first.get_yticklabels(), strict=True):
        assert float(label.get_text().replace("\N{MINUS SIGN}", "-")) * power == pytest.approx(
            tick, abs=power * 1e-6
        )
    assert not axis.get_ylabel().startswith("×")


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("1", "(no unit)"),
        ("image^2", "intensity²"),
        ("1 / level", "level⁻¹"),
        ("1 / voxel^2", "voxel⁻²"),
        ("1 / (level voxel)^2", "(level voxel)⁻²"),
        ("(voxel / level)^2", "(voxel/level)²"),
        ("level^2 / Ng^2", "level²/Ng²"),
        ("level / Ng^2", "level/Ng²"),
        ("level^3", "level³"),
        ("bit", "bit"),
    ],
)
def test_units_in_print(unit, words):
    assert unit_words(unit) == words


def test_every_unit_of_the_definitions_is_printable():
    assert not {d.unit for d in DEFINITIONS if set("^*") & set(unit_words(d.unit))}
