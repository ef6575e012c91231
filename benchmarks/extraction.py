"""How fast the 47 features are: side by side with pyradiomics, MIRP and pictologics, one run, one thread, CPU
time, medians.

    python benchmarks/extraction.py                 what is installed; peers: pip install -r
    benchmarks/requirements-peers.txt python benchmarks/extraction.py --voxels 2000   one size only

Regions are smooth noise in an irregular blob (int16, like MRI), cropped to their box, the same for
everyone. Peers get the quantized region; ours starts from intensities (Lloyd-Max and histogram
features included). pyradiomics at its best: feature classes called directly, only the features of
Table 1 that it has, merged matrix (weightingNorm euclidean). MIRP and pictologics choose by family:
statistics, GLCM, GLRLM, GLSZM and NGTDM, merged in 3-D, no discretisation.
"""

import argparse
import os
import platform
import sys
import time
from pathlib import Path

os.environ.update(
    OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NUMBA_NUM_THREADS="1"
)
sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import numpy as np
from scipy import ndimage

from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.features.extraction import extract
from npcradiomics.features.subregions import SubregionExtractor

# voxels -> least ratio of CPU times, peer / ours: pyradiomics, MIRP (issue 3), pictologics (issue 24).
GOALS = {2000: (200, 400), 10000: (120, 250), 30000: (60, 200), 60000: (45, 180, 2)}
DRAWS_GOAL = 400


def make_region(n_voxels, seed=0):
    """Intensities int16 and mask bool (z, y, x), cropped: a blob of n_voxels in smooth noise."""
    rng = np.random.default_rng(seed)
    radius = (n_voxels / 3) ** (1 / 3)
    shape = (int(2 * radius) + 6, int(3 * radius) + 6, int(3 * radius) + 6)
    smooth = ndimage.gaussian_filter(rng.normal(size=shape), 1.2)
    volume = 300 + 80 * smooth / smooth.std() + 15 * rng.normal(size=shape)
    z, y, x = (axis - size / 2 for axis, size in zip(np.indices(shape), shape, strict=True))
    outline = (1.4 * z) ** 2 + y**2 + x**2
    outline += 3 * radius**2 * ndimage.gaussian_filter(rng.normal(size=shape), 4)
    mask = outline < np.partition(outline.ravel(), n_voxels)[n_voxels]
    box = ndimage.find_objects(mask.astype(int))[0]
    return np.ascontiguousarray(volume[box].astype(np.int16)), np.ascontiguousarray(mask[box])


def make_draws(mask, n_region, n_draws):
    """Compact sub-regions of a tumour, each bool (n of the mask)."""
    rng = np.random.default_rng(1)
    voxels = np.argwhere(mask)
    distances = [
        ((voxels - voxels[rng.integers(len(voxels))]) ** 2).sum(axis=1) for _ in range(n_draws)
    ]
    return [distance <= np.partition(distance, n_region)[n_region] for distance in distances]


def pyradiomics_peer():
    """A function (intensities, levels, mask) of pyradiomics at its best, and its version."""
    import logging

    import radiomics
    import SimpleITK as sitk
    from radiomics import firstorder, glcm, glrlm, glszm, ngtdm

    logging.getLogger("radiomics").setLevel(logging.ERROR)
    classes = {
        "firstorder": firstorder.RadiomicsFirstOrder,
        "glcm": glcm.RadiomicsGLCM,
        "glrlm": glrlm.RadiomicsGLRLM,
        "glszm": glszm.RadiomicsGLSZM,
        "ngtdm": ngtdm.RadiomicsNGTDM,
    }
    wanted = {family: [] for family in classes}
    for row in DEFINITIONS:
        if row.pyradiomics:
            family, name = row.pyradiomics.split("_")
            wanted[family].append(name)

    def run(intensities, levels, mask):
        image = sitk.GetImageFromArray(levels)
        raw = sitk.GetImageFromArray(intensities)
        label = sitk.GetImageFromArray(mask.astype(np.uint8))
        for family, calculator in classes.items():
            features = calculator(
                raw if family == "firstorder" else image,
                label,
                binWidth=1,
                weightingNorm="euclidean",
            )
            for name in wanted[family]:
                features.enableFeatureByName(name)
            features.execute()

    return run, f"pyradiomics {radiomics.__version__}"


