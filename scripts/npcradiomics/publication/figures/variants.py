"""Figure of the variants: areas of the models with and without steps that are not the paper's."""

import pandas as pd
from matplotlib.figure import Figure

from npcradiomics.publication.figures.comparison import STYLES
from npcradiomics.publication.figures.style import PAGE_WIDTH, new_figure, say_notice
from npcradiomics.publication.notices import simulated_note
from npcradiomics.publication.tables.comparison import LABELS
from npcradiomics.response.variants import PLAIN


def plot_variants(found: pd.DataFrame, simulated: bool) -> Figure:
    """Plot validation areas with intervals and nested areas with SD, a row per model and variant.

    Parameters
    ----------
    found : DataFrame
        tables/variants.tsv.
    simulated : bool
        Whether the picture must say so.
    """
    figure, axis = new_figure(PAGE_WIDTH * 0.75, 0.9 + 0.3 * len(found))
    labels = []
    for y, row in zip(range(len(found))[::-1], found.itertuples(), strict=True):
        colour = STYLES[row.model]["color"]
        axis.plot([row.auc_low, row.auc_high], [y + 0.12] * 2, color=colour, lw=1.2)
        axis.plot(row.auc, y + 0.12, "o", ms=4.5, color=colour)
        spread = [row.nested_auc - row.nested_auc_sd, row.nested_auc + row.nested_auc_sd]
        axis.plot(spread, [y - 0.16] * 2, color=colour, lw=0.7)
        axis.plot(row.nested_auc, y - 0.16, "D", ms=3.5, mfc="white", color=colour)
        plain = row.steps == PLAIN
        labels.append(LABELS[row.model] if plain else f"+ {row.steps}")
    axis.axvline(0.5, color="0.75", lw=0.6)
    axis.set_yticks(range(len(found))[::-1], labels)
    axis.set(xlim=(0.2, 1.02), ylim=(-0.6, len(found) - 0.4))
    axis.set_xlabel(
        "AUC; dot: validation set, 95 % CI\ndiamond: nested cross-validation, mean and SD"
    )
    say_notice(figure, simulated_note(simulated))
    return figure
