"""What a run survives: every trial disturbs a run of three small patients, repeats the command, and compares all files.

python benchmarks/failures.py local [--only main_killed] [--seed 1]      about 20 minutes on 2 cores
python benchmarks/failures.py cluster                                    a throw-away SLURM; as root on Debian

Prints "survived n of n"; the exit code is 1 if something did not survive. A trial survives if the
results are byte for byte those of the run that nobody disturbed (all files but logs and benchmark
times: nothing lost, nothing half-written).
"""

import argparse
import contextlib
import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "cluster"))

import failures_cluster
import failures_local
from small_cohort import Cohort
from throwaway import NoSlurm, cluster


def survived(trials, rng, *where):
    """Do the trials; how many were survived, and how many there were."""
    good = total = 0
    for trial, times in trials:
        try:
            for what, wrong in trial(*where, rng, times):
                total, good = total + 1, good + (wrong is None)
                fate = (
                    f"survived {trial.__name__}: {what}"
                    if wrong is None
                    else f"LOST {trial.__name__}: {what}: {wrong}"
                )
                print(fate, flush=True)
        except (subprocess.CalledProcessError, FileNotFoundError) as error:
            print(f"skipped  {trial.__name__}: {error}", flush=True)
    return good, total


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("where", choices=["local", "cluster"])
    parser.add_argument("--only", nargs="+", help="names of trials")
    parser.add_argument("--times", type=int, help="of each trial, instead of its own number")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments")
    arguments = parser.parse_args()
    trials = {"local": failures_local.TRIALS, "cluster": failures_cluster.TRIALS}[arguments.where]
    if arguments.only:
        trials = [(trial, times) for trial, times in trials if trial.__name__ in arguments.only]
    if arguments.times:
        trials = [(trial, arguments.times) for trial, _ in trials]
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="failures-", ignore_cleanup_errors=True)
        )
        where = [Cohort(folder)]
        print(f"{len(where[0].expected)} files to compare", flush=True)
        if arguments.where == "cluster":
            try:
                where.append(stack.enter_context(cluster()))
            except NoSlurm as error:
                sys.exit(str(error))
        good, total = survived(trials, random.Random(arguments.seed), *where)
    print(f"survived {good} of {total}")
    sys.exit(good < total)


if __name__ == "__main__":
    main()
