"""How fast maps of features voxel by voxel are, side by side with pyradiomics' own, and whether both are equal.

    python benchmarks/voxel_maps.py                  a tumour of 28 x 22 x 9 mm, 256, 64 and 32 levels
    python benchmarks/voxel_maps.py --levels 256 --radius 2 --rounds 5

The 22 features of runs and zones that both define alike (docs/definitions.md), each program through
its own door: features.voxel_maps, and RadiomicsFeatureExtractor with voxelBased, this study's
settings file and the batch of voxels that is fastest here. Both get the same levels. CPU time of
this process, one thread, in turns, medians; microseconds a voxel. Values are compared where
pyradiomics counts runs in all 13 directions: it leaves out those in which no two voxels of a
neighbourhood lie in line, at the tumour's edge; the last columns say how many voxels these are.
"""

import argparse
import logging
import os
import resource
import sys
import time
from pathlib import Path

os.environ.update(
    OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NUMBA_NUM_THREADS="1"
)
sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import numpy as np
import SimpleITK as sitk
from extraction import machine
from radiomics.featureextractor import RadiomicsFeatureExtractor
from scipy import ndimage

from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.features.quantization import fit
from npcradiomics.features.voxel_maps import voxel_maps

SETTINGS = Path(__file__).parents[1] / "config/heterogeneity/pyradiomics.yaml"
SHARED = [one for one in DEFINITIONS if one.agrees and not one.feature.startswith("Intensity_")]
BATCHES = (20, 100)


def tumour(in_plane=0.7, slice_mm=3.0, seed=0):
    """Smooth noise and an ellipsoid with half axes of 14, 11 and 4.5 mm: volume int16, mask (z, y, x)."""
    half = np.array([4.5, 11.0, 14.0]) / [slice_mm, in_plane, in_plane]
    shape = 2 * np.ceil(half).astype(int) + 7
    volume = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=shape), 1)
    steps = ((k - (n - 1) / 2) / h for k, n, h in zip(np.indices(shape), shape, half, strict=True))
    return np.rint(1000 * volume).astype(np.int16), sum(step**2 for step in steps) < 1


def pyradiomics_maps(levels, radius, batch):
    """{class_Feature: values (n)} of pyradiomics, and the CPU seconds."""
    extractor = RadiomicsFeatureExtractor(str(SETTINGS))
    extractor.settings |= {"kernelRadius": radius, "maskedKernel": True, "voxelBatch": batch}
    extractor.disableAllFeatures()
    wanted = {"glrlm": [], "glszm": []}
    for one in SHARED:
        family, _, name = one.pyradiomics.partition("_")
        wanted[family].append(name)
    extractor.enableFeaturesByName(**wanted)
    image = sitk.GetImageFromArray(levels.astype(np.float64))
    mask = sitk.GetImageFromArray((levels > 0).astype(np.uint8))
    begin = time.process_time()
    result = extractor.execute(image, mask, voxelBased=True)
    spent = time.process_time() - begin
    maps = {}
    for name, found in result.items():
        if isinstance(found, sitk.Image):
            x, y, z = (int(part) for part in found.GetOrigin())
            values = sitk.GetArrayFromImage(found)
            nz, ny, nx = values.shape
            inside = levels[z : z + nz, y : y + ny, x : x + nx] > 0
            maps[name.removeprefix("original_")] = values[inside]
    return maps, spent


def compare(n_levels, radius, rounds):
    """One row: microseconds a voxel of both, how often faster, and how far apart values are."""
    volume, mask = tumour()
    levels = np.zeros(mask.shape, int)
    levels[mask] = fit(volume[mask], n_levels).apply(volume[mask])
    names = [one.feature for one in SHARED]
    asked = {"radius": radius, "n_levels": n_levels, "quantizer": "lloyd"}
    voxel_maps(volume, mask, names, **asked)  # compiled
    spent = {batch: pyradiomics_maps(levels, radius, batch)[1] for batch in BATCHES}
    batch = min(spent, key=spent.get)
    ours, theirs = [], []
    for _ in range(rounds):
        begin = time.process_time()
        maps = voxel_maps(volume, mask, names, **asked)
        ours.append(time.process_time() - begin)
        peer, seconds = pyradiomics_maps(levels, radius, batch)
        theirs.append(seconds)
    apart = np.array(
        [
            np.abs(column - peer[one.pyradiomics]) / np.abs(peer[one.pyradiomics])
            for column, one in zip(maps.T, SHARED, strict=True)
        ]
    )
    differing = (apart > 1e-8).any(axis=0)
    n, one, other = mask.sum(), np.median(ours), np.median(theirs)
    print(
        f"| {n_levels} | {radius} | {n} | {1e6 * one / n:.1f} | {1e6 * other / n:.0f} ({batch}) |"
        f" {other / one:.0f} | {apart[:, ~differing].max():.1e} | {differing.sum()} |",
        flush=True,
    )


def print_full_size():
    """One feature of each kind, of a tumour of 100 cm3 in 512 x 512 x 100 voxels: seconds and memory."""
    shape, spacing = (100, 512, 512), np.array([2.0, 0.45, 0.45])
    volume = np.zeros(shape, np.int16)
    rng = np.random.default_rng(0)
    radius = (3 * 100_000 / (4 * np.pi)) ** (1 / 3)
    steps = [
        (np.arange(n) - (n - 1) / 2) * step / radius for n, step in zip(shape, spacing, strict=True)
    ]
    mask = steps[0][:, None, None] ** 2 + steps[1][:, None] ** 2 + steps[2] ** 2 < 1
    volume[mask] = np.rint(100 * rng.normal(size=mask.sum()))
    print(f"\n512 x 512 x 100, tumour of {mask.sum()} voxels (100 cm3), 256 levels, radius 2\n")
    for name in ("Intensity_Mean", "GLCM_Contrast", "GLRLM_SRE", "NGTDM_Busyness"):
        begin = time.process_time()
        voxel_maps(volume, mask, [name], radius=2, n_levels=256, quantizer="lloyd")
        print(f"{name}: {time.process_time() - begin:.1f} CPU s", flush=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--levels", type=int, nargs="+", default=[256, 64, 32])
    parser.add_argument("--radius", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--full-size", action="store_true", help="time and memory of ours alone")
    options = parser.parse_args()
    logging.getLogger("radiomics").setLevel(logging.ERROR)
    print(machine())
    if options.full_size:
        print_full_size()
        return
    print(f"{len(SHARED)} features; microseconds of CPU a voxel, medians of {options.rounds}\n")
    print("| levels | radius | voxels | here | pyradiomics (batch) | times | apart | differing |")
    print("|---|---|---|---|---|---|---|---|")
    for n_levels in options.levels:
        for radius in options.radius:
            compare(n_levels, radius, options.rounds)


if __name__ == "__main__":
    main()
