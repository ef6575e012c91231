"""Figure 4: box plots of the features with the patients' points, joined in pairs."""

import warnings
from string import ascii_uppercase

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import MatplotlibDeprecationWarning
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from npcradiomics.publication.figures.style import (
    ABOVE_NOTICE,
    COLUMN_WIDTH,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    REGION_COLOURS,
    REGION_LABELS,
    REGION_MARKERS,
    leave_empty,
    new_figure,
    say_notice,
    say_selection,
)
from npcradiomics.rounding import fixed_text, p_words

BOXES_PER_PAGE = 20  # five rows: the longest unit is as long as such a panel is high
LETTERS = [*ascii_uppercase, *(f"A{letter}" for letter in ascii_uppercase)]


def plot_boxes(table: pd.DataFrame, selection_note: str, notice: str) -> list[Figure]:
    """Plot Figure 4: a panel per feature, boxes with the points of all patients joined in pairs.

    Parameters
    ----------
    table : pandas.DataFrame
        feature, unit, test, p, patient, region, value.
    selection_note, notice : str
        Words that the picture must say, or "".

    Returns
    -------
    list of matplotlib.figure.Figure
        Pages of `BOXES_PER_PAGE` features.
    """
    panels = list(zip(LETTERS, table.groupby("feature", sort=False), strict=False))
    columns = min(4, len(panels))
    pages = []
    for start in range(0, len(panels), BOXES_PER_PAGE):
        page = panels[start : start + BOXES_PER_PAGE]
        rows = -(-len(page) // columns)
        width, height = PAGE_WIDTH if columns > 2 else COLUMN_WIDTH, 16 * MM + 42 * MM * rows
        grid = {"nrows": rows, "ncols": columns, "squeeze": False}
        figure, axes = new_figure(width, min(height, PAGE_HEIGHT), **grid)
        for axis, (letter, (name, part)) in zip(axes.flat, page, strict=False):
            points = _draw_box(axis, part)
            _name_panel(axis, letter, name, part.iloc[0])
        leave_empty(axes, len(page))
        names, side_by_side = list(REGION_LABELS.values()), 2 if columns > 2 else 1
        below = {"loc": "outside lower center", "borderaxespad": ABOVE_NOTICE}
        figure.legend(points, names, ncols=side_by_side, markerscale=1.8, **below)
        say_selection(figure, selection_note)
        say_notice(figure, notice)
        pages.append(figure)
    return pages


def _draw_box(axis, table):
    wide = table.pivot(index="patient", columns="region", values="value")
    wide = wide[list(REGION_COLOURS)].dropna()
    with warnings.catch_warnings():
        # seaborn 0.13.2 calls matplotlib 3.11 by a name that 3.13 no longer knows.
        warnings.filterwarnings("ignore", "vert: bool", MatplotlibDeprecationWarning)
        sns.boxplot(
            wide, ax=axis, width=0.5, palette=REGION_COLOURS, showfliers=False, linewidth=0.7,
            linecolor="black", medianprops={"lw": 1.2},
        )  # fmt: skip
    for box, colour in zip(axis.patches, REGION_COLOURS.values(), strict=True):
        box.set_facecolor((colour, 0.3))
    # One collection: seaborn's lineplot makes a line per patient, 100 times slower.
    pairs = np.stack(np.broadcast_arrays([0.0, 1.0], wide), axis=-1)
    faint = {"color": "0.6", "lw": 0.4, "alpha": min(1, 20 / max(len(pairs), 1))}
    axis.add_collection(LineCollection(pairs, zorder=1.5, **faint))
    return [
        axis.plot([x] * len(wide), wide[region], marker, ms=2.2, color=colour, zorder=3)[0]
        for x, (region, marker, colour) in enumerate(
            zip(wide, REGION_MARKERS.values(), REGION_COLOURS.values(), strict=True)
        )
    ]


def _name_panel(axis, letter, name, row):
    # Centred on panel and label together: the longest names are wider than the panel.
    mark = "^" if row["test"] == "wilcoxon" else ""
    axis.set_title(f"{name}\np {p_words(row['p'])}{mark}", x=0.4)
    axis.set_xticks([0, 1], ["GTVr", "GTVnr"])
    axis.set_xlim(-0.5, 1.5)
    axis.tick_params(length=2, pad=2)
    axis.yaxis.set_major_locator(MaxNLocator(4))
    power, decimals = _tick_format(axis.yaxis.get_major_locator().tick_values(*axis.get_ylim()))
    words = FuncFormatter(
        lambda value, _: fixed_text(value / 10.0**power, decimals).replace("-", "\N{MINUS SIGN}")
    )
    axis.yaxis.set_major_formatter(words)
    factor = f"\N{MULTIPLICATION SIGN}10{_superscript(power)}" if power else ""
    axis.set_ylabel(f"{factor} {unit_words(row['unit'])}".strip(), labelpad=2)
    axis.set_xlabel("")
    # As high as the feature's name: a long unit reaches above the panel.
    place = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "bottom"}
    axis.annotate(letter, (0, 1), (-26, 13), fontweight="bold", **place)


def _tick_format(ticks):
    """Power of ten that goes into the axis label (matplotlib would put it where the title is), and decimals behind it."""
    power = int(np.floor(np.log10(np.abs(ticks).max())))
    power = power if not -2 <= power < 4 else 0
    scaled = np.asarray(ticks) / 10.0**power
    step = scaled[1] - scaled[0]
    exact = [
        d for d in range(7) if np.allclose(scaled, np.round(scaled, d), rtol=0, atol=1e-3 * step)
    ]
    return power, exact[0] if exact else 6


def unit_words(unit: str) -> str:
    """Write a unit of `features.definitions` as an axis prints it: "1 / (level voxel)^2" as "(level voxel)⁻²"."""
    if unit == "1":
        return "(no unit)"
    base, power = unit.removeprefix("1 / "), 1
    if base.endswith("^2") or base.endswith("^3"):
        base, power = base[:-2], int(base[-1])
    power = -power if unit.startswith("1 / ") else power
    words = base.replace("image", "intensity").replace(" / ", "/").replace("^2", "²")
    return words + (_superscript(power) if power != 1 else "")


def _superscript(number):
    return str(number).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
