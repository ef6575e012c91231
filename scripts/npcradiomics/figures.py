"""Figures 2-5 of Akram 2020: each a function of a tidy table; nothing is computed here."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.markers import TICKDOWN
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MaxNLocator

from npcradiomics.patient_labels import panel_titles, point_labels
from npcradiomics.rounding import fixed_text, p_words, percent_text
from npcradiomics.style import (
    COLUMN_WIDTH,
    CORRELATION_COLOURS,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    RC,
    REGION_COLOURS,
    REGION_LABELS,
    REGION_LINES,
    REGION_MARKERS,
    SMALL_TYPE,
    TYPE,
    new_figure,
    say_notice,
    say_selection,
)

REGIONS = tuple(REGION_COLOURS)
POINT = MM * 25.4 / 72  # inches
HISTOGRAMS_ON_ONE_PAGE = 60  # more patients get dense pages
DENSE_COLUMNS, DENSE_ROWS = 6, 16
HISTOGRAM = ["intensity_low", "intensity_high", "share"]
PANEL_WIDTH, PANEL_HEIGHT = 0.92, 0.7  # of the place it has
INTENSITY_WORDS = "intensity (each patient's own scale, 0\N{EN DASH}255)"
VOXELS_WORDS = "voxels of the region (%)"
MOST_STROKES = 100  # of a panel: with one for each of thousands of patients a page takes gigabytes
BOXES_PER_PAGE = 20  # five rows: the longest unit is as long as such a panel is high
# Width of a number in its type size: DejaVu Sans has digits of 0.64 em, a point of 0.32, a minus sign of 0.84.
EM_FULL, EM_SHORT = 3.06, 2.43


def draw_histograms(table, notice):
    """Figure 2. table: patient, region, intensity_low, intensity_high, share; a panel per patient. A list of pages."""
    patients = list(dict.fromkeys(table["patient"]))
    if len(patients) <= HISTOGRAMS_ON_ONE_PAGE:
        return [_roomy_histograms(patients, dict(list(table.groupby("patient"))), notice)]
    regions = {key: part.to_numpy() for key, part in table.groupby(["patient", "region"])[HISTOGRAM]}
    titles = panel_titles(patients)
    pages = _pages(patients, DENSE_COLUMNS * DENSE_ROWS)
    return [_dense_histograms(page, regions, titles, notice) for page in pages]


def _roomy_histograms(patients, by_patient, notice):
    columns = 3 if len(patients) <= 6 else 5 if len(patients) <= 40 else 6
    titles = panel_titles(patients)
    rows = -(-len(patients) // columns)
    height = min(22 * MM + rows * 30 * MM, PAGE_HEIGHT)
    figure, axes = new_figure(PAGE_WIDTH, height, nrows=rows, ncols=columns, squeeze=False, sharex=True)
    with plt.rc_context(RC):
        for axis, patient in zip(axes.flat, patients, strict=False):
            _draw_histogram(axis, by_patient[patient])
            axis.set_title(titles[patient], pad=2)
        _leave_empty(axes, len(patients))
        for axis in axes.flat[max(len(patients) - columns, 0) : len(patients)]:
            axis.xaxis.set_tick_params(labelbottom=True)  # also above a place that stays empty
        figure.supxlabel(INTENSITY_WORDS)
        figure.supylabel(VOXELS_WORDS)
        handles, labels = axes.flat[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=2, frameon=False)
    say_notice(figure, notice)
    return figure


def _draw_histogram(axis, table):
    for region in REGIONS:
        part = table[table["region"] == region]
        edges = np.append(part["intensity_low"], part["intensity_high"].iloc[-1])
        colour = {"color": REGION_COLOURS[region]}
        axis.stairs(100 * part["share"], edges, fill=True, alpha=0.25, **colour)
        line = {"lw": 0.9, "ls": REGION_LINES[region], "label": REGION_LABELS[region]}
        axis.stairs(100 * part["share"], edges, **line, **colour)
    axis.set_xticks([0, 100, 200])
    axis.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axis.tick_params(length=2, pad=2)


def _dense_histograms(patients, histograms, titles, notice):
    """A page of small panels in one pair of axes: with axes for each, 5,000 patients would take a quarter of an hour.

    A panel is one wide and one high; its ordinate ends at the number above its right end.
    """
    rows = -(-len(patients) // DENSE_COLUMNS)
    figure, axis = new_figure(PAGE_WIDTH, min(38 * MM + rows * 13 * MM, PAGE_HEIGHT))
    left = np.arange(len(patients)) % DENSE_COLUMNS
    base = -1.0 - np.arange(len(patients)) // DENSE_COLUMNS
    highest = [max(histograms[patient, region][:, 2].max() for region in REGIONS) for patient in patients]
    with plt.rc_context(RC):
        for region in REGIONS:
            panels = [
                _outline(histograms[patient, region], top) for patient, top in zip(patients, highest, strict=True)
            ]
            panels = [Path(xy + place) for xy, place in zip(panels, np.column_stack([left, base]), strict=True)]
            outlines = Path.make_compound_path(*panels)
            axis.add_artist(PathPatch(outlines, fc=REGION_COLOURS[region], alpha=0.25, lw=0))
            style = {"lw": 0.5, "ls": REGION_LINES[region], "label": REGION_LABELS[region]}
            axis.add_artist(PathPatch(outlines, ec=REGION_COLOURS[region], fill=False, **style))
        axis.hlines(base, left, left + PANEL_WIDTH, color="black", lw=0.4)
        ticks = left[:, None] + PANEL_WIDTH * np.array([0, 100, 200]) / 255
        axis.plot(ticks, np.tile(base[:, None], 3), ls="", marker=TICKDOWN, ms=1.5, mew=0.4, color="black")
        words = {"fontsize": SMALL_TYPE, "in_layout": False}
        for k, patient in enumerate(patients):
            axis.text(left[k], base[k] + PANEL_HEIGHT + 0.03, titles[patient], **words)
            number = f"{fixed_text(100 * highest[k], 0)} %"
            axis.text(left[k] + PANEL_WIDTH, base[k] + PANEL_HEIGHT + 0.03, number, ha="right", **words)
        for k in range(max(len(patients) - DENSE_COLUMNS, 0), len(patients)):
            for x, label in zip(ticks[k], ("0", "100", "200"), strict=True):
                axis.text(x, base[k] - 0.06, label, ha="center", va="top", **words)
        axis.set(xlim=(-0.05, DENSE_COLUMNS), ylim=(-rows - 0.2, 0))
        axis.set_axis_off()
        figure.supxlabel(f"{INTENSITY_WORDS}\nordinates end at the number (%) above the panel")
        figure.supylabel(VOXELS_WORDS)
        figure.legend(loc="outside upper center", ncols=2, frameon=False)
    say_notice(figure, notice)
    # Laid out once, here: saving would draw every page twice to lay it out.
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine("none")
    return figure


def _outline(histogram, highest):
    """Corners (n, 2) of an outline in its panel, from the base line and back; histogram: (bins, 3), HISTOGRAM."""
    x = np.append(histogram[:, 0], histogram[-1, 1]) / 255
    y = np.concatenate([[0], np.repeat(histogram[:, 2] / highest, 2), [0]])
    return np.column_stack([PANEL_WIDTH * np.repeat(x, 2), PANEL_HEIGHT * y])


def draw_correlations(table, selection_note, notice):
    """Figure 3. table: feature_a, feature_b, n, r, p for all ordered pairs; cells are coloured only where p < 0.05."""
    names = list(dict.fromkeys(table["feature_a"]))
    r, p = (table.pivot(index="feature_a", columns="feature_b", values=v).loc[names, names].to_numpy() for v in "rp")
    width = COLUMN_WIDTH if len(names) <= 8 else PAGE_WIDTH
    cell = (width - 33 * MM) / len(names)
    figure, axis = new_figure(width, min(cell * len(names) + 55 * MM, PAGE_HEIGHT))
    with plt.rc_context(RC):
        coloured = (p < 0.05) | np.eye(len(names), dtype=bool)
        shown = np.ma.masked_where(~coloured | np.isnan(r), r)
        lines = {"edgecolors": "0.8", "linewidth": 0.4}
        mesh = axis.pcolormesh(shown, cmap=CORRELATION_COLOURS, vmin=-1, vmax=1, **lines)
        size, decimals = _cell_type(cell / POINT)
        if size:
            for i, j in np.ndindex(r.shape):
                dark = coloured[i, j] and _luminance(mesh.to_rgba(r[i, j])) < 0.5
                words = decimals(r[i, j]) if i != j else "1"
                axis.text(
                    j + 0.5, i + 0.5, words, ha="center", va="center", fontsize=size, color="white" if dark else "0.15"
                )
        axis.set(aspect="equal", ylim=(len(names), 0))
        upright = len(names) > 8
        turned = {"rotation": 90} if upright else {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
        axis.set_xticks(np.arange(len(names)) + 0.5, names, **turned)
        axis.set_yticks(np.arange(len(names)) + 0.5, names)
        axis.tick_params(length=0, pad=2)
        axis.spines[["left", "bottom"]].set_visible(False)
        bar = figure.colorbar(
            mesh, ax=axis, location="bottom", aspect=40, pad=0.02, shrink=0.9, ticks=[-1, -0.5, 0, 0.5, 1]
        )
        bar.set_label("Pearson r, paired differences")
        bar.outline.set_linewidth(0.4)
    say_selection(figure, selection_note)
    say_notice(figure, notice)
    return figure


def _luminance(rgba):
    return float(np.dot(rgba[:3], (0.2126, 0.7152, 0.0722)))


def _cell_type(points):
    """Type size and format of numbers in a cell of so many points; size 0 where they would be too small to read."""
    for em, form in ((EM_FULL, lambda r: fixed_text(r, 2)), (EM_SHORT, _without_zero)):
        size = min(TYPE, 0.92 * points / em)
        if size >= SMALL_TYPE:
            return size, lambda r, form=form: form(r).replace("-", "\N{MINUS SIGN}")
    return 0, None


def _without_zero(r):
    return fixed_text(r, 2).replace("0.", ".", 1)


def draw_boxes(table, selection_note, notice):
    """Figure 4. table: feature, unit, test, p, patient, region, value; boxes, each patient's points joined. Pages."""
    names = list(dict.fromkeys(table["feature"]))
    letters = dict(zip(names, _letters(len(names)), strict=True))
    columns = min(4, len(names))
    pages = []
    for page in _pages(names, BOXES_PER_PAGE):
        rows = -(-len(page) // columns)
        figure, axes = new_figure(
            PAGE_WIDTH if columns > 2 else COLUMN_WIDTH,
            min(16 * MM + 42 * MM * rows, PAGE_HEIGHT),
            nrows=rows,
            ncols=columns,
            squeeze=False,
        )
        with plt.rc_context(RC):
            for axis, name in zip(axes.flat, page, strict=False):
                _draw_box(axis, table[table["feature"] == name], letters[name])
            _leave_empty(axes, len(page))
            handles = [
                plt.Line2D(
                    [], [], color=REGION_COLOURS[r], marker=REGION_MARKERS[r], ms=4, lw=0, label=REGION_LABELS[r]
                )
                for r in REGIONS
            ]
            figure.legend(handles=handles, loc="outside lower center", ncols=2 if columns > 2 else 1, frameon=False)
        say_selection(figure, selection_note)
        say_notice(figure, notice)
        pages.append(figure)
    return pages


def _draw_box(axis, table, letter):
    wide = table.pivot(index="patient", columns="region", values="value")[list(REGIONS)].dropna()
    for x, region in enumerate(REGIONS):
        colour = REGION_COLOURS[region]
        axis.boxplot(
            wide[region],
            positions=[x],
            widths=0.5,
            showfliers=False,
            patch_artist=True,
            boxprops={"facecolor": (colour, 0.3), "lw": 0.7},
            medianprops={"color": "black", "lw": 1.2},
            whiskerprops={"lw": 0.7},
            capprops={"lw": 0.7},
        )
        axis.plot([x] * len(wide), wide[region], REGION_MARKERS[region], ms=2.2, color=colour, zorder=3)
    faint = {"color": "0.6", "lw": 0.4, "alpha": max(min(1, 20 / len(wide)), 0.02), "zorder": 1.5}
    axis.add_collection(LineCollection(_pair_lines(wide.to_numpy()), **faint))
    name, test = table["feature"].iloc[0], table["test"].iloc[0]
    # Centred on panel and label together: the longest names are wider than the panel.
    axis.set_title(f"{name}\np {p_words(table['p'].iloc[0])}{'^' if test == 'wilcoxon' else ''}", x=0.4, pad=3)
    axis.set_xticks([0, 1], ["GTVr", "GTVnr"])
    axis.set_xlim(-0.5, 1.5)
    axis.tick_params(length=2, pad=2)
    axis.yaxis.set_major_locator(MaxNLocator(4))
    power, decimals = _tick_format(axis.yaxis.get_major_locator().tick_values(*axis.get_ylim()))
    words = FuncFormatter(lambda value, _: fixed_text(value / 10.0**power, decimals).replace("-", "\N{MINUS SIGN}"))
    axis.yaxis.set_major_formatter(words)
    factor = f"\N{MULTIPLICATION SIGN}10{_superscript(power)}" if power else ""
    axis.set_ylabel(f"{factor} {unit_words(table['unit'].iloc[0])}".strip(), labelpad=2)
    axis.annotate(letter, (0, 1), (-26, 4), "axes fraction", "offset points", fontweight="bold", va="bottom")


def _pair_lines(values):
    """Lines (x, y) from each recurrent to its non-recurrent value, (n, 2), with gaps between them: MOST_STROKES at most."""
    gap = np.full(len(values), np.nan)
    pairs = np.stack([np.broadcast_to([0.0, 1.0, np.nan], (len(values), 3)), np.column_stack([values, gap])], axis=-1)
    return [part.reshape(-1, 2) for part in np.array_split(pairs, min(len(pairs), MOST_STROKES))]


def _tick_format(ticks):
    """Power of ten that goes into the axis label (matplotlib would put it where the title is), and decimals behind it."""
    power = int(np.floor(np.log10(np.abs(ticks).max())))
    power = power if not -2 <= power < 4 else 0
    scaled = np.asarray(ticks) / 10.0**power
    step = scaled[1] - scaled[0]
    exact = [d for d in range(7) if np.allclose(scaled, np.round(scaled, d), rtol=0, atol=1e-3 * step)]
    return power, exact[0] if exact else 6


def unit_words(unit):
    """A unit of definitions.DEFINITIONS as an axis prints it: "1 / (level voxel)^2" -> "(level voxel)⁻²"."""
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


def draw_components(table, selection_note, notice):
    """Figure 5. table: patient, region, PC1, PC2, PC1_share, PC2_share (of variance, 0..1, equal in all rows).

    A point is labelled with its patient where there is room.
    """
    figure, axis = new_figure(PAGE_WIDTH, 110 * MM)
    with plt.rc_context(RC):
        crowded = len(table) > 60
        for region in REGIONS:
            part = table[table["region"] == region]
            face = {"color": REGION_COLOURS[region], "edgecolor": "white", "linewidth": 0.4, "s": 14 if crowded else 24}
            axis.scatter(
                part["PC1"], part["PC2"], marker=REGION_MARKERS[region], label=REGION_LABELS[region], zorder=3, **face
            )
        axis.axhline(0, color="0.85", lw=0.5, zorder=0)
        axis.axvline(0, color="0.85", lw=0.5, zorder=0)
        axis.margins(0.07)
        for name, set_label in (("PC1", axis.set_xlabel), ("PC2", axis.set_ylabel)):
            share = percent_text(table[f"{name}_share"].iloc[0])
            set_label(f"{name} ({share} of variance; score, no unit)")
        figure.legend(loc="outside upper center", ncols=2, frameon=False)
    say_selection(figure, selection_note)
    say_notice(figure, notice)
    with plt.rc_context(RC):
        _label_points(figure, axis, table, SMALL_TYPE if crowded else TYPE)
    return figure


def _label_points(figure, axis, table, size):
    """Write each patient's label beside its point, at the first of eight places that hides nothing; else not at all."""
    figure.draw_without_rendering()
    names = point_labels(list(dict.fromkeys(table["patient"])))
    points = axis.transData.transform(table[["PC1", "PC2"]].to_numpy())
    pixel = figure.dpi / 72  # per point of type
    radius = 2.4 * pixel
    # By x, so that each place is compared with the points near it and not with all of thousands.
    marks = points[np.argsort(points[:, 0], kind="stable")]
    marks = np.column_stack([marks - radius, marks + radius])
    taken = np.empty((0, 4))
    inside = axis.get_window_extent()
    for (x, y), patient in zip(points, table["patient"], strict=True):
        width, height = 0.62 * size * len(names[patient]) * pixel, 0.75 * size * pixel
        for dx, dy in ((1, 1), (1, -1), (-1, 1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1)):
            centre = np.array([x + dx * (radius + pixel + width / 2), y + dy * (radius + pixel + height / 2)])
            half = np.array([width / 2, height / 2])
            box = np.concatenate([centre - half, centre + half])
            near = slice(np.searchsorted(marks[:, 2], box[0]), np.searchsorted(marks[:, 0], box[2], side="right"))
            if (
                not any(_hides(box, boxes) for boxes in (marks[near], taken))
                and inside.x0 < box[0]
                and box[2] < inside.x1
                and inside.y0 < box[1]
                and box[3] < inside.y1
            ):
                taken = np.vstack([taken, box])
                offset = (centre - (x, y)) / pixel
                place = axis.transData.inverted().transform((x, y))
                axis.annotate(
                    names[patient],
                    place,
                    offset,
                    textcoords="offset points",
                    ha="center",
                    va="center",
                    fontsize=size,
                    color="0.25",
                )
                break


def _hides(box, boxes):
    """Whether a box (x0, y0, x1, y1) overlaps one of boxes (n, 4)."""
    return ((boxes[:, :2] < box[2:]).all(axis=1) & (boxes[:, 2:] > box[:2]).all(axis=1)).any()


def _pages(items, most):
    """Split into as few pages as hold `most` items each."""
    return [items[start : start + most] for start in range(0, len(items), most)]


def _leave_empty(axes, used):
    for axis in axes.flat[used:]:
        axis.set_visible(False)


def _letters(n):
    """A to Z, then AA, AB, ..."""
    alphabet = [chr(ord("A") + i) for i in range(26)]
    return [*alphabet, *(f"A{letter}" for letter in alphabet)][:n]
