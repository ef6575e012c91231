"""What a person sees of a job: notes that say whose they are, one line of a failure, nothing of Ctrl-C."""

import json
import signal
import subprocess
import sys

import pytest

from repository import ROOT

JOB = """
import logging, sys
from types import SimpleNamespace
sys.path.insert(0, sys.argv[2])
from npcradiomics.jobs import script

class Wildcards(list):
    def get(self, name, default):
        return self[0] if name == "patient" else default

def main(snakemake):
    print("for the log alone")
    logging.getLogger("npcradiomics").warning("GTVr inside the 95 %% isodose: %.1f %%", 32.0)
    raise {error}

script.run(main, SimpleNamespace(rule="draw_regions", wildcards=Wildcards(["REC015"]), log=[sys.argv[1]]))
"""


# What a shell starts in the background ignores Ctrl-C, and so would the job.
def hear_ctrl_c():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


NOTE = "NOTE draw_regions REC015: GTVr inside the 95 % isodose: 32.0 %"


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "draw_regions.log"
    path.touch()
    return path


def run(log, error):
    command = [sys.executable, "-c", JOB.format(error=error), str(log), str(ROOT / "scripts")]
    return subprocess.run(command, preexec_fn=hear_ctrl_c, capture_output=True, encoding="utf-8")


def record(log):
    return json.loads(log.with_suffix(".failed.json").read_text(encoding="utf-8"))


def test_a_failure_is_one_line_and_a_note_names_the_patient(log):
    done = run(log, "ValueError('7 voxels')")
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.splitlines() == [
        NOTE,
        f"FAILED draw_regions REC015: 7 voxels (log: {log})",
    ]
    assert record(log)["reason"] == "7 voxels" and record(log)["patient"] == "REC015"
    text = log.read_text(encoding="utf-8")
    assert "for the log alone" in text and "Traceback" in text


def test_ctrl_c_is_no_failure_of_the_patient_and_leaves_no_line(log):
    done = run(log, "KeyboardInterrupt")
    assert done.returncode == 130 and done.stderr.splitlines() == [NOTE]
    assert record(log)["reason"] == "interrupted together with the run"
    assert "Traceback" not in log.read_text(encoding="utf-8")


def stopped_in_its_imports(log, how):
    """What is left of a job that a signal meets there. Snakemake puts `snakemake` into the script before its first line."""
    begin, _ = JOB.split("def main")
    begin = begin.replace("from npcradiomics.jobs import script\n", "")
    job = "snakemake = SimpleNamespace(wildcards=Wildcards(['REC015']), log=[sys.argv[1]])"
    lines = [begin, job, "from npcradiomics.jobs import script", "import os, signal"]
    lines += [f"os.kill(os.getpid(), signal.{how})", "import pandas"]
    command = [sys.executable, "-c", "\n".join(lines), str(log), str(ROOT / "scripts")]
    return subprocess.run(command, preexec_fn=hear_ctrl_c, capture_output=True, encoding="utf-8")


def test_ctrl_c_during_the_imports_of_a_job_leaves_no_traceback_and_says_whose_it_was(log):
    done = stopped_in_its_imports(log, "SIGINT")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
    assert record(log)["patient"] == "REC015" and record(log)["step"] == "draw_regions"
    assert record(log)["reason"] == "interrupted together with the run"


def test_a_job_that_is_killed_during_its_imports_leaves_a_record_of_the_patient(log):
    for silent in (0, 1):  # the second time it is no accident of the run's
        stopped_in_its_imports(log, "SIGKILL")
        assert record(log)["patient"] == "REC015" and record(log)["n_silent"] == silent
        assert record(log)["reason"].startswith("ended without a word")


def test_ctrl_c_in_the_middle_of_a_file_leaves_no_part_of_it(log):
    begin, _ = JOB.split("def main")
    lines = [begin, "import os, signal", "from npcradiomics.files import replacing"]
    lines += [
        "snakemake = SimpleNamespace(rule='r', wildcards=Wildcards(['P']), log=[sys.argv[1]])"
    ]
    lines += ["def main(snakemake):", "    with replacing(sys.argv[1] + '.nii') as part:"]
    lines += ["        part.touch(); os.kill(os.getpid(), signal.SIGINT)"]
    lines += ["script.run(main, snakemake)"]
    # As in a job, where the module comes after `snakemake`.
    lines[-1:] = ["import importlib; importlib.reload(script)", lines[-1]]
    command = [sys.executable, "-c", "\n".join(lines), str(log), str(ROOT / "scripts")]
    assert subprocess.run(command, preexec_fn=hear_ctrl_c, capture_output=True).returncode == 130
    assert {path.name for path in log.parent.iterdir()} == {log.name, "draw_regions.failed.json"}
