"""Three small patients, the run nobody disturbs, and runs of the same cohort to disturb: what failures.py works with."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PATIENTS = ("REC001", "REC002", "REC003")
FILES = ("planning_mri", "recurrence_mri", "gtv", "gtvr", "isodose95")
SIMULATION = {"seed": 7, "size": [96, 96, 20], "spacing_mm": [1.6, 1.6, 5.0]}
TARGETS = ("cohort_stats",)
STAYS_OUT = {
    "logs",
    "benchmarks",
    "provenance.json",
}  # of the comparison: they hold times and the command
SNAKEMAKE = [sys.executable, "-m", "snakemake"]


class Run:
    """A folder in which the workflow is started, disturbed and started again."""

    def __init__(
        self, folder, images="images", options=("-c2", "--keep-going"), patients=None, **settings
    ):
        """patients: {name: folder of its images below `images`}; settings: keys of the config."""
        self.folder, self.options, self.settings = Path(folder), list(options), settings
        self.folder.mkdir(parents=True, exist_ok=True)
        columns = ["patient", "gtvr_frame", *FILES]
        patients = patients or {patient: patient for patient in PATIENTS}
        rows = [
            [patient, "recurrence", *(f"{images}/{where}/{name}.nii.gz" for name in FILES)]
            for patient, where in patients.items()
        ]
        table = "".join("\t".join(row) + "\n" for row in [columns, *rows])
        (self.folder / "patients.tsv").write_text(table, encoding="utf-8")
        self.configure()

    def configure(self, **settings):
        """Write the config, with further keys."""
        self.settings |= settings
        pyradiomics = str(ROOT / "config/heterogeneity/pyradiomics.yaml")
        config = {
            "patients": "patients.tsv",
            "pyradiomics": pyradiomics,
            "simulation": SIMULATION,
        } | self.settings
        text = yaml.safe_dump({"heterogeneity": config})
        (self.folder / "config.yaml").write_text(text, encoding="utf-8")

    @property
    def results(self):
        """Folder of the study's results."""
        return self.folder / "results" / "heterogeneity"

    @property
    def output(self):
        """What the commands printed so far."""
        return (self.folder / "output.txt").read_text(encoding="utf-8", errors="replace")

    def start(self, *arguments, targets=TARGETS, resume=False):
        """Start the command; with `resume` by workflow/resume.py, as a user does after a kill -9."""
        command = [
            *SNAKEMAKE,
            *targets,
            "-s",
            str(ROOT / "Snakefile"),
            "--configfile",
            "config.yaml",
        ]
        command += [*self.options, *arguments]
        if resume:
            command = [sys.executable, str(ROOT / "workflow/resume.py"), *command]
        environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        }
        with open(self.folder / "output.txt", "a", encoding="utf-8") as output:
            return subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=output, stderr=subprocess.STDOUT
            )

    def finish(self, *arguments, **how):
        """Start and wait; the exit code."""
        return self.start(*arguments, **how).wait()

    def scripts(self, rule=""):
        """Processes of this run that execute a rule's script (of this rule, or of any) at this moment."""
        found = []
        for proc in Path("/proc").glob("[0-9]*"):
            try:
                command = (proc / "cmdline").read_bytes().decode(errors="replace").split("\0")
                is_script = (
                    "python" in command[0]
                    and ".snakemake/scripts/" in command[1]
                    and rule in command[1]
                )
                if is_script and (proc / "cwd").resolve() == self.folder.resolve():
                    found.append(int(proc.name))
            except (OSError, IndexError):  # ended meanwhile; a kernel thread
                continue
        return found

    def digests(self):
        """{file: checksum} of all results, without what holds times."""
        files = (path for path in sorted(self.results.rglob("*")) if path.is_file())
        names = {path: path.relative_to(self.results) for path in files}
        return {
            str(name): hashlib.sha256(path.read_bytes()).hexdigest()
            for path, name in names.items()
            if name.parts[0] not in STAYS_OUT
        }


class Cohort:
    """The images, made once, and the results of the run that nobody disturbed."""

    def __init__(self, folder):
        self.folder, self.made = Path(folder), 0
        maker = Run(self.folder / "simulated", images="results/heterogeneity/simulated")
        truths = [f"results/heterogeneity/simulated/{patient}/truth.json" for patient in PATIENTS]
        if maker.finish(targets=truths):
            raise RuntimeError(f"the patients could not be simulated: {maker.output[-2000:]}")
        # Under another name: as if they came from a hospital, so that no trial simulates them
        # again.
        self.images = shutil.copytree(maker.results / "simulated", self.folder / "images")
        undisturbed, began = self.run(), time.monotonic()
        if undisturbed.finish():
            raise RuntimeError(f"the undisturbed run failed: {undisturbed.output[-2000:]}")
        self.seconds = time.monotonic() - began  # random moments are fractions of it
        self.expected = undisturbed.digests()

    def run(self, folder=None, **how):
        """A fresh run of the same images."""
        self.made += 1
        run = Run(folder or self.folder / f"run{self.made:02d}", **how)
        shutil.copytree(self.images, run.folder / "images")
        return run

    def differences(self, run):
        """Files that are missing, too many or other than in the undisturbed run."""
        found = run.digests()
        return sorted(
            name
            for name in self.expected.keys() | found.keys()
            if self.expected.get(name) != found.get(name)
        )
