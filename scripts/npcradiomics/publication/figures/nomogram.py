"""The nomogram of the combined model: a ruler per column, one of the sum, one of the probability."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from npcradiomics.publication.figures.style import (
    PAGE_WIDTH,
    SMALL_TYPE,
    new_figure,
    say_notice,
    say_selection,
)
from npcradiomics.publication.notices import simulated_note
from npcradiomics.response.nomogram import POINTS, Nomogram
from npcradiomics.rounding import fixed_text

PROBABILITIES = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
ROW = 0.36  # inches
APART = 0.055  # of the width: ticks that are nearer share a label
EXAMPLE = "#D55E00"


def plot_nomogram(
    found: Nomogram,
    example: pd.DataFrame,
    patient: str,
    labels: dict[str, str],
    sentence: str,
    simulated: bool,
) -> Figure:
    """Plot the nomogram.

    Parameters
    ----------
    found : Nomogram
        Of ``response.nomogram``.
    example : pandas.DataFrame
        Of ``response.nomogram.worked_example``; its way is marked.
    patient : str
        Whose example it is.
    labels : dict
        Column to printed label.
    sentence : str
        What the picture must say of the model, or "".
    simulated : bool
        Whether the picture must say so.

    Returns
    -------
    matplotlib.figure.Figure
    """
    table = found.columns
    figure, axis = new_figure(PAGE_WIDTH, ROW * (len(table) + 5))
    axis.set(xlim=(-0.42, 1.04), ylim=(-len(table) - 2.7, 0.6))
    axis.axis("off")
    ticks = np.linspace(0, POINTS, 11)
    _ruler(axis, 0, "Points", ticks / POINTS, [f"{tick:g}" for tick in ticks])
    for place, (name, row) in enumerate(table.iterrows(), start=1):
        ticks = _ticks(name, row)
        at = (ticks - row["zero"]) * row["per_unit"] / POINTS
        category, _, word = name.partition(": ")
        label = labels.get(category, category) + (f": {word} (1 yes, 0 no)" if word else "")
        _ruler(axis, -place, label, at, [f"{tick:g}" for tick in ticks])
    reach = float(((table["max"] - table["min"]) * table["per_unit"].abs()).sum())
    low = -len(table) - 1
    # Only where the probability is neither 0 nor 1: elsewhere nothing is to be read.
    start, end = np.clip(found.total([PROBABILITIES[0], PROBABILITIES[-1]]), 0, reach)
    ticks = MaxNLocator(10).tick_values(start, end)
    ticks = ticks[(ticks >= start) & (ticks <= end)]
    at = (ticks - start) / (end - start)
    _ruler(axis, low, "Total points", at, [f"{tick:g}" for tick in ticks], ends=(0, 1))
    at = (found.total(PROBABILITIES) - start) / (end - start)
    near = 1e-9
    shown = [
        (x, f"{p:g}") for x, p in zip(at, PROBABILITIES, strict=True) if -near <= x <= 1 + near
    ]
    _ruler(
        axis,
        low - 1,
        "Probability of effective",
        *map(list, zip(*shown, strict=True)) if shown else ([], []),
        ends=(0, 1),
    )
    _mark(axis, example, start, end)
    last = example.iloc[-1]
    words = f"Marked: {patient}, {fixed_text(last['points'], 1)} points, probability"
    axis.set_title(f"{words} {fixed_text(last['probability'], 3)}", color=EXAMPLE)
    say_selection(figure, sentence)
    say_notice(figure, simulated_note(simulated))
    return figure


def _ticks(name, row):
    if ": " in name:  # of a word: no or yes
        return np.array([0.0, 1.0])
    ticks = MaxNLocator(8).tick_values(row["min"], row["max"])
    inside = ticks[(ticks > row["min"]) & (ticks < row["max"])]
    return np.round(np.concatenate([[row["min"]], inside, [row["max"]]]), 6)


def _ruler(axis, y, label, at, words, ends=None):
    """A line with ticks; of labels that would touch the later one is left out, the ends stay."""
    axis.text(-0.03, y, label, ha="right", va="center")
    low, high = ends or (min(at), max(at))
    axis.plot([low, high], [y, y], color="black", lw=0.8, solid_capstyle="butt")
    order = np.argsort(at)
    kept = [order[0], order[-1]] if len(order) > 1 else list(order)
    for k in order[1:-1]:
        if all(abs(at[k] - at[other]) > APART for other in kept):
            kept.append(k)
    for k in range(len(at)):
        axis.plot([at[k], at[k]], [y, y + 0.12], color="black", lw=0.6)
    if len(kept) > 1 and abs(at[kept[0]] - at[kept[1]]) < APART:
        # A column of next to no effect: its two ends are one place.
        where = max(at[k] for k in kept[:2])
        axis.text(
            where + 0.01,
            y,
            " to ".join(words[k] for k in kept[:2]),
            va="center",
            fontsize=SMALL_TYPE,
        )
        return
    for k in kept:
        word = f"{float(words[k]):.4g}"
        axis.text(at[k], y + 0.16, word, ha="center", va="bottom", fontsize=SMALL_TYPE)


def _mark(axis, example, start, end):
    for place, row in enumerate(example.iloc[:-1].itertuples(), start=1):
        axis.plot(row.points / POINTS, -place - 0.16, "^", ms=4, color=EXAMPLE, clip_on=False)
    last = example.iloc[-1]
    low = -len(example)
    x = (last["points"] - start) / (end - start)
    axis.plot([x, x], [low - 0.16, low - 0.84], color=EXAMPLE, lw=0.8)
    axis.plot(x, low - 0.16, "^", ms=4, color=EXAMPLE)
