"""How fast draws and regions are measured against another commit, in turns, and how far features move.

    python benchmarks/against.py bbd23ca        the kernels before the risk map asked for faster ones

Both versions get the same arrays, each in a process of its own on one thread; CPU time, medians. A
draw is the 47 features of 4,000 voxels and of the remainder of 30,000, own quantizers, as in
benchmarks/extraction.py. Features move by their largest relative difference, nan where one version
alone has no value. The other commit's kernels are compiled first, about 20 s.
"""

import argparse
import io
import multiprocessing
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from functools import partial
from pathlib import Path

os.environ.update(
    OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NUMBA_NUM_THREADS="1"
)

import numpy as np

ROOT = Path(__file__).parents[1]
N_TURNS = 15


def measure(scripts, pipe):
    """Answer each (volume, mask, draws) with features, then N_TURNS times with CPU seconds; None ends."""
    sys.path.insert(0, scripts)
    from npcradiomics.features.extraction import extract
    from npcradiomics.features.subregions import SubregionExtractor

    for volume, mask, draws in iter(pipe.recv, None):
        if draws:
            run, inputs = SubregionExtractor(volume, mask).measure, draws
            features = [run(members) for members in draws]
        else:
            run, inputs = partial(extract, volume), [mask] * 5
            features = list(run(mask).features.values())
        pipe.send(np.array(features))
        for _ in range(N_TURNS):
            pipe.recv()
            spent = []
            for one in inputs:
                start = time.process_time()
                run(one)
                spent.append(time.process_time() - start)
            pipe.send(spent)


def compare(name, pipes, *region):
    """A row of the table: (volume, mask, draws) by both versions."""
    for pipe in pipes:
        pipe.send(region)
    before, now = (pipe.recv() for pipe in pipes)
    defined = ~(np.isnan(before) & np.isnan(now))
    before, now = before[defined], now[defined]
    moved = (np.abs(now - before) / np.maximum(np.abs(before), np.finfo(float).tiny)).max()
    spent = [[], []]
    for _ in range(N_TURNS):
        for pipe, seconds in zip(pipes, spent, strict=True):
            pipe.send("your turn")
            seconds += pipe.recv()
    before, now = (1000 * float(np.median(seconds)) for seconds in spent)
    print(
        f"| {name} | {before:.2f} | {now:.2f} | {now / before:.3f} | {1000 / now:.0f} | {moved:.1e} |",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("commit")
    commit = parser.parse_args().commit
    # Not above: a process that measures another version must not have this one's modules.
    from extraction import machine, make_draws, make_region

    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(
            ["git", "archive", commit, "scripts"], cwd=ROOT, check=True, capture_output=True
        )
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            files.extractall(folder, filter="data")
        pipes = []
        for root in (folder, ROOT):
            pipe, end = context.Pipe()
            context.Process(target=measure, args=(f"{root}/scripts", end), daemon=True).start()
            pipes.append(pipe)
        print(machine())
        print(
            f"\n| CPU time | {commit}, ms | now, ms | now / {commit} | a second | features move by |"
        )
        print("|---|---|---|---|---|---|")
        volume, mask = make_region(30000)
        draws = make_draws(mask, 4000, 30)
        noise = np.random.default_rng(1).random(volume.shape).astype(np.float32)
        compare("draw, int16", pipes, volume, mask, draws)
        compare("draw, float32", pipes, volume + noise, mask, draws)
        for n_voxels in (2000, 10000, 60000):
            compare(f"region of {n_voxels}", pipes, *make_region(n_voxels), [])
        for pipe in pipes:
            pipe.send(None)


if __name__ == "__main__":
    main()
