"""The middle slice of a series as a picture, and its size in voxels and millimetres: enough to tell what it is."""

from dataclasses import dataclass

import numpy as np

from npcradiomics.dicom.dataset import DicomError, open_dataset
from npcradiomics.dicom.frames import frames_of, heights_of
from npcradiomics.dicom.inventory import Found
from npcradiomics.dicom.pixels import stored_values

SAME_PLACE_MM = 0.01


@dataclass(frozen=True)
class Preview:
    """values: stored numbers of the middle slice (rows, columns), None where they cannot be read.

    size: columns, rows, images; spacing_mm: between columns, rows, slices (the median of different
    places), None where it is not said; n_places: slices in different places; fault: why there is no
    picture.
    """

    values: np.ndarray | None
    size: tuple
    spacing_mm: tuple
    n_places: int
    fault: str = ""


def preview(one: Found) -> Preview:
    """The Preview of an image series of an inventory.

    A file that cannot be read makes no picture and no error.
    """
    images = sorted(one.images)
    path = images[len(images) // 2][1]
    size, spacing, heights = (0, 0, one.n_images), (None, None), [height for height, _ in images]
    try:
        dataset = open_dataset(path)
        values = stored_values(dataset, path)
        size = (values.shape[2], values.shape[1], one.n_images)
        frames = frames_of(dataset, path)
        spacing = frames[0].spacing[::-1]
        if len(frames) > 1:
            heights = heights_of(frames)
            order = np.argsort(heights)
            values = values[order]
    except DicomError as error:
        if not size[0]:
            return Preview(None, size, (*spacing, None), 0, str(error))
    steps = np.diff(np.unique(np.round(heights, 2)))
    between = float(np.median(steps)) if steps.size else None
    return Preview(values[len(values) // 2], size, (*spacing, between), steps.size + 1)
