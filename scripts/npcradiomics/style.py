"""How figures look: journal widths, type, colours, the same everywhere; and how they are saved, byte for byte."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from npcradiomics.artefact import replacing
from npcradiomics.notices import SIMULATED_NOTE

MM = 1 / 25.4  # inches
COLUMN_WIDTH = 85 * MM
PAGE_WIDTH = 170 * MM

# Okabe and Ito's palette: told apart with any colour vision; markers differ too, so that grey print works.
REGION_COLOURS = {"recurrent": "#D55E00", "non_recurrent": "#0072B2"}
REGION_MARKERS = {"recurrent": "o", "non_recurrent": "^"}
REGION_LABELS = {"recurrent": "recurrent (GTVr)", "non_recurrent": "non-recurrent (GTV \N{MINUS SIGN} GTVr)"}
CONTOUR_COLOURS = {"gtv": "#7CFC60", "gtvr": "#FF3030", "non_recurrent": "#FFE119", "isodose95": "#56B4E9"}

RC = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "axes.linewidth": 0.6,
    "lines.linewidth": 1.0,
    "pdf.fonttype": 42,
    "svg.hashsalt": "npcradiomics",
    "savefig.dpi": 300,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def new_figure(width, height, **kwargs):
    """A figure in the house style with plt.subplots' keywords; sizes in inches."""
    with plt.rc_context(RC):
        return plt.subplots(figsize=(width, height), layout="constrained", **kwargs)


def say_simulated(figure, simulated):
    """Say in the picture itself that the patients are simulated."""
    if simulated:
        figure.text(0.995, 0.002, SIMULATED_NOTE, ha="right", va="bottom", fontsize=6, style="italic", color="0.35")
        # constrained layout leaves room for artists of the axes only
        figure.get_layout_engine().set(rect=(0, 0.028, 1, 0.972))


def say_selection(figure, sentence):
    """Say in the picture itself that what is shown is not what was significant; nothing for an empty sentence."""
    if sentence:
        figure.suptitle(sentence, fontsize=8, color="#B00020")


def save(figure, *paths):
    """Save to each path whole, without timestamps, so that equal pictures are equal bytes; close the figure."""
    with plt.rc_context(RC):
        for path in paths:
            metadata = {"CreationDate": None} if str(path).endswith(".pdf") else {"Software": None}
            with replacing(path) as temporary:
                figure.savefig(temporary, metadata=metadata)
    plt.close(figure)
