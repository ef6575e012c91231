"""The same small cohort, run after run: same bytes, and nothing that grows.

    python benchmarks/soak.py --runs 30                    three simulated patients of 96 x 96 x 20 voxels, target cohort_stats

Every run has a fresh folder and does all of it: simulation, registration, features, statistics,
tables and figures. A run is good if it ends well, all its files (without logs, times and the
command) are byte for byte those of the first run, and it left no process of its folder, no
temporary file in the system's folder for them, and no hidden file among its results. Memory grows
if the main process' peak in the last third of the runs is above that of the first third by more
than 5 %. Prints "n of n".
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from small_cohort import Run

TICKS = os.sysconf("SC_CLK_TCK")
GROWTH = 1.05


def look(process):
    """(CPU s, peak MB) of the main process alone at this moment; None when it has ended."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        status = dict(
            line.split(":", 1)
            for line in Path(f"/proc/{process.pid}/status").read_text().splitlines()
        )
        return (int(fields[11]) + int(fields[12])) / TICKS, int(status["VmHWM"].split()[0]) / 1024
    except (OSError, KeyError):
        return None


def processes_in(folder):
    """Commands of processes whose working directory lies in this folder."""
    found = []
    for proc in Path("/proc").glob("[0-9]*"):
        try:
            if (proc / "cwd").resolve().is_relative_to(folder):
                found.append(
                    (proc / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
                )
        except OSError:  # ended meanwhile
            continue
    return found


def one_run(folder, scratch):
    """Run once.

    (faults, digests, wall s, CPU s and peak MB of the main process, files and MB that Snakemake
    keeps).
    """
    run = Run(folder, images="results/heterogeneity/simulated")
    began, seen = time.monotonic(), (0.0, 0.0)
    process = run.start()
    while process.poll() is None:
        seen = look(process) or seen
        time.sleep(0.1)
    wall = time.monotonic() - began
    faults = [f"exit code {process.returncode}: {run.output[-800:]}"] * bool(process.returncode)
    faults += [f"process left: {command}" for command in processes_in(folder)]
    faults += [f"temporary file left: {path.name}" for path in scratch.iterdir()]
    hidden = [path for path in run.results.rglob(".*") if path.name != ".snakemake_timestamp"]
    faults += [f"hidden file left: {path.relative_to(folder)}" for path in hidden]
    kept = [path for path in (folder / ".snakemake").rglob("*") if path.is_file()]
    return (
        faults,
        run.digests(),
        wall,
        *seen,
        len(kept),
        sum(path.stat().st_size for path in kept) / 2**20,
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=30)
    arguments = parser.parse_args()
    good, expected, peaks = 0, None, []
    with tempfile.TemporaryDirectory(prefix="soak-") as base:
        scratch = Path(base).resolve() / "tmp"
        scratch.mkdir()
        os.environ["TMPDIR"] = str(scratch)  # of Snakemake and all jobs: what they leave is seen
        print(
            "| run | wall s | main: CPU s | main: peak MB | .snakemake: files | MB | load | |\n|---|---|---|---|---|---|---|---|"
        )
        for number in range(1, arguments.runs + 1):
            # The same path each time: the folder's name may stand in no result, but a longer one
            # must not be the reason.
            folder = scratch.parent / "run"
            faults, digests, wall, cpu, peak, files, megabytes = one_run(folder, scratch)
            expected = expected or digests
            differing = sorted(
                n for n in expected.keys() | digests.keys() if expected.get(n) != digests.get(n)
            )
            faults += [f"{len(differing)} files differ, e.g. {', '.join(differing[:3])}"] * bool(
                differing
            )
            good, peaks = good + (not faults), [*peaks, peak]
            row = f"| {number} | {wall:.0f} | {cpu:.1f} | {peak:.0f} | {files} | {megabytes:.2f} |"
            print(
                f"{row} {os.getloadavg()[0]:.1f} | {'; '.join(faults) or f'{len(digests)} files the same'} |",
                flush=True,
            )
            shutil.rmtree(folder)
            for left in scratch.iterdir():  # told once
                shutil.rmtree(left) if left.is_dir() else left.unlink()
    third = max(1, len(peaks) // 3)
    first, last = statistics.median(peaks[:third]), statistics.median(peaks[-third:])
    grows = last > GROWTH * first
    print(
        f"{good} of {arguments.runs} runs good; main process {first:.0f} MB at first, {last:.0f} MB at last"
        + ": GROWS" * grows
    )
    return good < arguments.runs or grows


if __name__ == "__main__":
    sys.exit(main())
