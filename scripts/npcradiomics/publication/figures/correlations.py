"""Figure 3: the correlation matrix of the paired differences."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from npcradiomics.publication.figures.style import (
    COLUMN_WIDTH,
    CORRELATION_COLOURS,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    SMALL_TYPE,
    TYPE,
    new_figure,
    plain_cells,
    say_notice,
    say_selection,
    words_width,
)
from npcradiomics.rounding import fixed_text


def plot_correlations(table: pd.DataFrame, selection_note: str, notice: str) -> Figure:
    """Plot Figure 3: cells are coloured only where p < 0.05.

    Parameters
    ----------
    table : pandas.DataFrame
        feature_a, feature_b, n, r, p for all ordered pairs.
    selection_note, notice : str
        Words that the picture must say, or "".

    Returns
    -------
    matplotlib.figure.Figure
    """
    names = list(dict.fromkeys(table["feature_a"]))
    wide = table.pivot(index="feature_a", columns="feature_b")
    r, p = (wide[value].loc[names, names].to_numpy(float) for value in "rp")
    width = COLUMN_WIDTH if len(names) <= 8 else PAGE_WIDTH
    label = max(words_width(name) for name in names)
    cell = (width - label - 4 * MM) / len(names)
    height = cell * len(names) + label + (32 if selection_note else 22) * MM
    figure, axis = new_figure(width, min(height, PAGE_HEIGHT), layout="compressed")
    coloured = ((p < 0.05) | np.eye(len(names), dtype=bool)) & ~np.isnan(r)
    cells = {"ax": axis, "vmin": -1, "vmax": 1, "square": True, "linewidths": 0.4, "fmt": ""}
    cells |= {"linecolor": "0.8", "xticklabels": names, "yticklabels": names}
    words, size = _cell_words(r, cell)
    if size:
        cells |= {"annot": words, "annot_kws": {"size": size}}
    bar = {"location": "bottom", "aspect": 40, "pad": 0.02, "shrink": 0.9}
    bar |= {"ticks": [-1, -0.5, 0, 0.5, 1], "label": "Pearson r, paired differences"}
    sns.heatmap(r, mask=~coloured, cmap=CORRELATION_COLOURS, cbar_kws=bar, **cells)
    # seaborn prints no number into a masked cell: the others once more, in white.
    sns.heatmap(np.nan_to_num(r), mask=coloured, cmap=["white"], cbar=False, **cells)
    axis.tick_params(axis="x", rotation=90)
    axis.tick_params(axis="y", rotation=0)
    plain_cells(axis)
    say_selection(figure, selection_note)
    say_notice(figure, notice)
    return figure


def _cell_words(r, cell):
    """Numbers as a cell (inches) takes them, with or without a zero before the point; and their size, 0 for too small."""
    words = np.vectorize(lambda value: fixed_text(value, 2).replace("-", "\N{MINUS SIGN}"))(r)
    words[np.eye(len(r), dtype=bool)] = "1"
    for numbers in (words, np.char.replace(words, "0.", ".", 1)):
        widest = max(words_width(number, TYPE) for number in np.unique(numbers))
        size = min(TYPE, 0.92 * cell * TYPE / widest)
        if size >= SMALL_TYPE:
            return numbers, size
    return words, 0
