"""Figures 6 and 8, the spatial null and its negative controls, and the tables that they draw."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from npcradiomics.publication.figures.style import (
    ABOVE_NOTICE,
    COLUMN_WIDTH,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    REGION_COLOURS,
    leave_empty,
    new_figure,
    plot_nothing,
    say_notice,
    say_selection,
)
from npcradiomics.rounding import fixed_text, p_words
from npcradiomics.spatial_null.verdict import DOSE

NULL_COLOURS = {"spatial": "0.55", "surrogate": REGION_COLOURS["non_recurrent"], "control": "0.55"}
NULL_LABELS = {
    "spatial": "spatial null (draws)",
    "surrogate": "surrogate null (textures)",
    "control": "spatial null (draws)",
}
CONTROL_TITLES = {
    "depth_mm": "depth in the tumour (mm)",
    "surface_share": "share of the surface",
    "sphericity": "sphericity",
    "height_mm": "height (mm)",
    "n_slices": "number of slices",
    "largest_piece_voxels": "largest piece (voxels)",
    "mean_dose_percent": "mean dose (% of prescription)",
}
OBSERVED = {
    "spatial": {"color": REGION_COLOURS["recurrent"], "lw": 1.4},
    "surrogate": {"color": NULL_COLOURS["surrogate"], "lw": 1.4, "ls": ":"},
}
OBSERVED["control"] = OBSERVED["spatial"]
LIMIT = {"color": "0.2", "lw": 0.7, "ls": "--"}
PANELS_PER_PAGE = 16
NO_DRAWS = "No patient has draws: there is nothing to show"


def plot_null(
    table: pd.DataFrame, tests: pd.DataFrame, selection_note: str, notice: str
) -> list[Figure]:
    """Plot Figure 6: a panel per feature, the statistic under both nulls and as observed.

    Parameters
    ----------
    table : pandas.DataFrame
        null, name, low, high, share; a row per bin.
    tests : pandas.DataFrame
        null, name, statistic, p_maxt, critical, verdict; a row per null and name.
    selection_note, notice : str
        Words that the picture must say, or "".

    Returns
    -------
    list of matplotlib.figure.Figure
        Pages of `PANELS_PER_PAGE` features.
    """
    return _plot_panels(table, tests, selection_note, notice, _feature_title)


def plot_controls(table: pd.DataFrame, tests: pd.DataFrame, notice: str) -> Figure:
    """Plot Figure 8: a panel per negative control, as `plot_null`.

    Parameters
    ----------
    table, tests : pandas.DataFrame
        As those of `plot_null`, tests with mean_observed and mean_draws and without a verdict.
    notice : str
        Words that the picture must say, or "".

    Returns
    -------
    matplotlib.figure.Figure
    """
    return _plot_panels(table, tests, "", notice, _control_title)[0]


def _plot_panels(table, tests, note, notice, title):
    panels = list(tests.groupby("name", sort=False))
    if table.empty or not panels:
        return [plot_nothing(NO_DRAWS, notice)]
    columns = min(4, len(panels))
    pages = []
    for start in range(0, len(panels), PANELS_PER_PAGE):
        page = panels[start : start + PANELS_PER_PAGE]
        rows = -(-len(page) // columns)
        width, height = PAGE_WIDTH if columns > 2 else COLUMN_WIDTH, 26 * MM + 42 * MM * rows
        grid = {"nrows": rows, "ncols": columns, "squeeze": False}
        figure, axes = new_figure(width, min(height, PAGE_HEIGHT), **grid)
        for axis, (name, own) in zip(axes.flat, page, strict=False):
            _draw_panel(axis, table[table["name"] == name], own)
            axis.set_title(title(own.iloc[0]), x=0.45)
        leave_empty(axes, len(page))
        figure.supylabel("share of recombinations (%)")
        handles = _handles(list(dict.fromkeys(table["null"])))
        below = {"loc": "outside lower center", "borderaxespad": ABOVE_NOTICE}
        figure.legend(handles=handles, ncols=3 if columns > 2 else 1, **below)
        say_selection(figure, note)
        say_notice(figure, notice)
        pages.append(figure)
    return pages


def _draw_panel(axis, table, tests):
    for null, part in table.groupby("null", sort=True):
        edges = np.append(part["low"], part["high"].iloc[-1])
        axis.stairs(100 * part["share"], edges, **_bars(null))
    for row in tests[tests["statistic"].notna()].itertuples():
        axis.axvline(row.statistic, **OBSERVED[row.null])
        if row.null != "surrogate":
            for side in (-1, 1):
                axis.axvline(side * row.critical, **LIMIT)
    reach = max(5.0, 1.08 * np.nanmax(np.abs(tests[["statistic", "critical"]].to_numpy(float))))
    axis.set_xlim(-reach, reach)
    axis.set_xlabel("z of the cohort", labelpad=2)
    axis.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axis.tick_params(length=2, pad=2)


def _bars(null):
    filled = null != "surrogate"
    return {"fill": filled, "color": NULL_COLOURS[null], "lw": 0.9, "alpha": 0.5 if filled else 1}


def _handles(nulls):
    bars = [plt.Rectangle((0, 0), 1, 1, label=NULL_LABELS[null], **_bars(null)) for null in nulls]
    lines = [
        plt.Line2D([], [], label=f"observed, among {among}", **OBSERVED[null])
        for null, among in (("spatial", "draws"), ("surrogate", "surrogates"))
        if null == "spatial" or null in nulls
    ]
    return [*bars, *lines, plt.Line2D([], [], label="limit for all together", **LIMIT)]


def _feature_title(row):
    return f"{row['name']}\np, all together {p_words(row['p_maxt'])}\n{row['verdict']}"


def _control_title(row):
    observed, drawn = (fixed_text(row[key], 2) for key in ("mean_observed", "mean_draws"))
    title = CONTROL_TITLES.get(row["name"], row["name"])
    among = "p" if row["name"] == DOSE else "p, all together"  # a family of its own
    return f"{title}\nGTVr {observed}, draws {drawn}\n{among} {p_words(row['p_maxt'])}"


def null_panels(
    features: pd.DataFrame, distribution: pd.DataFrame, names: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take the tables of Figure 6 from those of the comparison.

    Parameters
    ----------
    features, distribution : pandas.DataFrame
        Those of `spatial_null.comparison.compare_with_null`.
    names : list of str
        Features to show, in their order.

    Returns
    -------
    bins : pandas.DataFrame
        null, name, low, high, share.
    tests : pandas.DataFrame
        null (spatial, surrogate), name, statistic, p, p_maxt, critical, verdict; spatial first.
    """
    shown = features.set_index("feature").loc[names].reset_index(names="name")
    spatial = shown.assign(null="spatial")
    renamed = {f"surrogate_{key}": key for key in ("statistic", "p", "p_maxt", "critical")}
    surrogate = (
        shown.drop(columns=list(renamed.values())).rename(columns=renamed).assign(null="surrogate")
    )
    columns = ["null", "name", "statistic", "p", "p_maxt", "critical", "verdict"]
    panels = pd.concat([spatial[columns], surrogate[columns]])
    panels = panels[panels["statistic"].notna()]
    place = {name: k for k, name in enumerate(names)}
    return _bins(distribution, panels), panels.sort_values(
        "name", key=lambda n: n.map(place), kind="stable"
    )


def control_panels(
    controls: pd.DataFrame, distribution: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take the tables of Figure 8 from those of the comparison.

    Parameters
    ----------
    controls, distribution : pandas.DataFrame
        Those of `spatial_null.comparison.compare_with_null`.

    Returns
    -------
    bins, tests : pandas.DataFrame
        As of `null_panels`, with mean_observed and mean_draws and without a verdict.
    """
    panels = controls.rename(columns={"covariate": "name"}).assign(null="control")
    columns = [
        "null",
        "name",
        "statistic",
        "p",
        "p_maxt",
        "critical",
        "mean_observed",
        "mean_draws",
    ]
    panels = panels.loc[panels["p"].notna(), columns]
    return _bins(distribution, panels), panels


def untested_controls(controls: pd.DataFrame) -> list[str]:
    """The controls without a panel in Figure 8, in its words, and why: of `comparison.compare_with_null`'s controls."""
    return [
        f"{CONTROL_TITLES.get(row.covariate, row.covariate)}: {row.note}"
        for row in controls[controls["p"].isna()].itertuples()
    ]


def _bins(distribution, panels):
    return distribution.merge(panels[["null", "name"]], on=["null", "name"])
