"""Pages of a figure per sequence, each saying which; a study of one sequence has its figure as it is."""

from matplotlib.figure import Figure

from npcradiomics.cohort.sequences import label_of
from npcradiomics.publication.figures.style import MM, TYPE, say_selection


def pages_by_sequence(pages: dict[str, Figure | list[Figure]]) -> Figure | list[Figure]:
    """The pages of all sequences in their order, the sequence above each.

    Parameters
    ----------
    pages : dict
        {sequence: its figure or pages}.

    Returns
    -------
    Figure or list of Figure
        The only sequence's as it came.
    """
    if len(pages) == 1:
        return next(iter(pages.values()))
    flat = []
    for sequence, figures in pages.items():
        for page in figures if isinstance(figures, list) else [figures]:
            _say_sequence(page, label_of(sequence))
            flat.append(page)
    return flat


def _say_sequence(figure, words):
    # What the picture says of its selection stands in the same place.
    if figure.get_suptitle():
        say_selection(figure, f"{words}. {figure.get_suptitle()}")
        return
    if figure.get_layout_engine() is None:  # a clustered heat map: its axes leave no room above
        figure.subplots_adjust(top=figure.subplotpars.top - 5 * MM / figure.get_figheight())
    # On the left: in the middle, constrained layout puts a legend above the axes over it.
    figure.suptitle(words, x=0.005, ha="left", fontsize=TYPE, fontweight="bold")
