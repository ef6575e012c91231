"""The picture of a registration: three planes through the recurrence, wherever the tumour is largest."""

import pytest
from matplotlib.colors import to_rgba

from npcradiomics.publication.figures.patient import plot_registration
from npcradiomics.publication.figures.style import CONTOUR_COLOURS
from registration_example import RECURRENCE, planted


def panels_with(figure, name):
    """How many panels have a contour of this colour."""
    colour = to_rgba(CONTOUR_COLOURS[name])
    return sum(
        any(tuple(edge) == colour for lines in axis.collections for edge in lines.get_edgecolor())
        for axis in figure.axes
    )


@pytest.mark.parametrize("voxels", [RECURRENCE, [(15, 27, 16)]])
def test_every_panel_shows_the_recurrence(voxels):
    figure = plot_registration("P1", planted(voxels), "registration pass", False)
    assert len(figure.axes) == 12
    assert panels_with(figure, "gtvr") == 12
    assert panels_with(figure, "gtv") >= 4
    assert figure.get_suptitle() == "P1: registration pass"


def test_a_recurrence_that_arrived_nowhere_is_said_to_be_missing():
    figure = plot_registration("P1", planted([]), "registration pass", False)
    assert panels_with(figure, "gtvr") == 0
    assert panels_with(figure, "gtv") == 12
    said = "P1: registration pass; GTVr is nowhere on the planning MRI"
    assert " ".join(figure.get_suptitle().split()) == said
