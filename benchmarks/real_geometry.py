"""Real head-and-neck geometry for the proof of the spatial null: six tumours and what was left of
them weeks later (../shared/data/hn_masks).

A cohort of 14 is made of the six by mirroring, by other sizes and resolutions, and by later parts
that are larger or smaller. Places are drawn once per geometry; each cohort has new textures in
them.
"""

from pathlib import Path

import numpy as np
import SimpleITK as sitk
from null_places import Geometry, Placed, place
from scipy import ndimage

from npcradiomics.spatial_null.placements import NotDrawable

COHORT = 14
EVERY_NEIGHBOUR = np.ones((3, 3, 3))
VOXELS = (2500, 7000)  # of a tumour, by coarser pixels; smaller ones stay as they are
LARGER = (0.8, 1.25)  # of the tumour's edge, by its spacing
PART = (0.7, 1.2)  # of the later part's volume, by moving its surface; half of them keep it


def patients(shared: Path) -> list[Geometry]:
    """The six, largest piece of each; empty without ../shared."""
    found = []
    for path in sorted((shared / "data" / "hn_masks").glob("*_planning.nii.gz")):
        image = sitk.ReadImage(str(path))
        later = sitk.ReadImage(str(path).replace("_planning", "_later"))
        masks = [_largest(sitk.GetArrayFromImage(mask) == 1) for mask in (image, later)]
        found.append(Geometry(*_cropped(masks), tuple(image.GetSpacing()[::-1])))
    return found


def variant(rng: np.random.Generator, one: Geometry) -> Geometry:
    """Another patient made of a real one."""
    coarser = max(1.0, np.sqrt(np.count_nonzero(one.gtv) / rng.uniform(*VOXELS)))
    larger = rng.uniform(*LARGER)
    part = rng.uniform(*PART) if rng.random() < 0.5 else 1.0
    axes = [axis for axis in range(3) if rng.random() < 0.5]
    gtv, later = (
        _resampled(_distance(mask, one.spacing_mm), coarser) for mask in (one.gtv, one.later)
    )
    if part != 1.0:
        later = later - np.sort(later, axis=None)[round(part * np.count_nonzero(later < 0))]
    masks = _cropped([_largest(np.flip(mask < 0, axes)) for mask in (gtv, later)])
    step = np.array(one.spacing_mm) * [1, coarser, coarser] * larger
    return Geometry(*masks, tuple(step.tolist()))


def shares(rng: np.random.Generator, n: int) -> np.ndarray:
    """How many patients of a cohort are made of each of n real ones: as equal as can be."""
    extra = rng.permutation(n)[: COHORT % n]
    return COHORT // n + np.isin(np.arange(n), extra)


def library(
    shared: Path, n_variants: int, n_draws: int, seed: int, shape: str
) -> list[list[Placed]]:
    """For each of the six, variants with their draws, matched on depth as by default.

    Those without draws are said and left out, as the workflow does.
    """
    found = []
    for number, one in enumerate(patients(shared)):
        found.append([])
        for k in range(n_variants):
            rng = np.random.default_rng([seed, number, k])
            made = variant(rng, one)
            try:
                found[-1].append(place(rng, made, n_draws, shape))
            except NotDrawable as error:
                print(f"variant {k} of real tumour {number} has no draws: {error}", flush=True)
        print(
            f"real tumour {number}: {len(found[-1])} of {n_variants} variants have draws",
            flush=True,
        )
    return [variants for variants in found if variants]


def _distance(mask, spacing):
    mask = np.pad(mask, ((0, 0), (8, 8), (8, 8)))
    outside, inside = (ndimage.distance_transform_edt(part, spacing) for part in (~mask, mask))
    return outside - inside


def _resampled(distance, coarser):
    if coarser == 1.0:
        return distance
    n = [int(size / coarser) for size in distance.shape[1:]]
    steps = [np.arange(len(distance)), *(coarser * np.arange(m) for m in n)]
    return ndimage.map_coordinates(distance, np.meshgrid(*steps, indexing="ij"), order=1)


def _largest(mask):
    labels, n = ndimage.label(mask, EVERY_NEIGHBOUR)
    return labels == 1 + np.argmax(np.bincount(labels.ravel())[1:]) if n > 1 else mask


def _cropped(masks):
    box = ndimage.find_objects((masks[0] | masks[1]).astype(int))[0]
    return [np.pad(mask[box], 1) for mask in masks]
