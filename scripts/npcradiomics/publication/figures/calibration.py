"""Figure 5 of Liu 2025: the calibration curves of both sets."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from npcradiomics.publication.figures.response_style import (
    RESPONSE_COLOURS,
    SET_COLOURS,
    SET_LABELS,
    say_letter,
)
from npcradiomics.publication.figures.style import (
    PAGE_WIDTH,
    new_figure,
    say_notice,
    say_selection,
)
from npcradiomics.publication.notices import simulated_note
from npcradiomics.rounding import fixed_text, interval_text, p_words


def plot_calibration(
    curves: pd.DataFrame,
    scores: pd.DataFrame,
    performance: pd.DataFrame,
    sentence: str,
    simulated: bool,
) -> Figure:
    """Plot Figure 5. A: training, B: validation.

    Parameters
    ----------
    curves : pandas.DataFrame
        set, probability, observed, low, high; a row per point.
    scores : pandas.DataFrame
        set, effective, probability; a row per patient.
    performance : pandas.DataFrame
        A row per set.
    sentence : str
        What the picture must say of the model, or "".
    simulated : bool
        Whether the picture must say so.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = new_figure(PAGE_WIDTH, PAGE_WIDTH * 0.67, ncols=2, sharey=True)
    for letter, axis, name in zip("AB", axes, ("train", "validation"), strict=True):
        one, own = curves[curves["set"] == name], scores[scores["set"] == name]
        row = performance[performance["set"] == name].iloc[0]
        colour, x = SET_COLOURS[name], one["probability"]
        axis.plot([0, 1], [0, 1], color="0.75", lw=0.7, label="ideal")
        axis.fill_between(x, one["low"], one["high"], color=colour, alpha=0.15, lw=0)
        axis.plot(x, one["observed"], color=colour, lw=1.4, label="observed (LOWESS)")
        for value, at in ((1, 1.03), (0, -0.03)):
            ticks = own.loc[own["effective"] == value, "probability"]
            marks = {"ms": 5, "mew": 0.5, "color": RESPONSE_COLOURS[value]}
            axis.plot(ticks, np.full(len(ticks), at), "|", **marks)
        limits = {"xlim": (-0.02, 1.02), "ylim": (-0.06, 1.06), "aspect": "equal"}
        axis.set(xlabel="predicted probability of effective", **limits)
        axis.set_title(f"{SET_LABELS[name]} set (band: 95 %, bootstrap)\n{_words(row)}")
        say_letter(axis, letter)
    axes[0].set_ylabel("share effective")
    axes[1].legend(loc="lower right", bbox_to_anchor=(1.0, 0.05))
    say_selection(figure, sentence)
    say_notice(figure, simulated_note(simulated))
    return figure


def _words(row):
    slope = interval_text(row["slope_low"], row["slope_high"])
    large = fixed_text(row["in_the_large"], 2)
    return (
        f"slope {fixed_text(row['slope'], 2)} ({slope})\n"
        f"intercept {fixed_text(row['intercept'], 2)}, in the large {large}\n"
        f"Brier {fixed_text(row['brier'], 3)}\n"
        f"Hosmer-Lemeshow p {p_words(row['hosmer_lemeshow_p'])}"
    )
