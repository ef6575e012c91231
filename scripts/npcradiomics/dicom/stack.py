"""Slices of one acquisition put together as a volume, if they are one even and upright stack.

Positions are millimetres in the patient frame; arrays are (z, y, x).
"""

from pathlib import Path

import numpy as np
import SimpleITK as sitk

from npcradiomics.dicom.dataset import DicomError, items, number, open_dataset
from npcradiomics.dicom.frames import SAME_POSITION_MM, Frame, heights_of, stated_step
from npcradiomics.dicom.pixels import MAX_VOXELS, stored_values
from npcradiomics.images.grids import ROUNDING_TOLERANCE, repair_direction

# Scanners write positions with at least three digits; half a per cent of the distance is far above
# that.
EVEN_SPACING = 0.02


def in_order(frames: list[Frame], path: Path) -> list[Frame]:
    """The frames along their normal; refused unless they are one even stack."""
    if len(frames) < 2:
        raise DicomError(
            f"{path}: {len(frames)} slice in the series, at least 2 are needed for a volume",
            "give the folder of the whole series, or name another",
        )
    normal = np.cross(frames[0].orientation[:3], frames[0].orientation[3:])
    length = np.linalg.norm(normal)
    if abs(length - 1) > ROUNDING_TOLERANCE:
        raise DicomError(
            f"{path}: rows and columns are not perpendicular unit vectors (their cross product is {length:.4f})"
        )
    along = heights_of(frames)
    order = np.argsort(along, kind="stable")
    frames, along = [frames[i] for i in order], along[order]
    steps = np.diff(along)
    double = np.flatnonzero(steps < SAME_POSITION_MM)
    if double.size:
        at = ", ".join(f"{along[i]:.2f}" for i in double[:10])
        raise DicomError(
            f"{path}: {double.size} of {len(frames)} slices lie where another does "
            f"(double files, echoes or time points): at {at} mm along the normal",
            "export one of the echoes, time points or copies alone",
        )
    step = float(np.median(steps))
    stated = stated_step(frames, step)
    if stated is not None:
        raise DicomError(
            f"{path}: slices are {step:.3f} mm apart, the header says {stated:.3f} "
            "mm: two stacks in one another, or slices missing",
            "export one acquisition alone, and whole",
        )
    uneven = np.flatnonzero(np.abs(steps - step) > EVEN_SPACING * step)
    if uneven.size:
        at = ", ".join(
            f"{steps[i]:.2f} mm between {along[i]:.2f} and {along[i + 1]:.2f}" for i in uneven[:10]
        )
        raise DicomError(
            f"{path}: slices are {step:.3f} mm apart, but {at} (mm along the normal): "
            "slices missing or unevenly spaced",
            "export the series whole",
        )
    _require_straight(frames, normal, path)
    return frames


def _require_straight(frames, normal, path):
    between = frames[-1].position - frames[0].position
    line = between / np.linalg.norm(between)
    sideways = float(np.linalg.norm(np.cross(line, normal)))
    if sideways > ROUNDING_TOLERANCE:
        raise DicomError(
            f"{path}: the slices are stacked "
            f"{np.degrees(np.arcsin(min(sideways, 1))):.2f} degrees off their normal "
            "(gantry tilt)",
            "resample the series before use",
        )
    positions = np.array([f.position - frames[0].position for f in frames])
    off = np.linalg.norm(positions - np.outer(positions @ line, line), axis=1)
    if off.max() > 0.05 * frames[0].spacing.min() + SAME_POSITION_MM:
        raise DicomError(
            f"{path}: slices lie up to {off.max():.2f} mm beside the line through the first and the last"
        )


def volume(frames: list[Frame], path: Path) -> sitk.Image:
    """The rescaled voxels of frames in order as an image (int16, int32 or float32) in the patient frame."""
    rows, columns = frames[0].size
    if len(frames) * rows * columns > MAX_VOXELS:
        raise DicomError(
            f"{path}: {len(frames)}x{rows}x{columns} voxels",
            f"at most {MAX_VOXELS} are read",
        )
    array = np.empty((len(frames), rows, columns), np.float32)
    whole_numbers, files = True, {}
    for place, frame in enumerate(frames):
        files.setdefault(frame.path, []).append((place, frame.index))
    for file, places in files.items():
        dataset = open_dataset(file)
        values = stored_values(dataset, file)
        for place, index in places:
            slope, intercept = _rescale(dataset, index, file)
            whole_numbers &= (
                slope == 1 and intercept == int(intercept) and values.dtype.itemsize <= 2
            )
            array[place] = values[index] * np.float32(slope) + np.float32(intercept)
    if whole_numbers:  # up to 17 bits with the intercept: exact in float32
        fits = array.min() >= -32768 and array.max() <= 32767
        array = array.astype(np.int16 if fits else np.int32)
    image = sitk.GetImageFromArray(array)
    first = frames[0]
    normal = np.cross(first.orientation[:3], first.orientation[3:])
    step = float((frames[-1].position - first.position) @ normal) / (len(frames) - 1)
    image.SetSpacing([float(first.spacing[1]), float(first.spacing[0]), step])
    image.SetOrigin([float(x) for x in first.position])
    image.SetDirection(
        np.column_stack([first.orientation[:3], first.orientation[3:], normal]).ravel()
    )
    return perpendicular(image, path)


def _rescale(dataset, index, path):
    holder = dataset
    per_frame = items(dataset, "PerFrameFunctionalGroupsSequence", path)
    if per_frame:
        shared = items(dataset, "SharedFunctionalGroupsSequence", path)
        for group in (per_frame[index], *shared[:1]):
            found = items(group, "PixelValueTransformationSequence", path)
            if found:
                holder = found[0]
                break
    return number(holder, "RescaleSlope", path, 1), number(holder, "RescaleIntercept", path, 0)


def perpendicular(image: sitk.Image, path: Path) -> sitk.Image:
    """geometry.repair_direction, with the file in its message."""
    try:
        return repair_direction(image)
    except ValueError as error:
        raise DicomError(f"{path}: {error}") from None
