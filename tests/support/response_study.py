"""The response study on a small simulated cohort, run in a folder of its own."""

import csv
import shutil
from pathlib import Path

import pandas as pd
import yaml

from repository import ROOT
from snakemake_run import snakemake

MODEL = {"folds": 5, "measure": "class", "seed": 0}  # of this small cohort it keeps three features
RESAMPLING = {"nested": 2, "bootstrap": 10, "permutation": 19, "per_job": 10}
WANTED = {
    ("train", True): 10,
    ("train", False): 12,
    ("validation", True): 4,
    ("validation", False): 4,
}
N_PATIENTS = sum(WANTED.values())


def small_cohort():
    """The first patients of the default cohort, so many of each set and response."""
    with open(ROOT / "config/response/patients.tsv", newline="", encoding="utf-8") as file:
        rows, left = [], dict(WANTED)
        for shipped in csv.DictReader(file, delimiter="\t"):
            row = {k: v.replace("<results>", "results/response") for k, v in shipped.items()}
            group = row["split"], row["response"] in ("CR", "PR")
            if left[group]:
                left[group] -= 1
                rows.append(row)
    return rows


def write_rows(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)


class Study:
    """A folder in which the response study is run."""

    def __init__(self, folder, **config):
        self.folder = Path(folder)
        self.results = self.folder / "results" / "response"
        self.config = {"patients": "patients.tsv", "model": MODEL, "resampling": RESAMPLING}
        self.config |= {
            "features": {"pyradiomics": str(ROOT / "config/response/pyradiomics.yaml")}
        } | config

    def run(self, *arguments):
        config = {
            "heterogeneity": {
                "patients": str(ROOT / "config/heterogeneity/patients.tsv"),
                "pyradiomics": str(ROOT / "config/response/pyradiomics.yaml"),
            },
            "response": self.config,
        }
        (self.folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        place = ("-s", ROOT / "Snakefile", "--directory", self.folder)
        config = ("--configfile", self.folder / "config.yaml")
        return snakemake(self.folder, *arguments, *place, *config, cores=2)

    def copy(self, folder):
        """The same study in another folder, to be changed there."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Study(folder, **self.config)

    def table(self, name):
        return pd.read_csv(self.results / name, sep="\t")


def jobs(finished):
    """{rule: jobs} of what snakemake planned."""
    rows = [line.split() for line in finished.stdout.splitlines() if line.startswith("response_")]
    return {
        row[0].removeprefix("response_"): int(row[1])
        for row in rows
        if len(row) == 2 and row[1].isdigit()
    }
