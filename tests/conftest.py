"""What the tests share: the folder of reference material, and running the workflow in a folder of its own."""

from pathlib import Path

import pytest
import yaml

from repository import ROOT, SHARED
from snakemake_run import snakemake


@pytest.fixture(scope="session")
def shared():
    """The folder of reference material beside the repository.

    Tests that need it are skipped without it.
    """
    if not SHARED.is_dir():
        pytest.skip(
            "needs ../shared (reference values and real images), which is not beside this clone"
        )
    return SHARED


class Workspace:
    """A folder with a config and a patients table in which the workflow of this clone is run."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.config = {
            "patients": "patients.tsv",
            "pyradiomics": str(ROOT / "config/heterogeneity/pyradiomics.yaml"),
            "spatial_null": {"n_draws": 39, "surrogates": 39, "n_recombinations": 2000},
            "multiverse": {"enabled": False},
        }
        self.repository = ROOT

    @property
    def results(self):
        return self.folder / "results" / "heterogeneity"

    def write_patients(self, rows):
        rows = list(rows)
        columns = list(dict.fromkeys(name for row in rows for name in row))
        lines = [
            "\t".join(columns),
            *("\t".join(str(row.get(name, "")) for name in columns) for row in rows),
        ]
        (self.folder / "patients.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def simulate(self, patients, dose=False, **simulation):
        """Simulated patients, with the 95 % isodose, or with dose and target volumes."""
        self.config["simulation"] = simulation
        base = "results/heterogeneity/simulated"
        files = ("planning_mri", "recurrence_mri", "gtv", "gtvr", "dose" if dose else "isodose95")
        plan = {"prescription_gy": 70, "fractions": 33} if dose else {}
        self.write_patients(
            {"patient": p, "gtvr_frame": "recurrence"}
            | {name: f"{base}/{p}/{name}.nii.gz" for name in files}
            | plan
            | (
                {"targets": f"{base}/{p}/ctv70.nii.gz=70; {base}/{p}/ctv60.nii.gz=60"}
                if dose
                else {}
            )
            for p in patients
        )

    def run(self, *arguments, cores=2, configfile="config.yaml"):
        """Run snakemake; returns the finished process with its text in .stdout (both streams)."""
        (self.folder / "config.yaml").write_text(
            yaml.safe_dump({"heterogeneity": self.config}), encoding="utf-8"
        )
        place = ("-s", self.repository / "Snakefile", "--directory", self.folder)
        config = ("--configfile", self.folder / configfile)
        # Targets directly behind --configfile would be taken for further ones.
        return snakemake(self.folder, *config, *place, *arguments, cores=cores)


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


@pytest.fixture(scope="session")
def make_workspace(tmp_path_factory):
    """Make a workspace that lives for the whole session, for runs that several tests look at."""
    return lambda name: Workspace(tmp_path_factory.mktemp(name))
