"""Of the CPU time of a finished run, how much is science, and how much is interpreters starting and importing?

    python benchmarks/overhead.py results/heterogeneity --run                        in a fresh clone: the default run, 5 minutes
    python benchmarks/overhead.py results/heterogeneity --whole 489 --main 16        of a run that is over
    python benchmarks/overhead.py results/heterogeneity --scripts other/scripts      the same run with other imports

--whole: user and system CPU s of the whole command as `time` gives them; --main: of the main process alone; --run measures both.
A rule's CPU time is from Snakemake's benchmark files, which sample: up to half a second
of a job's end is missing, so that the jobs of short rules look cheaper than they are and only --whole gives the sum. A rule's start-up is
measured here: an interpreter that imports what Snakemake writes above a script and then the script, which does nothing when
Snakemake does not call it (bytecode there, best of --times), times the rule's jobs.
"""

import argparse
import csv
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from soak import look

ROOT = Path(__file__).parents[1]
os.environ.update(
    OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NUMBA_NUM_THREADS="1"
)
GOAL = 0.35
# What Snakemake writes above every script; then the script, which does nothing more when it is not
# called by Snakemake.
IMPORTING = """import sys, pickle, runpy; from pathlib import Path; sys.path.insert(0, str(Path(sys.argv[1]).parent))
from snakemake.logging import logger; from snakemake.iocontainers import Snakemake
runpy.run_path(sys.argv[1])"""


def cpu_seconds(command):
    """CPU s of a process."""
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8"
    )
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[-1]}: exit code {process.returncode}: {said[-800:]}")
    return usage.ru_utime + usage.ru_stime


def run():
    """The default run in this folder; CPU s of the whole and of the main process alone."""
    process, own = (
        subprocess.Popen(
            [sys.executable, "-m", "snakemake", "-c2", "all"], stdout=subprocess.DEVNULL
        ),
        0.0,
    )
    while process.poll() is None:
        own, _ = look(process) or (own, 0.0)
        time.sleep(0.2)
    if process.returncode:
        sys.exit(f"the run failed with exit code {process.returncode}")
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)  # nothing else was started so far
    return usage.ru_utime + usage.ru_stime, own


def start_up(script, times):
    """CPU s of an interpreter that imports what the script imports: the best, because other work only adds."""
    return min(cpu_seconds([sys.executable, "-c", IMPORTING, str(script)]) for _ in range(times))


def benchmarked(results):
    """{rule: [CPU s of each job]} and {rule: peak MB}, from the benchmark files."""
    seconds, peak = {}, {}
    for path in sorted((results / "benchmarks").rglob("*.tsv")):
        with path.open(encoding="utf-8") as file:
            row = next(csv.DictReader(file, delimiter="\t"))
        seconds.setdefault(path.stem, []).append(
            float("nan") if row["cpu_time"] == "NA" else float(row["cpu_time"])
        )
        if row["max_rss"] != "NA":
            peak[path.stem] = max(peak.get(path.stem, 0.0), float(row["max_rss"]))
    return seconds, peak


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", type=Path, help="folder of a study's results")
    parser.add_argument(
        "--run", action="store_true", help="make the default run first and measure it"
    )
    parser.add_argument("--whole", type=float, help="CPU s of the whole command")
    parser.add_argument("--main", type=float, default=0.0, help="CPU s of the main process")
    parser.add_argument("--scripts", type=Path, default=ROOT / "scripts")
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.run:
        arguments.whole, arguments.main = run()
    seconds, peak = benchmarked(arguments.results)
    if not seconds:
        sys.exit(f"{arguments.results}: no benchmark files")
    print("| rule | jobs | CPU s | of it start-up | peak MB |\n|---|---|---|---|---|")
    total = starting = jobs = 0.0
    for rule, each in sorted(seconds.items(), key=lambda item: -sum(item[1])):
        one = start_up(arguments.scripts / f"{rule}.py", arguments.times)
        # The benchmark misses the end of a job, and all of one that is over before the first look.
        cpu = sum(max(value, one) if value == value else one for value in each)
        print(
            f"| {rule} | {len(each)} | {cpu:.1f} | {len(each)} x {one:.2f} = {len(each) * one:.1f} | {peak.get(rule, 0):.0f} |"
        )
        total, starting, jobs = total + cpu, starting + len(each) * one, jobs + len(each)
    print(f"| all jobs | {jobs:.0f} | {total:.1f} | {starting:.1f} | {max(peak.values()):.0f} |")
    # Jobs by `time`, not by sampling, where that is known.
    whole = arguments.whole or total + arguments.main
    overhead = starting + arguments.main
    print(
        f"whole run {whole:.0f} CPU s: start-up of jobs {starting:.0f}, main process {arguments.main:.0f}, "
        f"science {whole - overhead:.0f} (of the jobs {whole - arguments.main - total:.0f} unseen by the benchmark files)"
    )
    print(f"overhead {overhead / whole:.0%} (goal: below {GOAL:.0%})")
    return overhead / whole >= GOAL


if __name__ == "__main__":
    sys.exit(main())
