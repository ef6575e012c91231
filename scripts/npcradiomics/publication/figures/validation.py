"""The figure of the response study's validation: what the model is worth."""

from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from npcradiomics.publication.figures.response_style import (
    SET_COLOURS,
    SET_LABELS,
    SET_LINES,
    say_letter,
)
from npcradiomics.publication.figures.style import (
    PAGE_WIDTH,
    new_figure,
    say_notice,
    say_selection,
)
from npcradiomics.publication.notices import simulated_note
from npcradiomics.rounding import fixed_text, p_words

BEHIND_WORDS = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.0}
MOST_FREQUENT = 12


def plot_validation(
    areas: pd.DataFrame,
    permuted: pd.DataFrame,
    report: dict[str, Any],
    selection: pd.DataFrame,
    decision: pd.DataFrame,
    sentence: str,
    simulated: bool,
) -> Figure:
    """Plot what the model is worth. A: areas; B: permutations; C: features kept; D: decision curves.

    Parameters
    ----------
    areas : pandas.DataFrame
        label, auc, low, high.
    permuted : pandas.DataFrame
        auc (one nested cross-validation), auc_training; a row per permutation.
    report : dict
        permutations, training_auc, nested_auc_of_one_repetition, and the p of both.
    selection : pandas.DataFrame
        feature, share, in_model.
    decision : pandas.DataFrame
        curve, threshold, model, everyone.
    sentence : str
        What the picture must say of the model, or "".
    simulated : bool
        Whether the picture must say so.

    Returns
    -------
    matplotlib.figure.Figure
    """
    # The left column is the wider one: the longest name of a feature has 53 letters.
    grid = {"nrows": 2, "ncols": 2, "width_ratios": [1.3, 1]}
    figure, axes = new_figure(PAGE_WIDTH, PAGE_WIDTH * 0.95, **grid)
    _areas(axes[0, 0], areas)
    _permutations(axes[0, 1], permuted, report)
    _frequencies(axes[1, 0], selection.head(MOST_FREQUENT))
    _decision(axes[1, 1], decision)
    for letter, axis in zip("ABCD", axes.flat, strict=True):
        say_letter(axis, letter)
    say_selection(figure, sentence)
    say_notice(figure, simulated_note(simulated))
    return figure


def _areas(axis, areas):
    rows = np.arange(len(areas))[::-1]
    for y, row in zip(rows, areas.itertuples(), strict=True):
        axis.plot([row.low, row.high], [y, y], color="0.3", lw=1.0)
        axis.plot(row.auc, y, "o", ms=4, color="#0072B2")
        axis.text(0.31, y + 0.16, f"{row.label}: {fixed_text(row.auc, 3)}", bbox=BEHIND_WORDS)
    axis.axvline(0.5, color="0.75", lw=0.6)
    axis.set_yticks([])
    label = "AUC (nested CV: mean of its repetitions, ± 2 SD)"
    axis.set(xlabel=label, xlim=(0.3, 1.0), ylim=(-0.6, len(areas) - 0.4))


def _permutations(axis, permuted, report):
    bins = np.linspace(0.2, 1.0, 41)
    nested, training = report["nested_auc_of_one_repetition"], report["training_auc"]
    blue = SET_COLOURS["train"]
    shuffled = {"ax": axis, "bins": bins, "linewidth": 0.9}
    sns.histplot(
        permuted["auc"], color="0.65", element="step", label="shuffled: one nested CV", **shuffled
    )
    words = "shuffled: training"
    sns.histplot(
        permuted["auc_training"], color=blue, element="step", fill=False, label=words, **shuffled
    )
    for value, line, colour, words in (
        (nested, "-", "black", "observed: one nested CV"),
        (training, "--", blue, "observed: training"),
    ):
        label = f"{words}, {fixed_text(value, 3)}"
        axis.axvline(value, ymax=0.6, color=colour, lw=1.0, ls=line, label=label)
    axis.set_title(f"{report['permutations']} permutations")
    p_of = {name: p_words(report[f"{name}_auc_p"]) for name in ("nested", "training")}
    words = f"nested p {p_of['nested']}, training p {p_of['training']}"
    axis.set(xlabel=f"AUC\n{words}", ylabel="permutations", xlim=(0.2, 1.0))
    axis.set_ylim(top=1.6 * axis.get_ylim()[1])  # room for the legend
    axis.legend(loc="upper left")


def _frequencies(axis, selection):
    colours = ["#9CCBE8" if inside else "0.85" for inside in selection["in_model"]]
    rows = np.arange(len(selection))[::-1]
    axis.barh(rows, 100 * selection["share"], color=colours, height=0.8)
    for y, name in zip(rows, selection["feature"], strict=True):
        axis.text(1.5, y, name, va="center", in_layout=False)
    axis.set_yticks([])
    axis.set(xlabel="kept in resampled fits (%; blue: in the model)", xlim=(0, 100))


def _decision(axis, decision):
    first = decision[decision["curve"] == "nested"]
    words = "everybody (training share)"
    axis.plot(first["threshold"], first["everyone"], color="0.7", lw=0.8, label=words)
    axis.axhline(0, color="0.4", lw=0.6)
    for name, label in SET_LABELS.items():
        one = decision[decision["curve"] == name]
        style = {"color": SET_COLOURS[name], "ls": SET_LINES[name], "lw": 1.1, "label": label}
        axis.plot(one["threshold"], one["model"], **style)
    top = max(decision["model"].max(), 0.05)
    axis.set(xlabel="threshold probability", ylabel="net benefit", ylim=(-0.12, top * 1.55))
    axis.legend(loc="upper right")
