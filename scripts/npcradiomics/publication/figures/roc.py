"""Figures 3 and 4 of Liu 2025: the ROC curve of a set."""

import pandas as pd
from matplotlib.figure import Figure

from npcradiomics.publication.figures.response_style import SET_COLOURS, SET_LABELS
from npcradiomics.publication.figures.style import (
    COLUMN_WIDTH,
    new_figure,
    say_notice,
    say_selection,
)
from npcradiomics.publication.notices import simulated_note
from npcradiomics.rounding import fixed_text, interval_text, percent_text


def plot_roc(roc: pd.DataFrame, performance: pd.Series, sentence: str, simulated: bool) -> Figure:
    """Plot Figure 3 or 4.

    Parameters
    ----------
    roc : pandas.DataFrame
        sensitivity, specificity of one set; a row per threshold.
    performance : pandas.Series
        The set's row of performance.tsv.
    sentence : str
        What the picture must say of the model, or "".
    simulated : bool
        Whether the picture must say so.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axis = new_figure(COLUMN_WIDTH, COLUMN_WIDTH * 1.08)
    name = performance["set"]
    axis.plot([0, 1], [0, 1], color="0.8", lw=0.6)
    axis.plot(1 - roc["specificity"], roc["sensitivity"], color=SET_COLOURS[name], lw=1.4)
    axis.plot(1 - performance["specificity"], performance["sensitivity"], "o", ms=4, color="black")
    interval = interval_text(performance["auc_low"], performance["auc_high"], 3)
    lines = [f"AUC {fixed_text(performance['auc'], 3)}", f"(95 % CI {interval})"]
    lines += [_rate_words(performance, kind) for kind in ("sensitivity", "specificity")]
    lines.append("at the threshold of the training set")
    axis.text(0.99, 0.02, "\n".join(lines), ha="right", va="bottom")
    limits = {"xlim": (-0.02, 1.02), "ylim": (-0.02, 1.02), "aspect": "equal"}
    axis.set(xlabel="1 - specificity", ylabel="sensitivity", **limits)
    effective = f"{performance['effective']} of {performance['patients']} effective"
    axis.set_title(f"{SET_LABELS[name]} set, {effective}")
    say_selection(figure, sentence)
    say_notice(figure, simulated_note(simulated))
    return figure


def _rate_words(row, kind):
    return (
        f"{kind} {row[f'{kind}_k']}/{row[f'{kind}_n']} = {percent_text(row[kind], 1)}\n"
        f"({interval_text(100 * row[f'{kind}_low'], 100 * row[f'{kind}_high'], 1)})"
    )
