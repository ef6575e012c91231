"""Figure 2 of Liu 2025: cross-validation, coefficient paths and rad-scores."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from npcradiomics.publication.figures.response_style import (
    RESPONSE_COLOURS,
    RESPONSE_LABELS,
    SET_LABELS,
    say_letter,
)
from npcradiomics.publication.figures.style import (
    CURVES,
    PAGE_WIDTH,
    new_figure,
    say_notice,
    say_selection,
)
from npcradiomics.publication.notices import simulated_note
from npcradiomics.rounding import fixed_text

MOST_NAMED = 8  # features below the coefficient paths
LINE = 0.065  # of the figure's panels: a line of those names
MEASURES = {"deviance": "binomial deviance", "class": "share misclassified"}


def plot_selection(
    curve: pd.DataFrame,
    paths: pd.DataFrame,
    scores: pd.DataFrame,
    threshold: float | None,
    measure: str,
    sentence: str,
    simulated: bool,
) -> Figure:
    """Plot Figure 2. A: cross-validation; B: coefficient paths; C, D: rad-scores of both sets.

    Parameters
    ----------
    curve : pandas.DataFrame
        lambda, cvm, cvsd, n_features, mark, used; a row per penalty.
    paths : pandas.DataFrame
        feature, lambda, coefficient (per SD), selected.
    scores : pandas.DataFrame
        set, effective, rad_score; a row per patient.
    threshold : float or None
        None where nobody is called effective.
    measure : str
        deviance or class.
    sentence : str
        What the picture must say of the model, or "".
    simulated : bool
        Whether the picture must say so.

    Returns
    -------
    matplotlib.figure.Figure
    """
    used = float(np.log(curve.loc[curve["used"], "lambda"].iloc[0]))
    named = _kept_at(used, paths)
    lines = max(min(len(named), MOST_NAMED), 3) + 1
    heights = [1, LINE * lines, 1]
    grid = {"nrows": 3, "ncols": 2, "height_ratios": heights}
    figure, axes = new_figure(PAGE_WIDTH, PAGE_WIDTH * 0.4 * sum(heights), **grid)
    _cross_validation(axes[0, 0], curve, MEASURES[measure])
    _paths(axes[0, 1], paths, named, used)
    _names(axes[1, 0], named, lines)
    for axis, name in zip(axes[2], ("train", "validation"), strict=True):
        _bars(axis, scores[scores["set"] == name], threshold)
        axis.set_title(f"{SET_LABELS[name]} set")
    axes[1, 1].set_axis_off()
    drawn = axis.get_legend_handles_labels()
    axes[1, 1].legend(*drawn, title="C, D", loc="center right")
    for letter, axis in zip("ABCD", (*axes[0], *axes[2]), strict=True):
        say_letter(axis, letter)
    say_selection(figure, sentence)
    say_notice(figure, simulated_note(simulated))
    return figure


def _cross_validation(axis, curve, label):
    x = np.log(curve["lambda"])
    points = {"fmt": "o", "ms": 2, "color": "#D55E00", "ecolor": "0.75", "elinewidth": 0.6}
    axis.errorbar(x, curve["cvm"], curve["cvsd"], **points)
    marked = curve[curve["mark"].fillna("") != ""]
    for penalty, used in zip(marked["lambda"], marked["used"], strict=True):
        axis.axvline(np.log(penalty), color="0.3", lw=0.7, ls="-" if used else ":")
    axis.set(xlabel="log λ (solid: used)", ylabel=label)
    top = axis.secondary_xaxis("top")
    ticks = np.linspace(0, len(curve) - 1, 8).round().astype(int)
    top.set_xticks(x.iloc[ticks], [str(n) for n in curve["n_features"].iloc[ticks]])
    top.set_xlabel("features kept")
    top.tick_params(length=2)


def _kept_at(used, paths):
    """feature, coefficient of the features kept at log penalty `used`, the largest first."""
    at = np.isclose(np.log(paths["lambda"].astype(float)), used)
    kept = paths[paths["selected"].astype(bool) & at]
    return kept.reindex(kept["coefficient"].abs().sort_values(ascending=False).index)


def _paths(axis, paths, named, used):
    wide = paths.pivot(index="lambda", columns="feature", values="coefficient")
    shown = list(named["feature"])[:MOST_NAMED]
    axis.plot(np.log(wide.index), wide.drop(columns=shown), lw=0.4, color="0.8")
    for feature, colour in zip(shown, CURVES, strict=False):
        axis.plot(np.log(wide.index), wide[feature], lw=1.1, color=colour)
    axis.axvline(used, color="0.3", lw=0.7)
    axis.set(xlabel="log λ (line: used)", ylabel="coefficient (per SD)")


def _names(axis, named, rows):
    """Name the features kept and their coefficients, in the colours of their curves, in a strip of so many rows."""
    words = [f"{row.feature}  {fixed_text(row.coefficient, 3)}" for row in named.itertuples()]
    colours = [*CURVES[:MOST_NAMED]]
    if len(words) > MOST_NAMED:
        last = MOST_NAMED - 1
        words, colours = [*words[:last], f"and {len(words) - last} more"], [*colours[:last], "0.4"]
    axis.set_axis_off()
    axis.set(xlim=(0, 1), ylim=(0.5 - rows, 0.5))
    title = "B, kept with the LASSO's coefficients:" if words else "B: no feature is kept"
    for k, (word, colour) in enumerate(zip([title, *words], ["black", *colours], strict=False)):
        axis.text(-0.15, -k, word, color=colour, va="center", in_layout=False)


def _bars(axis, scores, threshold):
    ordered = scores.sort_values("rad_score", kind="stable").reset_index(drop=True)
    sns.barplot(
        ordered, x=ordered.index, y="rad_score", hue=ordered["effective"].map(RESPONSE_LABELS),
        hue_order=RESPONSE_LABELS.values(), palette=list(RESPONSE_COLOURS.values()), saturation=1,
        native_scale=True, width=0.9, linewidth=0, dodge=False, errorbar=None, ax=axis,
    )  # fmt: skip
    axis.get_legend().remove()
    axis.axhline(0, color="0.5", lw=0.5)
    if threshold is not None:
        axis.axhline(threshold, color="black", lw=0.7, ls="--", label="threshold (training)")
    axis.set(xlabel="patients, by rad-score", ylabel="rad-score")
