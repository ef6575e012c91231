"""Figures 2-5 of Akram 2020: each a function of a tidy table; nothing is computed here."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.font_manager import FontProperties
from matplotlib.markers import TICKDOWN
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MaxNLocator

from npcradiomics.publication.figures.patient_labels import panel_titles, point_labels
from npcradiomics.publication.figures.style import (
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
from npcradiomics.rounding import fixed_text, p_words, percent_text

REGIONS = tuple(REGION_COLOURS)
POINT = MM * 25.4 / 72  # inches
HISTOGRAMS_ON_ONE_PAGE = 60  # more patients get dense pages
DENSE_COLUMNS, DENSE_ROWS = 6, 16
HISTOGRAM = ["intensity_low", "intensity_high", "share"]
PANEL_WIDTH, PANEL_HEIGHT = 0.92, 0.7  # of the place it has
INTENSITY_WORDS = "intensity (each patient's own scale, 0\N{EN DASH}255)"
VOXELS_WORDS = "voxels of the region (%)"
BESIDE_LABEL = 40  # letters of a notice that have room beside the label below the panels
MOST_STROKES = 100  # of a panel: with one for each of thousands of patients a page takes gigabytes
MOST_PAIRS = 500  # of a panel joined by lines, which are one grey area long before
POINT_STEPS = 500  # of a panel's height, 30 mm: of points that close together one is drawn where there are thousands
BOXES_PER_PAGE = 20  # five rows: the longest unit is as long as such a panel is high
LABEL_PLACES = np.array(
    [(1, 1), (1, -1), (-1, 1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1)]
)  # about a point
# Width of a number in its type size: DejaVu Sans has digits of 0.64 em, a point of 0.32, a minus
# sign of 0.84.
EM_FULL, EM_SHORT = 3.06, 2.43


def draw_histograms(table, notice):
    """Figure 2.

    table: patient, region, intensity_low, intensity_high, share; a panel per patient. A list of
    pages.
    """
    patients = table["patient"].unique().tolist()
    if len(patients) <= HISTOGRAMS_ON_ONE_PAGE:
        return [_roomy_histograms(patients, dict(list(table.groupby("patient"))), notice)]
    bars = table[HISTOGRAM].to_numpy()
    regions = {
        key: bars[rows] for key, rows in table.groupby(["patient", "region"]).indices.items()
    }
    titles = panel_titles(patients)
    pages = _pages(patients, DENSE_COLUMNS * DENSE_ROWS)
    return [_dense_histograms(page, regions, titles, notice) for page in pages]


def _roomy_histograms(patients, by_patient, notice):
    columns = 3 if len(patients) <= 6 else 5 if len(patients) <= 40 else 6
    titles = panel_titles(patients)
    rows = -(-len(patients) // columns)
    height = min(22 * MM + rows * 30 * MM, PAGE_HEIGHT)
    figure, axes = new_figure(
        PAGE_WIDTH, height, nrows=rows, ncols=columns, squeeze=False, sharex=True
    )
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
    highest = [
        max(histograms[patient, region][:, 2].max() for region in REGIONS) for patient in patients
    ]
    with plt.rc_context(RC):
        for region in REGIONS:
            panels = [
                _outline(histograms[patient, region], top)
                for patient, top in zip(patients, highest, strict=True)
            ]
            panels = [
                Path(xy + place)
                for xy, place in zip(panels, np.column_stack([left, base]), strict=True)
            ]
            outlines = Path.make_compound_path(*panels)
            axis.add_artist(PathPatch(outlines, fc=REGION_COLOURS[region], alpha=0.25, lw=0))
            style = {"lw": 0.5, "ls": REGION_LINES[region], "label": REGION_LABELS[region]}
            axis.add_artist(PathPatch(outlines, ec=REGION_COLOURS[region], fill=False, **style))
        ends = np.column_stack([left, left + PANEL_WIDTH, np.full(len(left), np.nan)])
        axis.plot(ends.ravel(), np.repeat(base, 3), color="black", lw=0.4, solid_capstyle="butt")
        ticks = left[:, None] + PANEL_WIDTH * np.array([0, 100, 200]) / 255
        axis.plot(
            ticks, np.tile(base[:, None], 3), ls="", marker=TICKDOWN, ms=1.5, mew=0.4, color="black"
        )
        above = base + PANEL_HEIGHT + 0.03
        axis.add_artist(_Words([titles[patient] for patient in patients], left, above))
        numbers = [f"{fixed_text(100 * share, 0)} %" for share in highest]
        axis.add_artist(_Words(numbers, left + PANEL_WIDTH, above, left_of_place=1.0))
        lowest = slice(max(len(patients) - DENSE_COLUMNS, 0), None)
        labels = ["0", "100", "200"] * len(base[lowest])
        axis.add_artist(
            _Words(
                labels, ticks[lowest].ravel(), np.repeat(base[lowest], 3) - 0.18, left_of_place=0.5
            )
        )
        axis.set(xlim=(-0.05, DENSE_COLUMNS), ylim=(-rows - 0.2, 0))
        axis.set_axis_off()
        words = f"{INTENSITY_WORDS}\nordinates end at the number (%) above the panel"
        # matplotlib puts this label on the notice's line, where only a short notice has room beside
        # it.
        figure.supxlabel(words + "\n" * (len(notice) > BESIDE_LABEL))
        figure.supylabel(VOXELS_WORDS)
        figure.legend(loc="outside upper center", ncols=2, frameon=False)
    say_notice(figure, notice)
    _lay_out(figure)
    return figure


class _Words(Artist):
    """Many words of the smallest type in one pair of axes, (n,) words and the places of their base lines.

    As Text each of 10,000 would be laid out, with its lines and its box, for longer than all the
    rest of Figure 2 takes. left_of_place: share of a word's width that stands left of its place.
    """

    def __init__(self, words, x, y, left_of_place=0.0):
        super().__init__()
        self.set_in_layout(False)
        self.words, self.places, self.left_of_place = words, np.column_stack([x, y]), left_of_place

    def draw(self, renderer):
        gc = renderer.new_gc()
        font = FontProperties(family=RC["font.family"], size=SMALL_TYPE)
        x, y = self.get_transform().transform(self.places).T
        if self.left_of_place:
            width = {
                w: renderer.get_text_width_height_descent(w, font, False)[0]
                for w in set(self.words)
            }
            x = x - [self.left_of_place * width[word] for word in self.words]
        if renderer.flipy():
            y = renderer.get_canvas_width_height()[1] - y
        for at_x, at_y, word in zip(x, y, self.words, strict=True):
            renderer.draw_text(gc, at_x, at_y, word, font, 0)
        gc.restore()


def _outline(histogram, highest):
    """Corners (n, 2) of an outline in its panel, from the base line and back;

    histogram: (bins, 3), HISTOGRAM.
    """
    x = np.append(histogram[:, 0], histogram[-1, 1]) / 255
    y = np.concatenate([[0], np.repeat(histogram[:, 2] / highest, 2), [0]])
    return np.column_stack([PANEL_WIDTH * np.repeat(x, 2), PANEL_HEIGHT * y])


def draw_correlations(table, selection_note, notice):
    """Figure 3.

    table: feature_a, feature_b, n, r, p for all ordered pairs; cells are coloured only where p <
    0.05.
    """
    names = list(dict.fromkeys(table["feature_a"]))
    r, p = (
        table.pivot(index="feature_a", columns="feature_b", values=v).loc[names, names].to_numpy()
        for v in "rp"
    )
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
                    j + 0.5,
                    i + 0.5,
                    words,
                    ha="center",
                    va="center",
                    fontsize=size,
                    color="white" if dark else "0.15",
                )
        axis.set(aspect="equal", ylim=(len(names), 0))
        upright = len(names) > 8
        turned = (
            {"rotation": 90}
            if upright
            else {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
        )
        axis.set_xticks(np.arange(len(names)) + 0.5, names, **turned)
        axis.set_yticks(np.arange(len(names)) + 0.5, names)
        axis.tick_params(length=0, pad=2)
        axis.spines[["left", "bottom"]].set_visible(False)
        bar = figure.colorbar(
            mesh,
            ax=axis,
            location="bottom",
            aspect=40,
            pad=0.02,
            shrink=0.9,
            ticks=[-1, -0.5, 0, 0.5, 1],
        )
        bar.set_label("Pearson r, paired differences")
        bar.outline.set_linewidth(0.4)
    say_selection(figure, selection_note)
    say_notice(figure, notice)
    return figure


def _luminance(rgba):
    return float(np.dot(rgba[:3], (0.2126, 0.7152, 0.0722)))


def _cell_type(points):
    """Type size and format of numbers in a cell of so many points;

    size 0 where they would be too small to read.
    """
    for em, form in ((EM_FULL, lambda r: fixed_text(r, 2)), (EM_SHORT, _without_zero)):
        size = min(TYPE, 0.92 * points / em)
        if size >= SMALL_TYPE:
            return size, lambda r, form=form: form(r).replace("-", "\N{MINUS SIGN}")
    return 0, None


def _without_zero(r):
    return fixed_text(r, 2).replace("0.", ".", 1)


def draw_boxes(table, selection_note, notice):
    """Figure 4. table: feature, unit, test, p, patient, region, value; boxes, each patient's points joined. Pages.

    Of more than MOST_PAIRS patients so many are joined, evenly spaced by name, which the legend
    says; and of points so close that they are one spot, POINT_STEPS, one is drawn. Boxes are always
    those of all patients.
    """
    names = table["feature"].unique().tolist()
    by_feature = dict(list(table.groupby("feature")))
    n_patients = table["patient"].nunique()
    letters = dict(zip(names, _letters(len(names)), strict=True))
    columns = min(4, len(names))
    below = (
        16 * MM if columns > 2 or n_patients <= MOST_PAIRS else 20 * MM
    )  # a line more in the legend
    pages = []
    for page in _pages(names, BOXES_PER_PAGE):
        rows = -(-len(page) // columns)
        figure, axes = new_figure(
            PAGE_WIDTH if columns > 2 else COLUMN_WIDTH,
            min(below + 42 * MM * rows, PAGE_HEIGHT),
            nrows=rows,
            ncols=columns,
            squeeze=False,
        )
        with plt.rc_context(RC):
            for axis, name in zip(axes.flat, page, strict=False):
                _draw_box(axis, by_feature[name], letters[name])
            _leave_empty(axes, len(page))
            handles = [
                plt.Line2D(
                    [],
                    [],
                    color=REGION_COLOURS[r],
                    marker=REGION_MARKERS[r],
                    ms=4,
                    lw=0,
                    label=REGION_LABELS[r],
                )
                for r in REGIONS
            ]
            if n_patients > MOST_PAIRS:
                words = f"lines: at most {MOST_PAIRS} of {n_patients:,} patients"
                handles.append(plt.Line2D([], [], color="0.6", lw=0.4, label=words))
            side_by_side = len(handles) if columns > 2 else 1
            figure.legend(
                handles=handles, loc="outside lower center", ncols=side_by_side, frameon=False
            )
        say_selection(figure, selection_note)
        say_notice(figure, notice)
        if n_patients > MOST_PAIRS:
            _lay_out(figure)
        pages.append(figure)
    return pages


def _draw_box(axis, table, letter):
    wide = table.pivot(index="patient", columns="region", values="value")[list(REGIONS)].dropna()
    steps = (
        np.linspace(wide.min(axis=None), wide.max(axis=None), POINT_STEPS)
        if len(wide) > MOST_PAIRS
        else None
    )
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
        points = wide[region] if steps is None else _apart(wide[region], steps)
        axis.plot([x] * len(points), points, REGION_MARKERS[region], ms=2.2, color=colour, zorder=3)
    joined = wide.to_numpy()[_spread(len(wide), MOST_PAIRS)]
    faint = {"color": "0.6", "lw": 0.4, "alpha": min(1, 20 / len(joined)), "zorder": 1.5}
    axis.add_collection(LineCollection(_pair_lines(joined), **faint))
    name, test = table["feature"].iloc[0], table["test"].iloc[0]
    # Centred on panel and label together: the longest names are wider than the panel.
    axis.set_title(
        f"{name}\np {p_words(table['p'].iloc[0])}{'^' if test == 'wilcoxon' else ''}", x=0.4, pad=3
    )
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
    axis.set_ylabel(f"{factor} {unit_words(table['unit'].iloc[0])}".strip(), labelpad=2)
    axis.annotate(
        letter, (0, 1), (-26, 4), "axes fraction", "offset points", fontweight="bold", va="bottom"
    )


def _pair_lines(values):
    """Lines (x, y) from each recurrent to its non-recurrent value, (n, 2), with gaps between them: MOST_STROKES at most."""
    gap = np.full(len(values), np.nan)
    pairs = np.stack(
        [np.broadcast_to([0.0, 1.0, np.nan], (len(values), 3)), np.column_stack([values, gap])],
        axis=-1,
    )
    return [part.reshape(-1, 2) for part in np.array_split(pairs, min(len(pairs), MOST_STROKES))]


def _spread(n, most):
    """Places, `most` of n evenly spaced ones, or all of them if there are no more."""
    return np.arange(n) if n <= most else np.arange(most) * n // most


def _apart(values, steps):
    """The lowest value between two steps each, and the highest of all: what is drawn of thousands of points."""
    ordered = np.sort(values)
    _, first = np.unique(np.searchsorted(steps, ordered, side="right"), return_index=True)
    return np.append(ordered[first], ordered[-1])


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
            face = {
                "color": REGION_COLOURS[region],
                "edgecolor": "white",
                "linewidth": 0.4,
                "s": 14 if crowded else 24,
            }
            axis.scatter(
                part["PC1"],
                part["PC2"],
                marker=REGION_MARKERS[region],
                label=REGION_LABELS[region],
                zorder=3,
                **face,
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
    """Write each patient's label beside its point, at the first of eight places that hides nothing;

    else not at all.
    """
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
    for point, patient in zip(points, table["patient"], strict=True):
        half = np.array([0.62 * size * len(names[patient]) * pixel, 0.75 * size * pixel]) / 2
        centres = point + LABEL_PLACES * (radius + pixel + half)
        boxes = np.hstack([centres - half, centres + half])
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        near = marks[
            np.searchsorted(marks[:, 2], low[0]) : np.searchsorted(
                marks[:, 0], high[0], side="right"
            )
        ]
        near = near[(near[:, 3] > low[1]) & (near[:, 1] < high[1])]
        free = ((boxes[:, :2] > inside.min) & (boxes[:, 2:] < inside.max)).all(axis=1)
        free &= ~(_overlap(boxes, near) | _overlap(boxes, taken))
        if not free.any():
            continue
        place = free.argmax()
        taken = np.vstack([taken, boxes[place]])
        axis.annotate(
            names[patient],
            axis.transData.inverted().transform(point),
            (centres[place] - point) / pixel,
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=size,
            color="0.25",
        )


def _overlap(boxes, others):
    """Which boxes (k, 4) of x0, y0, x1, y1 overlap any of the others (n, 4)."""
    apart = (boxes[:, None, :2] >= others[:, 2:]) | (boxes[:, None, 2:] <= others[:, :2])
    return ~apart.any(axis=2).all(axis=1)


def _lay_out(figure):
    """Lay a crowded page out once, here: saving would do it, and draw the page for it, once more for each file."""
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine(None)


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
