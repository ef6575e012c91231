"""Picture of one patient's recurrent region beside some of its draws, for an expert to judge whether they compare."""

import matplotlib.pyplot as plt
import numpy as np
import SimpleITK as sitk
from matplotlib.figure import Figure

from npcradiomics.images.slices import to_patient_axes
from npcradiomics.publication.captions import escape_rst
from npcradiomics.publication.figures.slice_view import BAR_MM, crop, outline
from npcradiomics.publication.figures.style import (
    CONTOUR_COLOURS,
    MM,
    PAGE_WIDTH,
    new_figure,
    say_notice,
    wrap_words,
)
from npcradiomics.publication.notices import simulated_note
from npcradiomics.spatial_null.draws import Draws

N_SHOWN = 6  # draws, the first ones
N_SLICES = 3
MARGIN_MM = 5.0  # shown round the GTV


def plot_placements(planning: sitk.Image, gtv: sitk.Image, draws: Draws, simulated: bool) -> Figure:
    """Plot S3: the recurrent region and the first six draws, a column each, on the same axial slices.

    Slices: that with most of the region, and two that show most of the draws. Below each column
    depth, share of the GTV's surface and sphericity. Without draws the picture shows the region
    alone and says why.

    Parameters
    ----------
    planning, gtv : SimpleITK.Image
        Planning MRI and mask on its grid.
    draws : Draws
        The first is the recurrent region, its part inside the GTV.
    simulated : bool
        Whether the picture must say so.

    Returns
    -------
    matplotlib.figure.Figure
    """
    inside = _patient_array(sitk.GetArrayFromImage(gtv), planning)
    spacing = to_patient_axes(planning).GetSpacing()
    window = (slice(None), *(crop(inside, axis, MARGIN_MM, spacing[2 - axis]) for axis in (1, 2)))
    inside, volume = inside[window], sitk.GetArrayFromImage(to_patient_axes(planning))[window]
    # One at a time: a whole volume each would fill the memory.
    n_regions = min(1 + N_SHOWN, len(draws.members))
    regions = [
        _patient_array(draws.masks(k, k + 1)[0], planning)[window].copy() for k in range(n_regions)
    ]
    rows = _slices(regions if regions[0].any() else [inside])
    height, width = (n * s for n, s in zip(volume.shape[1:], spacing[1::-1], strict=True))
    panel = (PAGE_WIDTH - 20 * MM) / (1 + N_SHOWN)
    title = wrap_words(f"{draws.patient}: {_words(draws)}", 0.95 * PAGE_WIDTH)
    lines = 3.5 * MM * title.count("\n")
    size = (PAGE_WIDTH, len(rows) * panel * height / width + 34 * MM + lines)
    figure, axes = new_figure(*size, nrows=len(rows), ncols=1 + N_SHOWN, squeeze=False)
    low, high = np.percentile(volume[inside > 0], [0.5, 99.5])
    grey = {"cmap": "gray", "vmin": low - 0.3 * (high - low), "vmax": max(high, low + 1e-6)}
    grey |= {"extent": (0, width, height, 0), "interpolation": "nearest"}
    for column, axis_column in enumerate(axes.T):
        for axis, z in zip(axis_column, rows, strict=True):
            axis.set(xticks=[], yticks=[])
            axis.spines[:].set_visible(False)
            if column >= n_regions:
                axis.set_visible(False)
                continue
            axis.imshow(volume[z], **grey)
            outline(axis, inside[z], (width, height), "gtv", 0.8)
            outline(axis, regions[column][z], (width, height), "gtvr", 1.2)
        if column < n_regions:
            axis_column[0].set_title(f"draw {column}" if column else "observed")
            axis_column[-1].set_xlabel(_numbers(draws, column))
    for axis, z in zip(axes[:, 0], rows, strict=True):
        axis.set_ylabel(f"slice {z + 1}")
    first, last = axes[0, 0], axes[-1, 0]
    below = {"textcoords": "offset points", "ha": "right", "va": "top", "annotation_clip": False}
    last.annotate("depth\nsurface\nsphericity", (0, 0), (-2, -4), "axes fraction", **below)
    if not draws.n_draws:
        words = wrap_words(f"No draws: {draws.reason}.", PAGE_WIDTH - 2.2 * panel)
        place = {"xycoords": "axes fraction", "va": "top", "annotation_clip": False}
        first.annotate(words, (1.1, 0.9), **place).set_in_layout(False)
    bar = [0.95 * width - BAR_MM, 0.95 * width]
    first.plot(bar, [0.94 * height] * 2, color="white", lw=1.5)
    handles = [plt.Line2D([], [], color=CONTOUR_COLOURS[name]) for name in ("gtv", "gtvr")]
    handles.append(plt.Line2D([], [], color="0.6", lw=1.5))
    names = ["GTV", "region: observed, or drawn", f"bar: {BAR_MM:g} mm"]
    figure.legend(handles, names, title=title, loc="outside upper center", ncols=3)
    say_notice(figure, simulated_note(simulated))
    return figure


def _words(draws):
    return (
        f"{draws.fraction:.0%} of the GTV; mean overlap of draws {draws.mean_overlap:.0%},"
        f" {draws.effective_placements:.1f} effectively different placements"
        if draws.n_draws
        else f"{draws.fraction:.0%} of the GTV"
    )


def _numbers(draws, k):
    covariates = dict(zip(draws.covariate_names, draws.covariates[k], strict=True))
    depth, surface, sphericity = (
        covariates[name] for name in ("depth_mm", "surface_share", "sphericity")
    )
    if np.isnan(depth):
        return "\n\n"
    return f"{depth:.1f} mm\n{surface:.0%}\n{sphericity:.2f}"


def _patient_array(array, planning):
    """A mask on the planning grid with the patient's axes."""
    image = sitk.GetImageFromArray(np.asarray(array).astype(np.uint8))
    image.CopyInformation(planning)
    return sitk.GetArrayFromImage(to_patient_axes(image))


def _slices(regions):
    """Slices from head to feet: that with most of the first region, then those with most of the others.

    Each region is measured by its own fullest slice.
    """
    areas = np.array([np.count_nonzero(region, axis=(1, 2)) for region in regions], float)
    areas /= np.maximum(areas.max(axis=1, keepdims=True), 1.0)
    shown = [int(areas[0].argmax())]
    while len(shown) < N_SLICES:
        seen = areas[:, shown].max(axis=1, keepdims=True)
        gain = np.maximum(areas - seen, 0.0).sum(axis=0)
        if gain.max() == 0:
            break
        shown.append(int(gain.argmax()))
    return sorted(shown, reverse=True)


def caption_numbers(draws: Draws) -> dict:
    """What the caption of S3 says of the draws."""
    several = draws.n_draws > 1
    return {
        "n_draws": draws.n_draws,
        "n_shown": min(N_SHOWN, draws.n_draws),
        "reason": escape_rst(draws.reason),
        "notes": escape_rst(draws.notes),
        "fraction": f"{draws.fraction:.0%}",
        "mean_overlap": f"{draws.mean_overlap:.0%}" if several else "not known",
        "effective": f"{draws.effective_placements:.1f}" if several else "not known",
        "own_shape": draws.drawn_shape == "own",
        "matched": draws.match == "depth",
    }
