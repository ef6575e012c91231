"""How fast the size-matched null of a patient is: draws per second and core, a cohort's CPU time, memory.

    python benchmarks/draws.py                      draws per second, then 14 patients with 199 draws and 199 surrogates
    python benchmarks/draws.py --draws 10000        the same cohort with more draws

CPU time of this process, one thread. The tumours are those of benchmarks/extraction.py: irregular
blobs in smooth noise (int16), 30,000 voxels, regions of 8 to 48 %; two of the fourteen have 62 and
75 %. Issue 9 asks for 400 draws per second at 4,000 of 30,000 voxels, 60 CPU seconds for 14
patients with 199 draws, 10 CPU minutes with 10,000, and 1 GB.
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
from extraction import machine, make_region

from npcradiomics.spatial_null.draws import write
from npcradiomics.spatial_null.placements import Placements
from npcradiomics.spatial_null.sampling import RegionMeter, sample_patient
from npcradiomics.spatial_null.shape import Tumour

SPACING_MM = (1.0, 0.7, 0.7)
PLAIN = {
    "n_levels": 256,
    "quantizer": "lloyd",
    "quantizer_fit": "region",
    "outliers": "none",
    "resampling": "none",
}
FRACTIONS = (*np.linspace(0.08, 0.48, 12), 0.62, 0.75)


def print_draws(n_voxels, n_region, n_draws=200):
    """Median CPU milliseconds of the two halves of a draw: growing, checking and describing it;

    its 47 features.
    """
    volume, gtv = make_region(n_voxels)
    placements, meter = (
        Placements(Tumour(gtv, SPACING_MM), n_region),
        RegionMeter(volume, gtv, SPACING_MM, PLAIN),
    )
    meter.measure(placements.draw(np.random.default_rng(0))[0])
    growing, measuring = [], []
    for b in range(n_draws):
        start = time.process_time()
        members = placements.draw(
            np.random.Generator(np.random.PCG64(np.random.SeedSequence([0, b])))
        )[0]
        np.packbits(members)
        middle = time.process_time()
        meter.measure(members)
        growing.append(middle - start)
        measuring.append(time.process_time() - middle)
    grow, measure = 1000 * np.median(growing), 1000 * np.median(measuring)
    both = 1000 * np.median(np.add(growing, measuring))
    print(
        f"| {n_region} of {n_voxels} | {grow:.2f} | {measure:.2f} | {both:.2f} | {1000 / both:.0f} |",
        flush=True,
    )


def print_cohort(n_voxels, n_draws, surrogates, match):
    """CPU seconds of 14 patients, files written, in one process: without the start of Python, which is told apart."""
    started = time.process_time()
    spent, sizes = [], []
    for patient, fraction in enumerate(FRACTIONS):
        volume, gtv = make_region(n_voxels, seed=patient)
        tumour = Tumour(gtv, SPACING_MM)
        observed = Placements(tumour, round(fraction * tumour.n_voxels)).draw(
            np.random.default_rng(patient)
        )[0]
        recurrent = np.zeros(gtv.size, bool)
        recurrent[tumour.cells[observed]] = True
        begin = time.process_time()
        draws = sample_patient(
            f"P{patient:02d}",
            volume,
            gtv,
            recurrent.reshape(gtv.shape),
            SPACING_MM,
            n_draws=n_draws,
            surrogates=surrogates,
            match=match,
            seed=2020,
            extraction=PLAIN,
            tell=lambda line: None,
        )
        with tempfile.TemporaryDirectory() as folder:
            write(draws, Path(folder) / "draws.npz")
            sizes.append((Path(folder) / "draws.npz").stat().st_size / 1e6)
        spent.append(time.process_time() - begin)
        overlap = f"mean overlap {draws.mean_overlap:.2f}, {draws.effective_placements:.1f} effectively different"
        words = f"{draws.n_draws} draws, {draws.n_redrawn} redrawn, {draws.n_other_bin} of another bin, {overlap}"
        print(
            f"  share {fraction:.2f}: {spent[-1]:.2f} CPU s, {sizes[-1]:.2f} MB, {words}",
            flush=True,
        )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"14 patients x {n_draws} draws and {surrogates} surrogates, match {match}: {sum(spent):.1f} CPU s;"
        f" the process had used {started:.1f} s before; largest file {max(sizes):.1f} MB; peak memory {memory:.0f} MB"
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--voxels", type=int, default=30000, help="of a tumour")
    parser.add_argument("--draws", type=int, default=199)
    parser.add_argument("--surrogates", type=int, default=199)
    parser.add_argument("--match", choices=("none", "depth"), default="none")
    options = parser.parse_args()
    print(machine())
    print(
        "\n| region | ms to place | ms to measure | ms per draw | draws per second |\n|---|---|---|---|---|"
    )
    for n_voxels, n_region in ((30000, 4000), (30000, 20000), (10000, 2000)):
        print_draws(n_voxels, n_region)
    print()
    print_cohort(options.voxels, options.draws, options.surrogates, options.match)


if __name__ == "__main__":
    main()
