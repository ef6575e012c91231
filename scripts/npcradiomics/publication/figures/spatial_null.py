"""Figures 6-8, the spatial null: each a function of tidy tables; nothing is computed here."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from npcradiomics.publication.figures.patient_labels import point_labels
from npcradiomics.publication.figures.style import (
    COLUMN_WIDTH,
    CORRELATION_COLOURS,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    RC,
    REGION_COLOURS,
    new_figure,
    say_notice,
    say_selection,
)
from npcradiomics.rounding import fixed_text, p_words
from npcradiomics.spatial_null.verdict import GEOMETRY, OPEN, TEXTURE

NULL_COLOURS = {"spatial": "0.55", "surrogate": REGION_COLOURS["non_recurrent"], "control": "0.55"}
NULL_LABELS = {
    "spatial": "spatial null (draws)",
    "surrogate": "surrogate null (textures)",
    "control": "spatial null (draws)",
}
MARKS = {TEXTURE: " (T)", GEOMETRY: " (S)", OPEN: ""}
CONTROL_TITLES = {
    "depth_mm": "depth in the tumour (mm)",
    "surface_share": "share of the surface",
    "sphericity": "sphericity",
    "height_mm": "height (mm)",
    "n_slices": "number of slices",
    "largest_piece_voxels": "largest piece (voxels)",
}
OBSERVED = REGION_COLOURS["recurrent"]
PANELS_PER_PAGE = 16
PATIENTS_PER_PAGE = 30
DENSE_FROM, DENSE_PER_PAGE = 121, 200  # patients; dense pages name only some of them
LABEL_MM = 45  # the longest feature name in type of 8 points


def draw_null(table, tests, selection_note, notice):
    """Figure 6. A panel per feature: distribution of the statistic under both nulls and the observed ones. Pages.

    table: null, name, low, high, share; tests: null, name, statistic, p_maxt, critical, verdict;
    one row per null and name.
    """
    return _panels(table, tests, selection_note, notice, title=_feature_title)


def draw_controls(table, tests, selection_note, notice):
    """Figure 8.

    A panel per negative control, as draw_null; selection_note: the sentence if one rejects.
    """
    return _panels(table, tests, selection_note, notice, title=_control_title)[0]


def patients_per_page(n_patients):
    """Of Figure 7."""
    return DENSE_PER_PAGE if n_patients >= DENSE_FROM else PATIENTS_PER_PAGE


def draw_ranks(table, verdicts, note, notice):
    """Figure 7. Features by patients, colour: share of a patient's draws below the observed difference. Pages.

    table: patient, feature, rank (0..1, NaN where undefined); verdicts: {feature: its verdict}.
    """
    patients, names = list(dict.fromkeys(table["patient"])), list(dict.fromkeys(table["feature"]))
    if not patients:
        return [_empty(notice)]
    ranks = (
        table.pivot(index="feature", columns="patient", values="rank")
        .loc[names, patients]
        .to_numpy(float)
    )
    labels, per_page = point_labels(patients), patients_per_page(len(patients))
    n_pages = -(-len(patients) // per_page)
    pages = []
    for columns in np.array_split(np.arange(len(patients)), n_pages):
        cell = min((PAGE_WIDTH - LABEL_MM * MM) / max(len(columns), 14), 8 * MM)
        width = PAGE_WIDTH if len(columns) > 4 else COLUMN_WIDTH
        figure, axis = new_figure(width, min(35 * MM + len(names) * 3.7 * MM, PAGE_HEIGHT))
        with plt.rc_context(RC):
            shown = np.ma.masked_invalid(ranks[:, columns])
            axis.set_facecolor("0.8")
            dense = per_page == DENSE_PER_PAGE
            lines = {"rasterized": True} if dense else {"edgecolors": "white", "linewidth": 0.3}
            mesh = axis.pcolormesh(shown, cmap=CORRELATION_COLOURS, vmin=0, vmax=1, **lines)
            axis.set(ylim=(len(names), 0))
            named = np.arange(0, len(columns), 10 if dense else 1)
            titles = [labels[patients[columns[k]]] for k in named]
            upright = max(map(len, titles)) * 1.9 * MM > cell
            axis.set_xticks(named + 0.5, titles, rotation=90 if upright else 0)
            axis.set_yticks(
                np.arange(len(names)) + 0.5, [name + MARKS[verdicts[name]] for name in names]
            )
            axis.tick_params(length=0, pad=2)
            axis.spines[["left", "bottom"]].set_visible(False)
            axis.set_xlabel("patient (every tenth is named)" if dense else "patient")
            bar = figure.colorbar(mesh, ax=axis, location="bottom", aspect=40, pad=0.01, shrink=0.9)
            bar.set_ticks([0, 0.25, 0.5, 0.75, 1], labels=["0", "25", "50", "75", "100"])
            bar.set_label(
                "draws below the observed difference (%)"
                if width == PAGE_WIDTH
                else "draws below observed (%)"
            )
            bar.outline.set_linewidth(0.4)
        say_selection(figure, note)
        say_notice(figure, notice)
        pages.append(figure)
    return pages


def _panels(table, tests, note, notice, title):
    names = list(dict.fromkeys(tests["name"]))
    if table.empty or not names:
        return [_empty(notice)]
    columns = min(4, len(names))
    pages = []
    for start in range(0, len(names), PANELS_PER_PAGE):
        page = names[start : start + PANELS_PER_PAGE]
        rows = -(-len(page) // columns)
        width = PAGE_WIDTH if columns > 2 else COLUMN_WIDTH
        figure, axes = new_figure(
            width,
            min(26 * MM + 42 * MM * rows, PAGE_HEIGHT),
            nrows=rows,
            ncols=columns,
            squeeze=False,
        )
        with plt.rc_context(RC):
            for axis, name in zip(axes.flat, page, strict=False):
                _draw_panel(axis, table[table["name"] == name], tests[tests["name"] == name])
                axis.set_xlabel("cohort statistic S", labelpad=2)
                axis.set_title(title(tests[tests["name"] == name]), pad=3, x=0.45)
            for axis in axes.flat[len(page) :]:
                axis.set_visible(False)
            figure.supylabel("share of recombinations (%)")
            handles = _handles(list(dict.fromkeys(table["null"])))
            figure.legend(
                handles=handles,
                loc="outside lower center",
                ncols=3 if columns > 2 else 1,
                frameon=False,
            )
        say_selection(figure, note)
        say_notice(figure, notice)
        pages.append(figure)
    return pages


def _draw_panel(axis, table, tests):
    for null, part in table.groupby("null", sort=True):
        edges = np.append(part["low"], part["high"].iloc[-1])
        filled = null != "surrogate"
        axis.stairs(
            100 * part["share"],
            edges,
            fill=filled,
            color=NULL_COLOURS[null],
            lw=0.9,
            alpha=0.5 if filled else 1,
        )
    for row in tests.itertuples():
        surrogate = row.null == "surrogate"
        if np.isnan(row.statistic):
            continue
        line = (
            {"color": NULL_COLOURS["surrogate"], "ls": ":"}
            if surrogate
            else {"color": OBSERVED, "ls": "-"}
        )
        axis.axvline(row.statistic, lw=1.4, **line)
        if not surrogate:
            for side in (-1, 1):
                axis.axvline(side * row.critical, color="0.2", lw=0.7, ls="--")
    reach = max(5.0, 1.08 * np.nanmax(np.abs(tests[["statistic", "critical"]].to_numpy(float))))
    axis.set_xlim(-reach, reach)
    axis.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axis.tick_params(length=2, pad=2)


def _handles(nulls):
    handles = []
    for null in nulls:
        surrogate = null == "surrogate"
        colour = NULL_COLOURS[null]
        face = "none" if surrogate else (colour, 0.5)
        handles.append(
            plt.Rectangle(
                (0, 0), 1, 1, facecolor=face, edgecolor=colour, lw=0.9, label=NULL_LABELS[null]
            )
        )
    handles.append(plt.Line2D([], [], color=OBSERVED, lw=1.4, label="observed, among draws"))
    if "surrogate" in nulls:
        colour = NULL_COLOURS["surrogate"]
        handles.append(
            plt.Line2D([], [], color=colour, lw=1.4, ls=":", label="observed, among surrogates")
        )
    words = "family-wise limit (maxT)"
    return [*handles, plt.Line2D([], [], color="0.2", lw=0.7, ls="--", label=words)]


def _feature_title(tests):
    spatial = tests[tests["null"] == "spatial"].iloc[0]
    return f"{spatial['name']}\nmaxT p {p_words(spatial['p_maxt'])}\n{spatial['verdict']}"


def _control_title(tests):
    row = tests.iloc[0]
    observed, drawn = (fixed_text(row[key], 2) for key in ("mean_observed", "mean_draws"))
    return f"{CONTROL_TITLES.get(row['name'], row['name'])}\nGTVr {observed}, draws {drawn}\nmaxT p {p_words(row['p_maxt'])}"


def _empty(notice):
    figure, axis = new_figure(COLUMN_WIDTH, 40 * MM)
    axis.set_axis_off()
    say_selection(figure, "No patient has draws: there is nothing to show")
    say_notice(figure, notice)
    return figure


def null_panels(features, distribution, names):
    """Figure 6 as two tables, of the features `names` in their order: the bins (null, name, low, high, share), and per panel

    and null (spatial, surrogate) null, name, statistic, p, p_maxt, critical, verdict.
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


def control_panels(controls, distribution):
    """Figure 8 as two tables like null_panels, with mean_observed and mean_draws of each control."""
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


def _bins(distribution, panels):
    return distribution.merge(panels[["null", "name"]], on=["null", "name"])
