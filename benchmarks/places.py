"""How many places cover a tumour, how compact they are, what they cost: simulated, real and very large tumours.

    python benchmarks/places.py              a blob of 30,000 voxels and the six real tumours of ../shared
    python benchmarks/places.py --full-size  a tumour of 100 cm3 in 512 x 512 x 100 voxels: time and memory

CPU seconds of this process, one thread, with the default settings (3 cm3, coverage 20, 256 levels).
Spread: mean square distance of a place's voxels from its centroid, over that of a ball of its
volume: median and largest of the places; half a ball has 1.22. The real masks have made-up
intensities.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

os.environ.update(
    OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NUMBA_NUM_THREADS="1"
)
sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import numpy as np
import SimpleITK as sitk
from extraction import machine, make_region
from scipy import ndimage

from npcradiomics.risk.covering import measure_places
from npcradiomics.risk.places import Places, write
from npcradiomics.spatial_null.own_shape import warm_cache

EXTRACTION = {
    "n_levels": 256,
    "quantizer": "lloyd",
    "quantizer_fit": "region",
    "outliers": "none",
    "resampling": "none",
}
DEFAULTS = {"size_cm3": 3.0, "minimum_voxels": 64, "coverage": 20, "seed": 2020}


def spreads(places: Places) -> np.ndarray:
    """Of each place, see above."""
    points = np.array(np.unravel_index(places.cells, places.shape)).T * places.spacing_zyx_mm
    ball = 0.6 * (3 * places.n_voxels * np.prod(places.spacing_zyx_mm) / (4 * np.pi)) ** (2 / 3)
    rows = np.split(places.places.indices, places.places.indptr[1:-1])
    return np.array([points[row].var(axis=0).sum() / ball for row in rows])


def print_row(name, volume, gtv, spacing_mm):
    """One tumour."""
    begin = time.process_time()
    asked = DEFAULTS | {"extraction": EXTRACTION, "tell": lambda line: None}
    places = measure_places("P01", volume, gtv, spacing_mm, **asked)
    middle = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        write(places, Path(folder) / "places.npz")
        size = (Path(folder) / "places.npz").stat().st_size / 1e6
    spent = middle - begin, time.process_time() - middle
    n_pieces = ndimage.label(gtv, np.ones((3, 3, 3)))[1]
    n, cm3 = np.count_nonzero(gtv), np.count_nonzero(gtv) * np.prod(spacing_mm) / 1000
    start = f"| {name} | {n} ({cm3:.1f}) | {n_pieces} | {places.n_voxels} |"
    if places.reason:
        print(f"{start} none: {places.reason} |", flush=True)
        return
    coverage, found = places.places.astype(int).sum(axis=0), spreads(places)
    print(
        f"{start} {places.places.shape[0]} | {coverage.min()}, {coverage.mean():.0f}, {coverage.max()} |"
        f" {np.median(found):.2f}, {found.max():.2f} | {spent[0]:.1f} + {spent[1]:.1f} | {size:.1f} |",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full-size", action="store_true")
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    options = parser.parse_args()
    print(machine())
    warm_cache()
    measure_places(  # compiled
        "P", *make_region(3000), (1, 1, 1), **DEFAULTS, extraction=EXTRACTION, tell=print
    )
    print(
        "\n| tumour | voxels (cm3) | pieces | of a place | places | coverage | spread | CPU s | MB |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    if options.full_size:
        shape, spacing = (100, 512, 512), np.array([2.0, 0.45, 0.45])
        radius = (3 * 100_000 / (4 * np.pi)) ** (1 / 3)
        z, y, x = (
            ((np.arange(n) - (n - 1) / 2) * step / radius) ** 2
            for n, step in zip(shape, spacing, strict=True)
        )
        gtv = z[:, None, None] + y[:, None] + x < 1
        volume = np.zeros(shape, np.int16)
        volume[gtv] = np.rint(300 + 60 * np.random.default_rng(0).normal(size=gtv.sum()))
        print_row("512 x 512 x 100", volume, gtv, spacing)
    else:
        print_row("blob", *make_region(30_000), (1.0, 0.7, 0.7))
        paths = sorted((options.shared / "data" / "hn_masks").glob("*_planning.nii.gz"))
        for number, path in enumerate(paths):
            image = sitk.ReadImage(str(path))
            gtv = sitk.GetArrayFromImage(image) == 1
            noise = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=gtv.shape), 1)
            print_row(f"real {number}", np.rint(1000 * noise), gtv, image.GetSpacing()[::-1])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory {memory:.0f} MB")


if __name__ == "__main__":
    main()