def mirp_peer():
    """A function (intensities, levels, mask) of MIRP, and its version."""
    import logging
    from importlib.metadata import version

    from mirp import extract_features

    logging.disable(logging.INFO)

    def run(intensities, levels, mask):
        extract_features(
            image=levels.astype(np.float64),
            mask=mask.astype(np.uint8),
            base_discretisation_method="none",
            base_feature_families=["stat", "cm", "rlm", "szm", "ngtdm"],
            glcm_spatial_method="3d_volume_merge",
            glrlm_spatial_method="3d_volume_merge",
            glszm_spatial_method="3d",
            ngtdm_spatial_method="3d",
            num_cpus=1,
        )

    return run, f"MIRP {version('mirp')}"


def pictologics_peer():
    """A function (intensities, levels, mask) of pictologics, and its version."""
    from importlib.metadata import version

    from pictologics.features.intensity import calculate_intensity_features
    from pictologics.features.texture import calculate_all_texture_features

    def run(intensities, levels, mask):
        calculate_intensity_features(intensities[mask])
        calculate_all_texture_features(levels, mask.astype(np.uint8), n_bins=256)

    return run, f"pictologics {version('pictologics')}"


def find_peers():
    """{name with version: function}; one line for each peer that is left out."""
    peers = {}
    for name, make in (
        ("pyradiomics", pyradiomics_peer),
        ("MIRP", mirp_peer),
        ("pictologics", pictologics_peer),
    ):
        try:
            run, version = make()
        except ImportError as error:
            print(f"{name} left out: {error}")
        else:
            peers[version] = run
    return peers


def side_by_side(functions, n_turns=5, block_seconds=0.1):
    """Median CPU milliseconds of each function.

    They take turns, so that a busy machine slows all alike; in its turn each runs for block_seconds
    at least once, so that none is measured with the caches another one left.
    """
    for function in functions:
        function()
    times = [[] for _ in functions]
    for _ in range(n_turns):
        for function, spent in zip(functions, times, strict=True):
            begin = time.process_time()
            while True:
                start = time.process_time()
                function()
                end = time.process_time()
                spent.append(end - start)
                if end - begin > block_seconds:
                    break
    return [1000 * float(np.median(spent)) for spent in times]


def print_ratios(sizes, peers):
    """CPU time of each peer over ours."""
    names = list(peers)
    print(
        "\n| voxels | ours, ms |"
        + "".join(f" {name}, ms | {name} / ours |" for name in names)
        + " goals |"
    )
    print("|---|---|" + "---|---|" * len(names) + "---|")
    for n_voxels in sizes:
        volume, mask = make_region(n_voxels)
        levels = extract(volume, mask).levels
        functions = [lambda v=volume, m=mask: extract(v, m)]
        functions += [
            lambda run=run, v=volume, m=mask, q=levels: run(v, q, m) for run in peers.values()
        ]
        ours, *others = side_by_side(functions)
        goals = ", ".join(f">= {goal}" for goal in GOALS.get(n_voxels, ()))
        cells = "".join(f" {other:.1f} | {other / ours:.3g} |" for other in others)
        print(f"| {n_voxels} | {ours:.2f} |{cells} {goals} |", flush=True)


def print_draws(n_voxels=30000, n_region=4000, n_draws=40):
    """Sub-regions of one tumour per second and core: 47 features of region and remainder, own quantizers."""
    print(
        f"\n| sub-regions of {n_region} in {n_voxels} voxels | ms per draw | draws per second | goal |\n|---|---|---|---|"
    )
    volume, mask = make_region(n_voxels)
    draws = make_draws(mask, n_region, n_draws)
    noise = np.random.default_rng(1).random(volume.shape).astype(np.float32)
    for image in (volume, volume + noise):
        extractor = SubregionExtractor(image, mask)
        extractor.measure(draws[0])
        spent = []
        for members in draws * 3:
            start = time.process_time()
            extractor.measure(members)
            spent.append(time.process_time() - start)
        seconds = float(np.median(spent))
        print(
            f"| {image.dtype} | {1000 * seconds:.2f} | {1 / seconds:.0f} | >= {DRAWS_GOAL} |",
            flush=True,
        )


def machine():
    """One line on where this ran."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, load {load}; "
        f"Python {platform.python_version()}, numpy {np.__version__}"
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--voxels", type=int, nargs="*", default=list(GOALS), help="sizes of the regions"
    )
    sizes = parser.parse_args().voxels
    print(machine())
    peers = find_peers()
    print_ratios(sizes, peers)
    print_draws()


if __name__ == "__main__":
    main()
