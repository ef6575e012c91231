"""Figure 6 of the response study: areas, calibration and net benefit of the rad-score and of what is simpler."""

import pandas as pd
from matplotlib.figure import Figure

from npcradiomics.publication.figures.response_style import say_letter
from npcradiomics.publication.figures.style import (
    PAGE_WIDTH,
    new_figure,
    say_notice,
    say_selection,
)
from npcradiomics.publication.notices import simulated_note
from npcradiomics.publication.tables.comparison import LABELS
from npcradiomics.response.models import CLINICAL, COMBINED, FIRST_ORDER, RADSCORE, VOLUME
from npcradiomics.rounding import fixed_text, interval_text, p_words

# Okabe and Ito's palette; a line style each, so that grey print tells them apart, too.
STYLES = {
    RADSCORE: {"color": "#0072B2", "ls": "-"},
    VOLUME: {"color": "#E69F00", "ls": "--"},
    CLINICAL: {"color": "#CC79A7", "ls": ":"},
    COMBINED: {"color": "black", "ls": "-."},
    FIRST_ORDER: {"color": "#56B4E9", "ls": (0, (5, 1, 1, 1, 1, 1))},
}


def plot_comparison(
    comparison: pd.DataFrame,
    calibration: pd.DataFrame,
    decision: pd.DataFrame,
    sentence: str,
    simulated: bool,
) -> Figure:
    """Plot Figure 6. A: areas; B: calibration; C, D: decision curves of nested cross-validation and validation.

    Parameters
    ----------
    comparison, calibration, decision : pandas.DataFrame
        cohort/comparison.tsv, model_calibration.tsv, model_decision.tsv.
    sentence : str
        Whether the rad-score beats volume.
    simulated : bool
        Whether the picture must say so.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = new_figure(PAGE_WIDTH, PAGE_WIDTH * 1.05, nrows=2, ncols=2)
    _areas(axes[0, 0], comparison)
    _calibration(axes[0, 1], calibration)
    for axis, curve in ((axes[1, 0], "nested"), (axes[1, 1], "validation")):
        _decision(axis, decision, curve)
    for letter, axis in zip("ABCD", axes.flat, strict=True):
        say_letter(axis, letter)
    handles, labels = axes[1, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, borderaxespad=1.6)
    say_selection(figure, sentence)
    say_notice(figure, simulated_note(simulated))
    return figure


def _areas(axis, comparison):
    for y, row in zip(range(len(comparison))[::-1], comparison.itertuples(), strict=True):
        colour = STYLES[row.model]["color"]
        axis.plot([row.auc_low, row.auc_high], [y, y], color=colour, lw=1.2)
        axis.plot(row.auc, y, "o", ms=4.5, color=colour)
        axis.plot(row.nested_auc, y, "D", ms=4, mfc="white", color=colour)
        words = f"{fixed_text(row.auc, 3)} ({interval_text(row.auc_low, row.auc_high, 2)})"
        p = "" if row.model == RADSCORE else f", p {p_words(row.delong_p)}"
        words = f"{LABELS[row.model]}\n{words}{p}, Brier {fixed_text(row.brier, 3)}"
        axis.text(0.21, y + 0.12, words, va="bottom")
    axis.axvline(0.5, color="0.75", lw=0.6)
    axis.set_yticks([])
    axis.set(xlim=(0.2, 1.02), ylim=(-0.5, len(comparison) - 0.2))
    axis.set_xlabel("AUC (dot: validation, 95 % CI; diamond: nested CV)")
    axis.set_title("p: DeLong, against the rad-score")


def _calibration(axis, calibration):
    axis.plot([0, 1], [0, 1], color="0.75", lw=0.7)
    for model, style in STYLES.items():
        one = calibration[calibration["model"] == model]
        axis.plot(one["probability"], one["observed"], lw=1.2, **style)
    axis.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    axis.set(xlabel="predicted probability of effective", ylabel="share effective (LOWESS)")
    axis.set_title("calibration, validation set")


def _decision(axis, decision, curve):
    decision = decision[decision["curve"] == curve]
    everyone = decision[decision["model"] == RADSCORE]
    axis.plot(everyone["threshold"], everyone["everyone"], color="0.7", lw=0.8, label="everybody")
    axis.axhline(0, color="0.4", lw=0.6)
    for model, style in STYLES.items():
        one = decision[decision["model"] == model]
        axis.plot(one["threshold"], one["net_benefit"], lw=1.2, label=LABELS[model], **style)
    top = max(decision["net_benefit"].max(), 0.05)
    axis.set(xlabel="threshold probability", ylabel="net benefit", ylim=(-0.12, top * 1.08))
    words = {"nested": "nested cross-validation", "validation": "validation set"}[curve]
    axis.set_title(f"decision curves, {words}")
