"""Figures against their tables: what is drawn is read back from the artists, never from pixels."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import QuadMesh
from matplotlib.text import Annotation, Text

from figure_on_paper import check_print
from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.publication.figures import heterogeneity
from npcradiomics.publication.figures.style import SMALL_TYPE
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
        for region in heterogeneity.REGIONS
        for a, b, s in zip(edges[:-1], edges[1:], RNG.dirichlet(np.ones(12)), strict=True)
    )


@pytest.mark.parametrize("n", [5, 14, 60])
def test_histograms_are_the_shares_of_the_table(n):
    table = intensities(n)
    drawn = heterogeneity.draw_histograms(table, SIMULATED_NOTE)
    assert len(drawn) == 1
    axes = [axis for page in drawn for axis in page.axes if axis.get_visible()]
    assert [axis.get_title() for axis in axes] == list(dict.fromkeys(table["patient"]))
    for axis, (_, one) in list(zip(axes, table.groupby("patient"), strict=True))[:: max(1, n // 5)]:
        lines = [
            patch
            for patch in axis.patches
            if patch.get_label() in heterogeneity.REGION_LABELS.values()
        ]
        for patch, region in zip(lines, heterogeneity.REGIONS, strict=True):
            part = one[one["region"] == region]
            values, edges, _ = patch.get_data()
            assert np.array_equal(values, 100 * part["share"])
            assert np.array_equal(edges, [*part["intensity_low"], 255.0])
    check_print(drawn[0])


@pytest.mark.parametrize(("n", "pages"), [(61, [61]), (100, [96, 4])])
def test_histograms_of_many_patients_are_dense_pages_of_the_same_shares(n, pages):
    table = intensities(n)
    drawn = heterogeneity.draw_histograms(table, SIMULATED_NOTE)
    patients = iter(dict.fromkeys(table["patient"]))
    for page, count in zip(drawn, pages, strict=True):
        (axis,) = page.axes
        titles, numbers, _ = axis.findobj(heterogeneity._Words)
        lines = [
            patch.get_path()
            for patch in axis.patches
            if patch.get_label() in heterogeneity.REGION_LABELS.values()
        ]
        corners = [
            path.vertices[path.codes != path.CLOSEPOLY].reshape(count, -1, 2) for path in lines
        ]
        assert len(titles.words) == len(numbers.words) == count
        for k in range(count):
            patient = next(patients)
            one = table[table["patient"] == patient]
            highest = one["share"].max()
            assert (titles.words[k], numbers.words[k]) == (patient, f"{100 * highest:.0f} %")
            for region, outlines in zip(heterogeneity.REGIONS, corners, strict=True):
                # The panel: 0.92 wide for 0 to 255, 0.7 high for 0 to the highest share, in its
                # place of six a row.
                x, y = (outlines[k] - [k % 6, -1 - k // 6]).T / [[0.92 / 255], [0.7 / highest]]
                part = one[one["region"] == region]
                assert np.allclose(
                    x, np.repeat([*part["intensity_low"], 255], 2), rtol=0, atol=1e-10
                )
                assert np.allclose(y, [0, *np.repeat(part["share"], 2), 0], rtol=0, atol=1e-12)
        check_print(page)


class Typewriter(RendererBase):
    """A renderer 100 pixels high whose letters are 2 pixels wide, and that remembers what it was to draw."""

    def __init__(self, downwards):
        super().__init__()
        self.drawn, self.downwards = [], downwards

    def flipy(self):
        return self.downwards

    def get_canvas_width_height(self):
        return 200, 100

    def get_text_width_height_descent(self, words, font, ismath):
        return 2 * len(words), 5, 1

    def draw_text(self, gc, x, y, words, font, angle):
        assert font.get_size_in_points() == SMALL_TYPE
        self.drawn.append((x, y, words))


@pytest.mark.parametrize("downwards", [False, True])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_words_stand_at_their_places(share, downwards):
    words = heterogeneity._Words(["Ägypt_7", "$12$"], [10, 30], [20, 60], left_of_place=share)
    renderer = Typewriter(downwards)
    words.draw(renderer)
    y = [80, 40] if downwards else [20, 60]
    assert renderer.drawn == [(10 - 14 * share, y[0], "Ägypt_7"), (30 - 8 * share, y[1], "$12$")]


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
    figure = heterogeneity.draw_correlations(table, "", SIMULATED_NOTE)
    mesh = figure.axes[0].findobj(QuadMesh)[0]
    assert np.array_equal(
        ~np.ma.getmaskarray(mesh.get_array()), (table["p"] < 0.05).to_numpy().reshape(k, k)
    )
    assert np.ma.allequal(mesh.get_array(), table["r"].to_numpy().reshape(k, k))
    cells = [text.get_text() for text in figure.axes[0].texts]
    assert len(cells) == (k * k if numbers else 0)
    if numbers:
        printed = [float(cell.replace("\N{MINUS SIGN}", "-")) for cell in cells]
        assert np.abs(np.array(printed) - table["r"]).max() <= 0.005 + 1e-12
    check_print(figure)


def test_a_missing_correlation_is_said():
    table = correlations(3)
    table.loc[[1, 3], ["r", "p"]] = np.nan
    figure = heterogeneity.draw_correlations(table, "Only one is significant", "")
    assert [text.get_text() for text in figure.axes[0].texts].count("NA") == 2
    assert np.ma.getmaskarray(figure.axes[0].findobj(QuadMesh)[0].get_array()).sum() >= 2


def boxes(k, n):
    patients = [f"P{i}" for i in range(n)]
    return pd.DataFrame(
        {"feature": d.feature, "unit": d.unit, "test": "wilcoxon" if i % 2 else "t", "p": 10.0**-i, "patient": p,
         "region": region, "value": RNG.lognormal() * 10.0 ** (i % 9 - 5)}
        for i, d in enumerate(DEFINITIONS[:k])
        for p in patients
        for region in heterogeneity.REGIONS
    )  # fmt: skip


@pytest.mark.parametrize(("k", "n", "pages"), [(2, 3, 1), (7, 14, 1), (30, 14, 2), (3, 250, 1)])
def test_boxes_show_every_patient_of_every_feature(k, n, pages):
    table = boxes(k, n)
    drawn = heterogeneity.draw_boxes(table, "", SIMULATED_NOTE)
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
        assert len(lines.get_paths()) <= 100
        pairs = np.vstack([path.vertices.reshape(-1, 3, 2) for path in lines.get_paths()])
        assert np.array_equal(pairs[:, :2, 1], wide[["recurrent", "non_recurrent"]])
        assert (pairs[:, :2, 0] == [0, 1]).all() and np.isnan(pairs[:, 2]).all()
        title, p = axis.get_title().split("\n")
        assert title == feature and p.endswith("^") == (one["test"].iloc[0] == "wilcoxon")
    check_print(drawn[0])


def test_boxes_of_thousands_show_the_same_points_and_some_of_the_lines():
    n = 1203
    table = boxes(2, n)
    (page,) = heterogeneity.draw_boxes(table, "", SIMULATED_NOTE)
    assert "lines: at most 500 of 1,203 patients" in [
        text.get_text() for text in page.findobj(Text)
    ]
    for axis, (_, one) in zip(page.axes, table.groupby("feature", sort=False), strict=True):
        wide = one.set_index(["patient", "region"])["value"].unstack()
        points = {
            line.get_marker(): np.asarray(line.get_ydata())
            for line in axis.lines
            if line.get_marker() in ("o", "^")
        }
        for marker, region in zip("o^", heterogeneity.REGIONS, strict=True):
            values, drawn = wide[region].to_numpy(), points[marker]
            assert set(drawn) <= set(values) and len(drawn) <= heterogeneity.POINT_STEPS + 1
            assert (drawn.min(), drawn.max()) == (values.min(), values.max())
            # 30 mm high with 5 % of margin above and below: none is further from a drawn one than
            # 0.06 mm.
            away = np.abs(values[:, None] - drawn).min(axis=1).max()
            assert 30 * away / np.ptp(axis.get_ylim()) < 0.06
        (lines,) = axis.collections
        pairs = np.vstack([path.vertices.reshape(-1, 3, 2) for path in lines.get_paths()])[:, :2, 1]
        pairs = pd.DataFrame(pairs, columns=["recurrent", "non_recurrent"])
        joined = np.flatnonzero(wide["recurrent"].isin(pairs["recurrent"]))
        assert (
            np.array_equal(wide[["recurrent", "non_recurrent"]].iloc[joined], pairs)
            and len(pairs) == 500
        )
        assert set(np.diff(joined)) == {2, 3}
    check_print(page)


def test_equal_values_of_thousands_are_one_point():
    table = boxes(1, 600).assign(value=3.0)
    axis = heterogeneity.draw_boxes(table, "", "")[0].axes[0]
    points = [set(line.get_ydata()) for line in axis.lines if line.get_marker() in ("o", "^")]
    assert points == [{3.0}, {3.0}]


def test_axis_numbers_times_the_power_in_the_label_are_the_values():
    axis = heterogeneity.draw_boxes(boxes(6, 5), "", "")[0].axes[5]
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
    assert heterogeneity.unit_words(unit) == words


def test_every_unit_of_the_definitions_is_printable():
    assert not {d.unit for d in DEFINITIONS if set("^*") & set(heterogeneity.unit_words(d.unit))}


@pytest.mark.parametrize("n", [3, 14, 60])
def test_components_are_the_scores_and_labels_hide_nothing(n):
    table = pd.DataFrame(
        {"patient": f"REC{k:03d}", "region": region, "PC1": RNG.normal(), "PC2": RNG.normal()}
        for k in range(1, n + 1)
        for region in heterogeneity.REGIONS
    ).assign(PC1_share=0.7149, PC2_share=0.12)
    figure = heterogeneity.draw_components(table, "", SIMULATED_NOTE)
    axis = figure.axes[0]
    drawn = np.vstack([np.asarray(c.get_offsets()) for c in axis.collections])
    assert np.array_equal(
        drawn, table.sort_values("region", ascending=False, kind="stable")[["PC1", "PC2"]]
    )
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
    for i, one in enumerate(extents):
        assert not any(one.x0 < x < one.x1 and one.y0 < y < one.y1 for x, y in points)
        # Half a point of type may be shared: boxes of letters are higher than their ink.
        assert not any(
            min(one.x1, o.x1) - max(one.x0, o.x0) > 1 and min(one.y1, o.y1) - max(one.y0, o.y0) > 3
            for o in extents[:i]
        )
