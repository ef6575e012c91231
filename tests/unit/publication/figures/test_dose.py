"""Figure 9 draws its table: curves in the regions' colours, points by class, hollow where borderline."""

import numpy as np
import pandas as pd
from matplotlib.colors import same_color

from npcradiomics.dose.cohort import median_curves
from npcradiomics.publication.figures.dose import CLASS_COLOURS, fig9_data, plot_dose
from npcradiomics.publication.figures.style import REGION_COLOURS

STEPS = np.arange(0.0, 104.5, 0.5)
CLASSES = {"P1": "in field", "P2": "marginal", "P3": "outside"}


def tables():
    curves, figures = [], []
    for k, patient in enumerate(CLASSES):
        for structure, edge in (("gtvr", 100 - 10 * k), ("non_recurrent", 103), ("gtv", 102)):
            volumes = np.clip(100 * (edge + 1 - STEPS), 0, 100)
            curves += [
                [patient, structure, d, v] for d, v in zip(STEPS.tolist(), volumes, strict=True)
            ]
        for quantity, unit, value in (
            ("distance_to_isodose95", "mm", 5.0 - 4 * k),
            ("dose", "% of prescription", 103.0 - 10 * k),
            ("dose", "Gy", 70.0),
        ):
            figures.append([patient, "centroid", quantity, unit, value, value - 1, value + 1])
    columns = ["patient", "structure", "quantity", "unit", "value", "low", "high"]
    failures = pd.DataFrame(
        {"patient": list(CLASSES), "class": CLASSES.values(), "borderline": [False, True, False]}
    )
    curves = pd.DataFrame(
        curves, columns=["patient", "structure", "dose_percent", "volume_percent"]
    )
    return curves, median_curves(curves), pd.DataFrame(figures, columns=columns), failures


def test_table_has_every_curve_and_point():
    table = fig9_data(*tables())
    assert table.groupby("panel").size().to_dict() == {
        "A": 3 * 2 * len(STEPS), "A median": 2 * len(STEPS), "B": 3
    }  # fmt: skip
    point = table[(table["panel"] == "B") & (table["patient"] == "P2")].iloc[0]
    assert point[["group", "x", "y", "x_low", "y_high"]].tolist() == [
        "marginal",
        1.0,
        93.0,
        0.0,
        94.0,
    ]


def test_what_is_drawn_is_the_table():
    figure = plot_dose(fig9_data(*tables()), "")
    left, right = figure.axes
    thick = [line for line in left.lines if line.get_linewidth() == 2.0]
    thin = [line for line in left.lines if line.get_linewidth() == 0.5]
    assert (len(thick), len(thin)) == (2, 6)
    assert {line.get_color() for line in thick} == set(REGION_COLOURS.values())
    assert left.get_xlim()[0] <= 60.0
    markers = [line for line in right.lines if line.get_marker() not in ("None", None, "")]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in markers] == [
        (5.0, 103.0), (1.0, 93.0), (-3.0, 83.0)
    ]  # fmt: skip
    assert all(
        same_color(line.get_color(), CLASS_COLOURS[name])
        for line, name in zip(markers, CLASSES.values(), strict=True)
    )
    assert [line.get_markerfacecolor() == "white" for line in markers] == [False, True, False]
