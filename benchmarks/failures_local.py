"""Disturbances of a run on a workstation. Each generator yields (what was done, None or what went wrong)."""

import contextlib
import os
import signal
import subprocess
import time


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
    """A file system of its own for a run. Raises CalledProcessError where one may not be mounted."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)
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
            yield f"disk full when {files} files were there", wrong if told else "the run ended with exit code 0"


def read_only(cohort, rng, times):
    """The results folder turns read-only at a random moment, and writable again."""
    for number in range(times):
        run = cohort.run(cohort.folder / f"read_only{number}")
        with small_disk(run.folder / "results", 256) as results:
            process = run.start()
            time.sleep(rng.uniform(0.1, 0.8) * cohort.seconds)
            remount = ["mount", "-o", "remount,ro", results]
            while process.poll() is None and subprocess.run(remount, capture_output=True).returncode:
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
        yield "a second start in one folder", wrong if refused else "the second start was not refused"


TRIALS = ((main_killed, 20), (job_killed, 3), (disk_full, 3), (read_only, 3), (two_people, 2))
