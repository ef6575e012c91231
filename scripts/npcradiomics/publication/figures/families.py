"""Figure 12: effect and verdict of every feature by sequence, family by family."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from npcradiomics.cohort.sequences import label_of
from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.publication.figures.style import (
    COLUMN_WIDTH,
    CORRELATION_COLOURS,
    MM,
    PAGE_WIDTH,
    new_figure,
    say_notice,
)
from npcradiomics.spatial_null.verdict import GEOMETRY, TEXTURE

ON_DARK = [withStroke(linewidth=1.8, foreground="white")]
MOST_DZ = 3.0  # the scale's ends, as in Figure 11
LABEL_MM, CELL_MM, ROW_MM = 45, 14, 3.4
MARKS = {
    TEXTURE: {"marker": "o", "ms": 3.4, "color": "black"},
    GEOMETRY: {"marker": "s", "ms": 3.4, "markerfacecolor": "none", "color": "black"},
}


def families_table(statistics: pd.DataFrame, tested: pd.DataFrame) -> pd.DataFrame:
    """What Figure 12 draws: sequence, family, feature, n, dz with its interval, n_null, p_maxt, verdict.

    Parameters
    ----------
    statistics : DataFrame
        cohort/statistics.tsv.
    tested : DataFrame
        cohort/spatial_null.tsv, whose n is of the patients with draws.
    """
    family = {one.feature: one.family for one in DEFINITIONS}
    table = statistics[["sequence", "feature", "n", "dz", "dz_low", "dz_high"]]
    table = table.merge(
        tested[["sequence", "feature", "n", "p_maxt", "verdict"]],
        on=["sequence", "feature"],
        suffixes=("", "_null"),
        validate="one_to_one",
    )
    table.insert(1, "family", table["feature"].map(family))
    return table


def plot_families(table: pd.DataFrame, notice: str) -> Figure:
    """Plot Figure 12: a heat map per family, a row per feature, a column per sequence.

    Parameters
    ----------
    table : pandas.DataFrame
        Of `families_table`.
    notice : str
        Words that the picture must say, or "".

    Returns
    -------
    matplotlib.figure.Figure
    """
    sequences = list(dict.fromkeys(table["sequence"]))
    families = {name: list(dict.fromkeys(own["feature"])) for name, own in table.groupby("family", sort=False)}  # fmt: skip
    rows = [len(names) for names in families.values()]
    wanted = (LABEL_MM + CELL_MM * len(sequences)) * MM
    width = min(max(wanted, COLUMN_WIDTH), PAGE_WIDTH)
    height = (ROW_MM * sum(rows) + 9 * len(rows) + 24) * MM
    ratios = {"height_ratios": rows}
    figure, axes = new_figure(width, height, nrows=len(rows), squeeze=False, gridspec_kw=ratios)
    cells = table.set_index(["feature", "sequence"])
    for axis, (family, names) in zip(axes.flat, families.items(), strict=True):
        dz = cells["dz"].unstack().reindex(index=names, columns=sequences).to_numpy(float)
        image = axis.imshow(
            dz, cmap=CORRELATION_COLOURS, vmin=-MOST_DZ, vmax=MOST_DZ, aspect="auto"
        )
        axis.set_facecolor("0.8")
        axis.set_title(family, loc="left", fontweight="bold")
        axis.set_yticks(range(len(names)), names)
        axis.set_xticks([])
        axis.spines[:].set_visible(False)
        axis.tick_params(length=0, pad=2)
        for y, x in np.ndindex(dz.shape):
            mark = MARKS.get(cells.loc[(names[y], sequences[x]), "verdict"])
            if mark:
                axis.plot(x, y, ls="", path_effects=ON_DARK, **mark)
    n = table.groupby("sequence")["n"].max()
    axes.flat[-1].set_xticks(
        range(len(sequences)), [f"{label_of(name)}\nn = {n[name]}" for name in sequences]
    )
    bar = figure.colorbar(image, ax=axes, location="bottom", aspect=30, pad=0.01, extend="both")
    bar.set_label("dz, GTVr minus GTVnr")
    bar.outline.set_linewidth(0.4)
    handles = [plt.Line2D([], [], ls="", label=word, **mark) for word, mark in MARKS.items()]
    figure.legend(handles=handles, loc="outside upper center", ncols=1)
    say_notice(figure, notice)
    return figure
