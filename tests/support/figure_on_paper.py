"""What every printed figure must hold: width of a column or page, type that can be read, nothing over the edge."""

from matplotlib.text import Text

from npcradiomics.publication.figures.style import PAGE_HEIGHT, SMALL_TYPE


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]


def check_print(figure):
    """85 or 170 mm wide, no higher than a page, no type below the smallest, nothing over the edge."""
    width, height = figure.get_size_inches() * 25.4
    assert round(width, 6) in (85, 170)
    assert height <= PAGE_HEIGHT * 25.4 + 1e-9
    figure.draw_without_rendering()
    assert min(text.get_fontsize() for text in texts(figure)) >= SMALL_TYPE
    drawn, edge = figure.get_tightbbox().extents * 25.4, 0.2
    assert (
        drawn[0] >= -edge
        and drawn[1] >= -edge
        and drawn[2] <= width + edge
        and drawn[3] <= height + edge
    )
