"""What the figures of the response study share: the colours of its groups and sets, and its letters."""

from matplotlib.axes import Axes

# Okabe and Ito's palette, as the other study's.
RESPONSE_COLOURS = {1: "#009E73", 0: "#CC79A7"}
RESPONSE_LABELS = {1: "effective (CR, PR)", 0: "ineffective (SD, PD)"}
SET_LABELS = {"train": "training", "nested": "nested cross-validation", "validation": "validation"}
SET_COLOURS = {"train": "#0072B2", "nested": "black", "validation": "#D55E00"}
SET_LINES = {"train": "-", "nested": "-.", "validation": "--"}


def say_letter(axis: Axes, letter: str) -> None:
    """Write a panel's letter at its upper left."""
    axis.text(-0.14, 1.06, letter, transform=axis.transAxes, fontweight="bold", fontsize=9)
