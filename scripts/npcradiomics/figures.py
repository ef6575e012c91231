"""Figures 2-5 of Akram 2020: each a function of a tidy table; nothing is computed here."""

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns

from npcradiomics.style import (
    COLUMN_WIDTH,
    PAGE_WIDTH,
    RC,
    REGION_COLOURS,
    REGION_LABELS,
    REGION_MARKERS,
    new_figure,
    say_selection,
    say_simulated,
)

REGIONS = tuple(REGION_COLOURS)


def draw_histograms(table, simulated):
    """Figure 2. table: patient, region, intensity_low, intensity_high, share; a panel per patient."""
    patients = list(dict.fromkeys(table["patient"]))
    columns = min(5 if len(patients) > 6 else 3, len(patients))
    rows = -(-len(patients) // columns)
    height = min(0.9 + rows * 1.15, 9.3)
    figure, axes = new_figure(PAGE_WIDTH, height, nrows=rows, ncols=columns, squeeze=False, sharex=True)
    with plt.rc_context(RC):
        for axis, patient in zip(axes.flat, patients, strict=False):
            one = table[table["patient"] == patient]
            for region in REGIONS:
                part = one[one["region"] == region]
                edges = np.append(part["intensity_low"], part["intensity_high"].iloc[-1])
                style = {"color": REGION_COLOURS[region], "label": REGION_LABELS[region]}
                axis.stairs(100 * part["share"], edges, fill=True, alpha=0.25, color=REGION_COLOURS[region])
                axis.stairs(100 * part["share"], edges, lw=0.9, ls="-" if region == "recurrent" else "--", **style)
            axis.set_title(_shortened(patient), pad=2)
            axis.tick_params(length=2)
        for axis in axes.flat[len(patients) :]:
            axis.set_visible(False)
        for axis in axes.flat[max(len(patients) - columns, 0) : len(patients)]:
            axis.xaxis.set_tick_params(labelbottom=True)  # also above a place that stays empty
        figure.supxlabel(
            "intensity, each patient's own scale 0-255",
            fontsize=8,
        )
        figure.supylabel("voxels of the region (%)", fontsize=8)
        handles, labels = axes.flat[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=2, frameon=False)
    say_simulated(figure, simulated)
    return figure


def draw_correlations(table, selection_note, simulated):
    """Figure 3. table: feature_a, feature_b, n, r, p for all ordered pairs; cells are coloured only where p < 0.05."""
    names = list(dict.fromkeys(table["feature_a"]))
    r = table.pivot(index="feature_a", columns="feature_b", values="r").loc[names, names]
    p = table.pivot(index="feature_a", columns="feature_b", values="p").loc[names, names]
    size = min(PAGE_WIDTH, max(COLUMN_WIDTH * 1.35, 1.6 + 0.42 * len(names)))
    figure, axis = new_figure(size, size * 0.86)
    with plt.rc_context(RC):
        insignificant = ~(p < 0.05).to_numpy() & ~np.eye(len(names), dtype=bool)
        sns.heatmap(
            r,
            mask=insignificant,
            vmin=-1,
            vmax=1,
            cmap="RdBu_r",
            square=True,
            linewidths=0.4,
            linecolor="0.8",
            ax=axis,
            cbar_kws={"label": "Pearson r of the paired differences", "shrink": 0.8},
        )
        small = 7 if len(names) <= 10 else 5
        for i, j in np.ndindex(r.shape):
            value = r.iat[i, j]
            words = "NA" if np.isnan(value) else f"{value:.2f}"
            shade = "white" if abs(value) > 0.65 and not insignificant[i, j] else "0.25"
            axis.text(j + 0.5, i + 0.5, words, ha="center", va="center", fontsize=small, color=shade)
        axis.set(xlabel="", ylabel="")
        axis.tick_params(length=0)
        plt.setp(axis.get_xticklabels(), rotation=45, ha="right", rotation_mode="anchor")
        plt.setp(axis.get_yticklabels(), rotation=0)
        for spine in axis.spines.values():
            spine.set(visible=True, linewidth=0.4, color="0.8")
    say_selection(figure, selection_note)
    say_simulated(figure, simulated)
    return figure


def draw_boxes(table, selection_note, simulated):
    """Figure 4. table: feature, p_words, patient, region, value; boxes with every patient's two points joined."""
    names = list(dict.fromkeys(table["feature"]))
    columns = min(4, len(names))
    rows = -(-len(names) // columns)
    figure, axes = new_figure(PAGE_WIDTH, min(0.5 + 1.75 * rows, 9.3), nrows=rows, ncols=columns, squeeze=False)
    with plt.rc_context(RC):
        for letter, axis, name in zip(_letters(len(names)), axes.flat, names, strict=False):
            one = table[table["feature"] == name]
            wide = one.pivot(index="patient", columns="region", values="value")[list(REGIONS)].dropna()
            sns.boxplot(
                one,
                x="region",
                y="value",
                order=REGIONS,
                hue="region",
                palette=REGION_COLOURS,
                legend=False,
                width=0.5,
                fliersize=0,
                linewidth=0.7,
                boxprops={"alpha": 0.35},
                ax=axis,
            )
            axis.plot([0, 1], wide.to_numpy().T, color="0.6", lw=0.4, zorder=1.5)
            for x, region in enumerate(REGIONS):
                marker = REGION_MARKERS[region]
                axis.plot([x] * len(wide), wide[region], marker, ms=2.2, color=REGION_COLOURS[region], zorder=3)
            axis.set_title(f"{name}\np {one['p_words'].iloc[0]}", pad=3)
            axis.set(xlabel="", ylabel="")
            axis.set_xticks([0, 1], ["recurrent", "non-recurrent"])
            axis.ticklabel_format(axis="y", style="sci", scilimits=(-2, 4), useMathText=True)
            axis.yaxis.get_offset_text().set_fontsize(6)
            axis.text(-0.22, 1.16, letter, transform=axis.transAxes, fontweight="bold", fontsize=9)
        for axis in axes.flat[len(names) :]:
            axis.set_visible(False)
        figure.supylabel("feature value (units in the table of definitions)", fontsize=8)
    say_selection(figure, selection_note)
    say_simulated(figure, simulated)
    return figure


def draw_components(table, share_1, share_2, selection_note, simulated):
    """Figure 5. table: patient, region, PC1, PC2; shares of variance in 0..1; every point labelled with its patient."""
    figure, axis = new_figure(PAGE_WIDTH * 0.8, PAGE_WIDTH * 0.6)
    with plt.rc_context(RC):
        for region in REGIONS:
            part = table[table["region"] == region]
            axis.scatter(
                part["PC1"],
                part["PC2"],
                marker=REGION_MARKERS[region],
                s=20,
                color=REGION_COLOURS[region],
                label=REGION_LABELS[region],
                edgecolor="white",
                linewidth=0.4,
                zorder=3,
            )
        size = 6 if len(table) <= 40 else 4
        for row in table.itertuples():
            axis.annotate(
                _label(row.patient),
                (row.PC1, row.PC2),
                xytext=(3, 2),
                textcoords="offset points",
                fontsize=size,
                color="0.3",
            )
        axis.axhline(0, color="0.85", lw=0.5, zorder=0)
        axis.axvline(0, color="0.85", lw=0.5, zorder=0)
        axis.set(xlabel=f"PC1 ({share_1:.0%} of variance)", ylabel=f"PC2 ({share_2:.0%} of variance)")
        axis.legend(frameon=False, loc="best")
    say_selection(figure, selection_note)
    say_simulated(figure, simulated)
    return figure


def _letters(n):
    return [chr(ord("A") + i) if i < 26 else f"A{chr(ord('A') + i - 26)}" for i in range(n)]


def _label(patient):
    """The paper labels its points with the number alone; other names are shortened in the middle."""
    digits = patient.removeprefix("REC")
    return str(int(digits)) if digits.isdigit() else _shortened(patient, 10)


def _shortened(name, longest=16):
    return name if len(name) <= longest else f"{name[: longest - 5]}\N{HORIZONTAL ELLIPSIS}{name[-4:]}"
