"""How figures look: journal widths, type, colours, the same everywhere.

The style sheet is applied once, when this module is imported. It is seaborn's "ticks" with its
"colorblind" palette in the sizes of a journal, written out: `sns.set_theme` would cost each of the
two picture jobs of every patient 1 s of CPU time for seaborn's import of scipy.stats.
"""

import textwrap
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.textpath import text_to_path
from matplotlib.transforms import ScaledTranslation

from npcradiomics.publication.notices import DEPARTS
from npcradiomics.region_names import PAIR

MM = 1 / 25.4  # inches
COLUMN_WIDTH = 85 * MM
PAGE_WIDTH = 170 * MM
PAGE_HEIGHT = 220 * MM  # PLoS ONE takes 222.5
DPI = 300

TYPE = 8  # points
SMALL_TYPE = 6  # for numbers in cells and the line that says simulated; nothing is smaller
NOTICE_STRIP = 3.5 * MM  # along the lower edge, where the notice stands alone
ABOVE_NOTICE = NOTICE_STRIP * 72 / TYPE  # borderaxespad of a legend "outside lower ..."
SENTENCE_COLOUR = "#B00020"

# Okabe and Ito's palette: told apart with any colour vision; markers differ too, so that grey print
# works.
REGION_COLOURS = dict(zip(PAIR, ("#D55E00", "#0072B2"), strict=True))
REGION_MARKERS = dict(zip(PAIR, ("o", "^"), strict=True))
REGION_LINES = dict(zip(PAIR, ("-", "--"), strict=True))
REGION_LABELS = {
    "recurrent": "recurrent (GTVr)",
    "non_recurrent": "non-recurrent (GTVnr = GTV \N{MINUS SIGN} GTVr)",
}
CONTOUR_COLOURS = {
    "gtv": "#7CFC60",
    "gtvr": REGION_COLOURS["recurrent"],
    "non_recurrent": REGION_COLOURS["non_recurrent"],
    "isodose95": "#F0E442",
    "iso_risk": "#FFFFFF",
}
# Of spatial_null.verdict.VERDICTS; markers differ too.
VERDICT_COLOURS = {
    "texture": "#332288",
    "explained by size or shape": "#CA9161",
    "not decided": "0.6",
}
# Purple and green: red and blue would look like the two regions.
CORRELATION_COLOURS = "PRGn"
# seaborn's "colorblind" as far as it can be read as words on white, then Tol's wine and indigo.
CURVES = ["#0173B2", "#DE8F05", "#029E73", "#D55E00", "#CC78BC", "#CA9161", "#882255", "#332288"]

STYLE_SHEET = {
    "font.family": "DejaVu Sans",
    "font.size": TYPE,
    "axes.titlesize": TYPE,
    "axes.titlepad": 3,
    "axes.labelsize": TYPE,
    "axes.prop_cycle": cycler(color=CURVES),
    "xtick.labelsize": TYPE,
    "ytick.labelsize": TYPE,
    "legend.fontsize": TYPE,
    "legend.title_fontsize": TYPE,
    "legend.frameon": False,
    "figure.titlesize": TYPE,
    "figure.labelsize": TYPE,
    "axes.linewidth": 0.6,
    "lines.linewidth": 1.0,
    "pdf.fonttype": 42,
    "svg.hashsalt": "npcradiomics",
    "savefig.dpi": DPI,
    "figure.max_open_warning": 0,  # a figure of many pages is open until the last of them is saved
    "axes.spines.top": False,
    "axes.spines.right": False,
}
plt.rcParams.update(STYLE_SHEET)


def new_figure(width: float, height: float, **kwargs: Any) -> tuple[Figure, Any]:
    """Make a figure laid out by matplotlib's constrained layout.

    Parameters
    ----------
    width, height : float
        Size in inches.
    **kwargs
        As for `matplotlib.pyplot.subplots`.

    Returns
    -------
    tuple
        The figure and its axes, as from `matplotlib.pyplot.subplots`.
    """
    return plt.subplots(figsize=(width, height), **{"layout": "constrained"} | kwargs)


def plain_cells(axis: Axes) -> None:
    """Take the ticks and spines from the axes of a heat map, and the frame from its colour bar."""
    axis.tick_params(length=0, pad=2)
    bar = axis.collections[0].colorbar
    if bar is not None:
        bar.outline.set_linewidth(0.4)
        bar.ax.tick_params(length=2, pad=2)


def leave_empty(axes: Any, used: int) -> None:
    """Hide the axes of a grid, an array of Axes, beyond the first `used`."""
    for axis in axes.flat[used:]:
        axis.set_visible(False)


def say_notice(figure: Figure, notice: str) -> None:
    """Say in the picture itself what its cohort calls for, such as that the patients are simulated.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Its lower edge is kept free; a legend there has the borderaxespad `ABOVE_NOTICE`.
    notice : str
        Words of `publication.notices`, or "".
    """
    words = in_one_line(notice, figure.get_figwidth())
    place = {"x": 0.995, "y": 0.002, "ha": "right", "va": "bottom"}
    figure.text(s=words, fontsize=SMALL_TYPE, style="italic", color="0.35", **place)
    # Constrained layout leaves room for artists of the axes only.
    share = NOTICE_STRIP / figure.get_figheight()
    if isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine):
        figure.get_layout_engine().set(rect=(0, share, 1, 1 - share))


def say_below(figure: Figure, label: str) -> None:
    """Label the abscissa of all panels, above the strip of the notice."""
    up = ScaledTranslation(0, NOTICE_STRIP, figure.dpi_scale_trans)
    figure.supxlabel(label).set_transform(figure.transFigure + up)


def in_one_line(notice: str, width: float) -> str:
    """Shorten a notice to `width` inches: without settings and the names of missing patients, which the caption has."""
    notice = notice.partition(DEPARTS)[0].removesuffix(". ")
    head, names, _ = notice.rpartition(" patients: ")
    too_long = head and names and words_width(notice, SMALL_TYPE) > 0.98 * width
    return f"{head} patients (see caption)" if too_long else notice


def say_selection(figure: Figure, sentence: str) -> None:
    """Say in the picture itself that what is shown is not what was significant; nothing for ""."""
    if sentence:
        words = wrap_words(sentence, 0.97 * figure.get_figwidth())
        figure.suptitle(words, fontsize=TYPE, color=SENTENCE_COLOUR)


def plot_nothing(sentence: str, notice: str) -> Figure:
    """Say why there is nothing to draw, in place of a figure."""
    figure, axis = new_figure(COLUMN_WIDTH, 40 * MM)
    axis.set_axis_off()
    say_selection(figure, sentence)
    say_notice(figure, notice)
    return figure


def words_width(words: str, size: float = TYPE) -> float:
    """Width of a line in inches, in type of `size` points."""
    font = FontProperties(family=STYLE_SHEET["font.family"], size=size)
    return text_to_path.get_text_width_height_descent(words, font, False)[0] / 72


def wrap_words(words: str, width: float, size: float = TYPE) -> str:
    """Break words into lines of at most `width` inches; a name that is wider is broken within."""
    letters = len(words)
    lines = words
    while max(words_width(line, size) for line in lines.split("\n")) > width and letters > 1:
        letters = min(letters - 1, int(letters * 0.98))
        lines = textwrap.fill(words, letters)
    return lines
