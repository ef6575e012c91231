"""Figures as files: PDF, PNG and SVG, whole, and byte for byte the same for the same picture."""

import io
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from npcradiomics.files import replacing
from npcradiomics.publication.figures.stacked_pages import PAGE_HEIGHTS, PAGES
from npcradiomics.publication.figures.style import DPI

PNG_PAGES = 4  # a PNG has no pages: so many are put one below the other, the PDF has all


def save(figures: Figure | list[Figure], *paths: str | Path) -> None:
    """Save a figure, or a list of figures as pages, and close them.

    Whole files without timestamps, so that equal pictures are equal bytes.

    Parameters
    ----------
    figures : Figure or list of Figure
        The page, or the pages in their order.
    *paths : str or Path
        Files to write: .pdf (all pages), .png (the first `PNG_PAGES`, one below the other), .svg (of
        the first page; letters as outlines, so that they look alike everywhere).
    """
    pages = figures if isinstance(figures, list) else [figures]
    for page in pages:
        _settle(page)
    for path in paths:
        with replacing(path) as temporary:
            WRITERS[Path(path).suffix](pages, temporary)
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
    whole.save(path, dpi=(DPI, DPI), pnginfo=_page_info(images, len(pages)))


def _page_info(images, n_pages):
    """Where the pages of a PNG end, for those who take them apart; None for a figure of one page."""
    if n_pages == 1:
        return None
    info = PngInfo()
    info.add_text(PAGE_HEIGHTS, " ".join(str(image.height) for image in images))
    info.add_text(PAGES, str(n_pages))
    return info


def _save_svg(pages, path):
    pages[0].savefig(path, format="svg", metadata={"Date": None, "Creator": None})


WRITERS = {".pdf": _save_pdf, ".png": _save_png, ".svg": _save_svg}
