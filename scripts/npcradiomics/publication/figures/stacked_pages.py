"""A PNG has no pages: those of a figure stand in it one below the other, and it says where each ends."""

from pathlib import Path

from PIL import Image

PAGE_HEIGHTS, PAGES = "page heights", "pages"  # what a PNG of several pages says of itself


def page_heights(picture: Image.Image) -> tuple[list[int], int]:
    """Heights of the pages that an opened PNG of `save` holds, and how many the figure has."""
    heights = picture.info.get(PAGE_HEIGHTS, str(picture.height)).split()
    return list(map(int, heights)), int(picture.info.get(PAGES, 1))


def pages_of(path: str | Path) -> tuple[list[Image.Image], int]:
    """The pages that a PNG of `save` holds, and how many the figure has."""
    with Image.open(path) as whole:
        whole.load()
    heights, n_pages = page_heights(whole)
    pages, top = [], 0
    for height in heights:
        pages.append(whole.crop((0, top, whole.width, top + height)))
        top += height
    return pages, n_pages
