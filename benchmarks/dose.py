"""CPU time and memory of the dose of 14 patients, full size: 512 x 512 x 100 voxels, dose grid of 2.5 mm, 50 shifts each.

    python benchmarks/dose.py [folder with head-and-neck masks]

Shapes: the real tumours of ../shared/data/hn_masks (their largest, 32 cm3, taken over and over) or,
without it, balls of 20 cm3 in which one of 5 cm3 came back. Peak memory is that of the process.
"""

import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np
import SimpleITK as sitk

from npcradiomics.dose.recurrence import Plan, measure_recurrence
from npcradiomics.registration.error import RegistrationError, draw_perturbations

N_PATIENTS, N_SHIFTS = 14, 50
SIZE, SPACING = (512, 512, 100), (0.45, 0.45, 2.0)


def grid(size, spacing):
    image = sitk.Image(list(size), sitk.sitkUInt8)
    image.SetSpacing(spacing)
    image.SetOrigin([-(n - 1) * mm / 2 for n, mm in zip(size, spacing, strict=True)])
    return image


def radius_from(image, centre):
    axes = [
        image.GetOrigin()[k] + np.arange(n) * image.GetSpacing()[k] - centre[k]
        for k, n in enumerate(image.GetSize())
    ]
    x, y, z = axes
    return np.sqrt(z[:, None, None] ** 2 + y[:, None] ** 2 + x**2)


def like(values, image):
    made = sitk.GetImageFromArray(values)
    made.CopyInformation(image)
    return made


def shapes(folder):
    """(gtv, gtvr) on the full grid."""
    place = grid(SIZE, SPACING)
    if folder is None or not folder.is_dir():
        return [
            (
                like((radius_from(place, (0, 0, 0)) < 16.8).astype(np.uint8), place),
                like((radius_from(place, (5, 0, 0)) < 10.6).astype(np.uint8), place),
            )
        ]
    found = []
    for path in sorted(folder.glob("*_planning.nii.gz")):
        pair = []
        for own in (path, path.with_name(path.name.replace("planning", "later"))):
            mask = sitk.Cast(sitk.ReadImage(str(own)) == 1, sitk.sitkUInt8)
            if not pair:  # the tumour's middle goes to the grid's
                inside = np.argwhere(sitk.GetArrayViewFromImage(mask))[:, ::-1].mean(axis=0)
                centre = mask.TransformContinuousIndexToPhysicalPoint(inside.tolist())
            shift = sitk.TranslationTransform(3, centre)
            pair.append(sitk.Resample(mask, place, shift, sitk.sitkNearestNeighbor, 0))
        found.append(pair)
    return found


def main():
    default = Path(__file__).parents[2] / "shared/data/hn_masks"
    pairs = shapes(Path(sys.argv[1]) if len(sys.argv) > 1 else default)
    doses = grid((96, 96, 80), (2.5, 2.5, 2.5))
    dose = like((72.8 / (1 + np.exp((radius_from(doses, (0, 0, 0)) - 32) / 3))).astype("f4"), doses)
    times = []
    for k in range(N_PATIENTS):
        gtv, gtvr = pairs[k % len(pairs)]
        targets = [("gtv", 70.0, gtv)]
        plan = Plan(dose, None, 70.0, 33, 10.0, targets)
        start = time.process_time()
        error = RegistrationError(1.0, 0.15, 2.0, 0.5, 0.8)
        shifts = draw_perturbations(error, gtvr, N_SHIFTS, k)
        measure_recurrence(gtv, gtvr, plan, shifts)
        times.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{len(pairs)} shapes, {N_PATIENTS} patients, {N_SHIFTS} shifts each, without reading files:"
    )
    print(
        f"CPU {sum(times):.1f} s, median {np.median(times):.2f} s, most {max(times):.2f} s; peak {peak:.2f} GB"
    )


if __name__ == "__main__":
    main()
