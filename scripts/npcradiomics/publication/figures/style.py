"""How figures look: journal widths, type, colours, the same everywhere;

and how they are saved, byte for byte.
"""

import io
import textwrap

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.backends.backend_pdf import PdfPages
from PIL import Image

from npcradiomics.files import replacing

MM = 1 / 25.4  # inches
COLUMN_WIDTH = 85 * MM
PAGE_WIDTH = 170 * MM
PAGE_HEIGHT = 220 * MM  # PLoS ONE takes 222.5
DPI = 300
PNG_PAGES = 4  # a PNG has no pages: so many are put one below the other, the PDF has all

TYPE = 8  # points
SMALL_TYPE = 6  # for numbers in cells and the line that says simulated; nothing is smaller

# Okabe and Ito's palette: told apart with any colour vision; markers differ too, so that grey print
# works.
REGION_COLOURS = {"recurrent": "#D55E00", "non_recurrent": "#0072B2"}
REGION_MARKERS = {"recurrent": "o", "non_recurrent": "^"}
REGION_LINES = {"recurrent": "-", "non_recurrent": "--"}
REGION_LABELS = {
    "recurrent": "recurrent (GTVr)",
    "non_recurrent": "non-recurrent (GTVnr = GTV \N{MINUS SIGN} GTVr)",
}
CONTOUR_COLOURS = {
    "gtv": "#7CFC60",
    "gtvr": REGION_COLOURS["recurrent"],
    "non_recurrent": REGION_COLOURS["non_recurrent"],
    "isodose95": "#F0E442",
}
# Purple and green: red and blue would look like the two regions.
CORRELATION_COLOURS = "PRGn"

RC = {
    "font.family": "DejaVu Sans",
    "font.size": TYPE,
    "axes.titlesize": TYPE,
    "axes.labelsize": TYPE,
    "xtick.labelsize": TYPE,
    "ytick.labelsize": TYPE,
    "legend.fontsize": TYPE,
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


def new_figure(width, height, **kwargs):
    """A figure in the house style with plt.subplots' keywords; sizes in inches."""
    with plt.rc_context(RC):
        return plt.subplots(figsize=(width, height), layout="constrained", **kwargs)


def say_notice(figure, notice):
    """Say in the picture itself what its cohort calls for, such as that the patients are simulated;

    nothing for "".
    """
    if notice:
        words = {"fontsize": SMALL_TYPE, "style": "italic", "color": "0.35"}
        figure.text(
            0.995,
            0.002,
            in_one_line(notice, figure.get_figwidth()),
            ha="right",
            va="bottom",
            **words,
        )
        # constrained layout leaves room for artists of the axes only
        share = 3.5 * MM / figure.get_figheight()
        figure.get_layout_engine().set(rect=(0, share, 1, 1 - share))


def in_one_line(notice, width):
    """The notice as it fits into a width (inches): without the names of missing patients where they are too long.

    The caption has all.
    """
    head, names, _ = notice.rpartition(" patients: ")
    n_letters = width / (1.1 * MM)  # of small type
    return (
        f"{head} patients (see caption)" if head and names and len(notice) > n_letters else notice
    )


def say_selection(figure, sentence):
    """Say in the picture itself that what is shown is not what was significant;

    nothing for an empty sentence.
    """
    if sentence:
        letters = int(figure.get_figwidth() / (1.6 * MM))
        figure.suptitle(textwrap.fill(sentence, letters), fontsize=TYPE, color="#B00020")


def save(figures, *paths):
    """Save a figure, or a list of figures as pages, to each path (.pdf or .png), and close them.

    Whole files without timestamps, so that equal pictures are equal bytes.
    """
    pages = figures if isinstance(figures, list) else [figures]
    with plt.rc_context(RC):
        for page in pages:
            _settle(page)
        for path in paths:
            with replacing(path) as temporary:
                (_save_pdf if str(path).endswith(".pdf") else _save_png)(pages, temporary)
    for page in pages:
        plt.close(page)


def _settle(page):
    # Laid out once, places rounded: the last bits of a constrained layout differ from time to time,
    # and pixels with them.
    if page.get_layout_engine() is None:
        return
    page.draw_without_rendering()
    page.set_layout_engine(None)
    for axis in page.axes:
        axis.set_position([round(number, 9) for number in axis.get_position(original=True).bounds])
    for text in page.texts:
        text.set_position([round(number, 9) for number in text.get_position()])


def _save_pdf(pages, path):
    with PdfPages(path, metadata={"CreationDate": None}) as pdf:
        for page in pages:
            pdf.savefig(page)


def _save_png(pages, path):
    images = []
    for page in pages[:PNG_PAGES]:
        stream = io.BytesIO()
        page.savefig(stream, format="rgba")
        size = tuple(int(inches * DPI) for inches in page.get_size_inches())
        images.append(Image.frombytes("RGBA", size, stream.getvalue()).convert("RGB"))
    whole = Image.new("RGB", (images[0].width, sum(image.height for image in images)), "white")
    top = 0
    for image in images:
        whole.paste(image, (0, top))
        top += image.height
    whole.save(path, dpi=(DPI, DPI))
