"""Disturbances of a run on a workstation.

Each generator yields (what was done, None or what went wrong).
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time

import SimpleITK as sitk
from small_cohort import PATIENTS


def end(cohort, run, code=0):
    """None if the run ended well and its results are the undisturbed run's, else what is wrong."""
    if code:
        return f"exit code {code}: {run.output[-600:]}"
    wrong = cohort.differences(run)
    return f"{len(wrong)} files differ, e.g. {', '.join(wrong[:3])}" if wrong else None


def wait_for(condition, process, seconds=240):
    """Wait until the condition holds; False if the process ends or the time is over before."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def main_killed(cohort, rng, times):
    """kill -9 of the main process at random moments, each followed by workflow/resume.py and the same command."""
    run, moments = cohort.run(), []
    while True:
        process = run.start(resume=True)
        if len(moments) < times:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(rng.uniform(0.05, 0.5) * cohort.seconds)
            if process.poll() is None:
                process.kill()
                process.wait()
                moments.append(len(run.digests()))
                continue
        wrong = end(cohort, run, process.wait())
        for files in moments:
            yield f"main process killed when {files} files were there", wrong
        times, moments, run = times - len(moments), [], cohort.run()
        if not times:
            return


def job_killed(cohort, rng, times):
    """kill -9 of a running job; the run ends with an error, the same command finishes it."""
    for _ in range(times):
        run = cohort.run()
        process = run.start()
        time.sleep(rng.uniform(0, 0.7) * cohort.seconds)
        if not wait_for(run.scripts, process):
            yield "a job killed", "no job ran"
            continue
        os.kill(rng.choice(run.scripts()), signal.SIGKILL)
        told = process.wait() != 0
        wrong = end(cohort, run, run.finish())
        yield "a job killed", wrong if told else "the run ended with exit code 0"


@contextlib.contextmanager
def small_disk(folder, megabytes):
    """A file system of its own for a run.

    Raises CalledProcessError where one may not be mounted.
    """
    folder.mkdir(parents=True)
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True
    )
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(path):
    """Take what is free of the disk."""
    with open(path, "ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 16))


def disk_full(cohort, rng, times):
    """No space left from a random moment on, for results, metadata and temporary files of Snakemake alike; then freed."""
    for number in range(times):
        with small_disk(cohort.folder / f"disk{number}", 256) as folder:
            run = cohort.run(folder)
            process = run.start()
            time.sleep(rng.uniform(0.1, 0.8) * cohort.seconds)
            files = len(run.digests())
            while process.poll() is None:
                fill(folder / "filler")
                time.sleep(0.2)
            told = process.returncode != 0
            (folder / "filler").unlink()
            wrong = end(cohort, run, run.finish(resume=True))
            yield (
                f"disk full when {files} files were there",
                wrong if told else "the run ended with exit code 0",
            )


def read_only(cohort, rng, times):
    """The results folder turns read-only at a random moment, and writable again."""
    for number in range(times):
        run = cohort.run(cohort.folder / f"read_only{number}")
        with small_disk(run.folder / "results", 256) as results:
            process = run.start()
            time.sleep(rng.uniform(0.1, 0.8) * cohort.seconds)
            remount = ["mount", "-o", "remount,ro", results]
            while (
                process.poll() is None and subprocess.run(remount, capture_output=True).returncode
            ):
                time.sleep(0.02)  # busy while a file is open for writing
            files, told = len(run.digests()), process.wait() != 0
            subprocess.run(["mount", "-o", "remount,rw", results], check=True)
            wrong = end(cohort, run, run.finish(resume=True))
            yield (
                f"results read-only when {files} files were there",
                wrong if told else "the run ended with exit code 0",
            )


def two_people(cohort, rng, times):
    """Somebody starts the same command in the folder of a running one: told, and the first is not disturbed."""
    for _ in range(times):
        run = cohort.run()
        first = run.start()
        if not wait_for(lambda where=run.folder: any(where.glob(".snakemake/locks/*")), first):
            yield "a second start in one folder", "the first one made no lock"
            continue
        time.sleep(rng.uniform(0, 0.3) * cohort.seconds)
        before = len(run.output)
        refused = run.finish() != 0 and "cannot be locked" in run.output[before:]
        before = len(run.output)
        refused &= run.finish(resume=True) != 0 and "nothing was done" in run.output[before:]
        wrong = end(cohort, run, first.wait())
        yield (
            "a second start in one folder",
            wrong if refused else "the second start was not refused",
        )


def bad_patient(cohort, rng, times):
    """One patient of 60 has an empty GTV: costs one patient, named with step, reason and remedy.

    Then allow_missing.
    """
    names = [f"P{k:02d}" for k in range(1, 61)]
    for _ in range(times):
        bad = rng.choice(names)
        patients = {name: PATIENTS[k % len(PATIENTS)] for k, name in enumerate(names)} | {
            bad: "bad"
        }
        run = cohort.run(
            patients=patients,
            spatial_null={"n_draws": 9, "surrogates": 5, "n_recombinations": 1000},
        )
        folder = shutil.copytree(run.folder / "images" / PATIENTS[0], run.folder / "images/bad")
        gtv = sitk.ReadImage(str(folder / "gtv.nii.gz"))
        sitk.WriteImage(gtv * 0, str(folder / "gtv.nii.gz"))
        yield f"{bad} of 60 with an empty GTV", _wrong_without(bad, patients, cohort, run)


def _wrong_without(bad, patients, cohort, run):
    """What is wrong with a run that has one bad patient, None if nothing is."""
    if run.finish() == 0:
        return "the run ended with exit code 0"
    told = (
        (run.folder / "results/heterogeneity/failed.tsv")
        .read_text(encoding="utf-8")
        .splitlines()[1:]
    )
    if [line.split("\t")[:2] for line in told] != [
        [bad, "register_recurrence"]
    ] or "mask is empty" not in told[0]:
        return f"failed.tsv says {told}"
    digests = run.digests()
    for name, where in patients.items():
        same = {
            f"patients/{name}/{file}": f"patients/{where}/{file}"
            for file in ("regions/recurrent.nii.gz", "registration/recurrence_to_planning.tfm")
        }
        if name != bad and any(
            digests.get(here) != cohort.expected[there] for here, there in same.items()
        ):
            return f"{name} did not come through"
    if (run.results / "tables").exists() and list((run.results / "tables").glob("table2.*")):
        return "Table 2 was made without a word about the patient"
    run.configure(allow_missing=True)
    if run.finish():
        return f"with allow_missing: {run.output[-600:]}"
    words = {f"tables/table{k}.md": bad for k in (2, 3)}
    words |= {
        f"figures/fig{k}.caption.rst": f"Without 1 of 60 patients: {bad}" for k in range(2, 9)
    }
    said = {
        item: (run.results / item).read_text(encoding="utf-8").replace("\\", "") for item in words
    }
    silent = [item for item in words if words[item] not in said[item]]
    return f"do not name the patient: {', '.join(silent)}" if silent else None


TRIALS = (
    (main_killed, 20),
    (job_killed, 3),
    (disk_full, 3),
    (read_only, 3),
    (two_people, 2),
    (bad_patient, 1),
)
