"""What every printed figure must hold: width of a column or page, type that can be read, no words cut or overprinted."""

from itertools import combinations
from unittest import mock

from matplotlib.text import Text

from npcradiomics.publication.figures.style import PAGE_HEIGHT, SMALL_TYPE

# Of the type size, on each side: matplotlib's box of a line is higher than its letters.
EMPTY = 0.15


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]


def drawn_words(figure):
    """The texts that are drawn, [(words, box in pixels of the letters)], each once: not those of hidden ticks."""
    drawn, draw = {}, Text.draw

    def remember(text, renderer):
        if text.get_visible() and text.get_text().strip():
            drawn[id(text)] = text
        return draw(text, renderer)

    with mock.patch.object(Text, "draw", remember):
        figure.draw_without_rendering()
    words = []
    for text in drawn.values():
        empty = EMPTY * text.get_fontsize() * figure.dpi / 72
        words.append((text.get_text(), text.get_window_extent().padded(-empty)))
    return words


def check_words(figure):
    """No words over the edge of the figure, and none over others."""
    words = drawn_words(figure)
    edge = figure.bbox.padded(0.5)
    outside = [text for text, box in words if not (box.min >= edge.min).all() or not (box.max <= edge.max).all()]  # fmt: skip
    assert not outside, f"over the edge: {outside}"
    overprinted = [
        (one, two)
        for (one, first), (two, second) in combinations(words, 2)
        if min(first.x1, second.x1) > max(first.x0, second.x0)
        and min(first.y1, second.y1) > max(first.y0, second.y0)
    ]
    assert not overprinted, f"one over the other: {overprinted}"


def check_print(figure):
    """85 or 170 mm wide, no higher than a page, no type below the smallest, nothing over the edge, no words over words."""
    width, height = figure.get_size_inches() * 25.4
    assert round(width, 6) in (85, 170)
    assert height <= PAGE_HEIGHT * 25.4 + 1e-9
    check_words(figure)
    assert min(text.get_fontsize() for text in texts(figure)) >= SMALL_TYPE
    drawn, edge = figure.get_tightbbox().extents * 25.4, 0.2
    assert (
        drawn[0] >= -edge
        and drawn[1] >= -edge
        and drawn[2] <= width + edge
        and drawn[3] <= height + edge
    )
