"""Figures 10 and 11: what the conclusion depends on, as specification curves and over all features."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from npcradiomics.multiverse.design import AXES, PATH, axis_words, universe_words, value_words
from npcradiomics.publication.figures.style import (
    ABOVE_NOTICE,
    CORRELATION_COLOURS,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    SMALL_TYPE,
    VERDICT_COLOURS,
    new_figure,
    say_notice,
)
from npcradiomics.spatial_null.verdict import VERDICTS

VERDICT_MARKERS = dict(zip(VERDICTS, ("o", "s", "x"), strict=True))
COLUMNS, CURVES_PER_PAGE = 2, 4
ROW_MM = 2.5  # of the matrix of decisions
CURVE_MM, LABELS_MM, LEGEND_MM = 32, 24, 13
PATH_BAND = {"color": "#F0E442", "alpha": 0.6, "lw": 0, "zorder": 0}
MOST_NAMED = 60  # universes; more have no names
MOST_DZ = 3.0  # the scale's ends in Figure 11


def plot_curves(effects: pd.DataFrame, words: Mapping[str, str], notice: str) -> list[Figure]:
    """Plot Figure 10: a specification curve per feature, the decisions of each universe below it.

    Parameters
    ----------
    effects : pandas.DataFrame
        universe, axes, feature, dz, dz_low, dz_high, verdict; the features in the order to show.
    words : {feature: str}
        What stands behind a feature's name.
    notice : str
        Words that the picture must say, or "".

    Returns
    -------
    list of matplotlib.figure.Figure
        Pages of `CURVES_PER_PAGE` features.
    """
    rows = decision_rows(effects)
    features, pages = list(dict.fromkeys(effects["feature"])), []
    matrix = ROW_MM * len(rows)
    for start in range(0, len(features), CURVES_PER_PAGE):
        page = features[start : start + CURVES_PER_PAGE]
        n = -(-len(page) // COLUMNS)
        # Laid out by hand: matplotlib's constrained layout takes a second of each page.
        panel_mm = min(CURVE_MM + matrix + 12, (PAGE_HEIGHT / MM - LEGEND_MM) / n)
        height_mm = n * panel_mm + LEGEND_MM
        figure = plt.figure(figsize=(PAGE_WIDTH, height_mm * MM))
        for k, feature in enumerate(page):
            top = height_mm - (k // COLUMNS) * panel_mm - 7
            left = LABELS_MM + (k % COLUMNS) * (PAGE_WIDTH / MM) / COLUMNS
            width = PAGE_WIDTH / MM / COLUMNS - LABELS_MM - 2
            below = panel_mm - CURVE_MM - 12
            places = [(top - CURVE_MM, CURVE_MM), (top - CURVE_MM - 2 - below, below)]
            curve, decisions = (
                figure.add_axes(_share((left, low, width, high), height_mm)) for low, high in places
            )
            own = effects[(effects["feature"] == feature) & effects["dz"].notna()]
            own = own.sort_values("dz", kind="stable").reset_index(drop=True)
            _draw_curve(curve, own)
            curve.set_title(f"{feature}: {words[feature]}")
            _draw_decisions(decisions, own, rows)
        figure.legend(
            handles=_handles(), ncols=4, loc="lower center", bbox_to_anchor=(0.5, 4 / height_mm)
        )
        say_notice(figure, notice)
        pages.append(figure)
    return pages


def _share(place_mm, height_mm):
    left, low, width, high = place_mm
    page = PAGE_WIDTH / MM
    return left / page, low / height_mm, width / page, high / height_mm


def _draw_curve(axis, own):
    x = np.arange(len(own))
    size = 12 if len(own) <= MOST_NAMED else 2
    for word in VERDICTS:
        here = (own["verdict"] == word).to_numpy()
        part, colour = own[here], VERDICT_COLOURS[word]
        axis.vlines(x[here], part["dz_low"], part["dz_high"], color=colour, lw=0.7, alpha=0.6)
        axis.scatter(
            x[here], part["dz"], s=size, color=colour, marker=VERDICT_MARKERS[word], lw=0.8
        )
    axis.axhline(0, color="0.2", lw=0.6)
    _band(axis, own)
    axis.set_ylabel("dz", labelpad=2)
    axis.tick_params(length=2, pad=2)
    axis.set_xticks([])


def _band(axis, own):
    for k in np.flatnonzero(own["universe"] == PATH):
        axis.axvspan(k - 0.5, k + 0.5, **PATH_BAND)
    axis.set_xlim(-0.7, len(own) - 0.3)


def decision_rows(effects):
    """Rows of the matrix: (axis, value) of the axes that have two values at least."""
    rows = []
    for axis in AXES:
        values = list(dict.fromkeys(effects[axis]))
        if axis == "moved":  # samples are no choices
            values = [0, 1] if len(values) > 1 else []
        if len(values) > 1:
            numbers = all(isinstance(value, int | float | np.number) for value in values)
            rows += [(axis, value) for value in (sorted(values) if numbers else values)]
    return rows


def _draw_decisions(axis, own, rows):
    labels, last = [], None
    for y, (name, value) in enumerate(rows):
        chosen = own[name].clip(upper=1) if name == "moved" else own[name]
        x = np.flatnonzero(chosen == value)
        axis.vlines(x, y - 0.36, y + 0.36, color="0.2", lw=2.2 if len(own) <= MOST_NAMED else 0.5)
        if name != last and y:
            axis.axhline(y - 0.5, color="0.8", lw=0.4)
        labels.append(decision_words(name, value, name != last))
        last = name
    _band(axis, own)
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.set_yticks(range(len(rows)), labels, fontsize=SMALL_TYPE)
    axis.set_xticks([])
    axis.tick_params(length=0, pad=2)
    axis.spines[["left", "bottom"]].set_visible(False)


def decision_words(axis, value, is_first):
    if axis == "moved":
        words = "within its error" if value else "registered"
    else:
        words = value_words(axis, value)
    return f"{axis_words(axis)}: {words}" if is_first else words


def _handles():
    points = [
        plt.Line2D(
            [], [], color=VERDICT_COLOURS[word], marker=VERDICT_MARKERS[word], ms=3.5, lw=0.8,
            label=word,
        )
        for word in VERDICTS
    ]  # fmt: skip
    return [*points, plt.Rectangle((0, 0), 1, 1, label="the study's own path", **PATH_BAND)]


def plot_universes(effects: pd.DataFrame, words: Mapping[str, str], notice: str) -> Figure:
    """Plot Figure 11: features by universes, the colour dz, the mark a verdict.

    Parameters
    ----------
    effects : pandas.DataFrame
        As of `plot_curves`, of all features.
    words : {feature: str}
        What stands at the right of a feature's row.
    notice : str
        Words that the picture must say, or "".
    """
    features = list(dict.fromkeys(effects["feature"]))
    universes = list(dict.fromkeys(effects["universe"]))
    dz = effects.pivot(index="feature", columns="universe", values="dz").loc[features, universes]
    verdicts = effects.pivot(index="feature", columns="universe", values="verdict")
    verdicts = verdicts.loc[features, universes].to_numpy()
    height = min((34 + 3.7 * len(features)) * MM, PAGE_HEIGHT)
    figure, axis = new_figure(PAGE_WIDTH, height)
    shades = axis.imshow(dz, cmap=CORRELATION_COLOURS, vmin=-MOST_DZ, vmax=MOST_DZ, aspect="auto")
    axis.set_facecolor("0.85")
    few = len(universes) <= MOST_NAMED
    for word in VERDICTS[:2]:
        y, x = np.nonzero(verdicts == word)
        axis.scatter(
            x, y, s=8 if few else 1, marker=VERDICT_MARKERS[word], color="0.1", lw=0.6,
            facecolor="0.1" if word == VERDICTS[0] else "none", label=word,
        )  # fmt: skip
    for k in np.flatnonzero(np.array(universes) == PATH):
        axis.add_patch(plt.Rectangle((k - 0.5, -0.5), 1, len(features), fill=False, lw=0.9))
    axis.set_yticks(range(len(features)), features, fontsize=SMALL_TYPE)
    if few:
        labels = [universe_words(name) for name in universes]
        axis.set_xticks(range(len(universes)), labels, fontsize=SMALL_TYPE, rotation=90)
    else:
        axis.set_xticks([])
        axis.set_xlabel(f"{len(universes)} universes")
    right = axis.secondary_yaxis("right")
    right.set_yticks(range(len(features)), [words[name] for name in features], fontsize=SMALL_TYPE)
    for one in (axis, right):
        one.tick_params(length=0, pad=2)
        one.spines[:].set_visible(False)
    bar = figure.colorbar(shades, ax=axis, location="top", aspect=50, shrink=0.5, extend="both")
    bar.set_label("dz, recurrent minus non-recurrent")
    bar.outline.set_linewidth(0.4)
    bar.ax.tick_params(length=2, pad=2)
    below = {"loc": "outside lower center", "borderaxespad": ABOVE_NOTICE}
    figure.legend(ncols=2, **below)
    say_notice(figure, notice)
    return figure
