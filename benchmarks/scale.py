"""How start-up of the workflow's main process grows with the cohort; scale_cohort.py has the steps that need all patients.

    python benchmarks/scale.py start_up                  14, 100, 1,000 and 5,000 patients; about 5 minutes on one core
    python benchmarks/scale.py opened                    which files the main process opens while it builds the DAG

CPU seconds and peak memory are the operating system's (wait4) of one process each with its
children. The images of start_up are empty files: a rule that looked into one would fail.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
os.environ.update(
    OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NUMBA_NUM_THREADS="1"
)

IMAGES = ("planning_mri", "recurrence_mri", "gtv", "gtvr", "isodose95")
SIZES = (14, 100, 1000, 5000)
GOAL_S = {1000: 15, 5000: 90}


def measured(command, folder, **environment):
    """Run a command.

    (exit code, CPU s, wall s, peak MB, what it printed) of it and the children it waited for.
    """
    with open(Path(folder) / "output.txt", "w+", encoding="utf-8") as output:
        began = time.monotonic()
        env = os.environ | environment
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - began
        output.seek(0)
        text = output.read()
    return process.returncode, usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, text


def write_patients(folder, n):
    """A patients table with n patients whose images are empty files, and a config."""
    names = [f"P{k:05d}" for k in range(1, n + 1)]
    for name in names:
        (folder / "images" / name).mkdir(parents=True)
        for image in IMAGES:
            (folder / f"images/{name}/{image}.nii.gz").touch()
    rows = [("patient", "gtvr_frame", *IMAGES)]
    rows += [
        (name, "recurrence", *(f"images/{name}/{image}.nii.gz" for image in IMAGES))
        for name in names
    ]
    (folder / "patients.tsv").write_text(
        "".join("\t".join(row) + "\n" for row in rows), encoding="utf-8"
    )
    pyradiomics = ROOT / "config/heterogeneity/pyradiomics.yaml"
    config = {"heterogeneity": {"patients": "patients.tsv", "pyradiomics": str(pyradiomics)}}
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")


def dry_run(target, quiet="all"):
    command = [
        sys.executable,
        "-m",
        "snakemake",
        target,
        "-s",
        str(ROOT / "Snakefile"),
        "--configfile",
        "config.yaml",
    ]
    return [*command, "-c1", "-n", "-q", quiet]


def start_up(arguments):
    print(
        "| patients | target | jobs | CPU s | wall s | CPU ms per job | peak MB | load |\n|---|---|---|---|---|---|---|---|"
    )
    missed = []
    for n in arguments.patients or SIZES:
        with tempfile.TemporaryDirectory(prefix="scale-") as folder:
            write_patients(Path(folder), n)
            for target in arguments.targets:
                code, cpu, wall, peak, text = measured(dry_run(target, "rules"), folder)
                total = [
                    line.split()[1] for line in text.splitlines() if line.split()[:1] == ["total"]
                ]
                if code or not total:
                    sys.exit(f"{n} patients, {target}: exit code {code}\n{text[-3000:]}")
                jobs = int(total[0])
                row = f"| {n:,} | {target} | {jobs:,} | {cpu:.1f} | {wall:.1f} | {1000 * cpu / jobs:.1f} | {peak:.0f} |"
                print(f"{row} {os.getloadavg()[0]:.1f} |", flush=True)
                missed += [f"{n} patients, {target}: {cpu:.1f} CPU s"] * (cpu > GOAL_S.get(n, cpu))
    print(
        "goals missed: " + "; ".join(missed)
        if missed
        else "goals reached: 1,000 <= 15 s, 5,000 <= 90 s (CPU)"
    )
    return bool(missed)


HOOK = """
import atexit, collections, os, sys
opened = collections.Counter()
def count(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        opened[os.path.relpath(arguments[0])] += 1
sys.addaudithook(count)
@atexit.register
def tell():
    images = sum(times for path, times in opened.items() if path.endswith(".nii.gz"))
    print("AUDIT", os.getpid(), "opened", sum(opened.values()), "images", images, "patients.tsv", opened["patients.tsv"])
"""


def opened(arguments):
    """Python's own record of what is opened (an audit hook in every process of the dry run)."""
    wrong = False
    for n in arguments.patients or (100,):
        with tempfile.TemporaryDirectory(prefix="scale-") as folder:
            write_patients(Path(folder), n)
            (Path(folder) / "hook").mkdir()
            (Path(folder) / "hook/sitecustomize.py").write_text(HOOK, encoding="utf-8")
            code, *_, text = measured(dry_run("all"), folder, PYTHONPATH=str(Path(folder) / "hook"))
            audits = [line.split() for line in text.splitlines() if line.startswith("AUDIT")]
            if code or not audits:
                sys.exit(f"exit code {code}\n{text[-3000:]}")
            for _, _, _, files, _, images, _, table in audits:
                print(
                    f"{n} patients: {files} files opened, {images} of them images, the patients table {table} times"
                )
                wrong |= int(images) > 0 or int(table) > 1
    return wrong


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["start_up", "opened"])
    parser.add_argument("--patients", type=int, nargs="+", help="sizes of cohorts")
    parser.add_argument("--targets", nargs="+", default=["all", "cohort_stats"])
    arguments = parser.parse_args()
    return {"start_up": start_up, "opened": opened}[arguments.what](arguments)


if __name__ == "__main__":
    sys.exit(main())
