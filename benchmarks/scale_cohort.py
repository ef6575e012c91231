"""How the steps that need all patients at once grow with the cohort.

    python benchmarks/scale_cohort.py cohort                    5,000 patients x 47 features x 2 regions; 2 minutes
    python benchmarks/scale_cohort.py cohort --patients 500 --keep /tmp/cohort
    python benchmarks/scale_cohort.py null --patients 1000      the same for the spatial null, 199 draws and 199 surrogates a patient

CPU seconds and peak memory are those of scale.py. Every feature differs between the regions, half
of the differences are skewed (Wilcoxon), half normal (t): nothing is left out because it is not
significant, the worst case.
"""

import argparse
import importlib
import json
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

from scale import ROOT, measured

sys.path[:0] = [str(ROOT / "scripts")]

REGIONS = ("recurrent", "non_recurrent")
COHORT_GOAL_S, COHORT_GOAL_MB = 60, 2000
# Of each patient, as the image steps leave it; what collect_features reads.
PER_PATIENT = {
    "recurrent": "features/recurrent.tsv",
    "non_recurrent": "features/non_recurrent.tsv",
    "pyradiomics": "features/pyradiomics.tsv",
    "intensities": "features/intensities.tsv",
    "notes": "features/notes.json",
    "regions": "regions/regions.json",
    "inputs": "inputs.json",
}
OF_SEQUENCES = ("recurrent", "non_recurrent", "intensities", "reports", "quality", "inputs")
COHORT_TABLES = {
    name: name for name in ("features", "excluded", "regions", "pyradiomics", "intensities")
}
NULL_TABLES = {
    "controls": "null_controls",
    "ranks": "null_ranks",
    "patients": "null_patients",
    "distribution": "null_distribution",
}
STATISTICS_TABLES = (
    {name: name for name in ("statistics", "stability", "correlation")}
    | {"sizes": "size", "agreement": "sequence_agreement"}
    | {name: f"components_{name}" for name in ("explained", "loadings", "scores")}
)
ENDINGS = {"pdf": "pdf", "png": "png", "svg": "svg", "data": "tsv", "caption": "caption.rst"}
ENDINGS |= {"tsv": "tsv", "markdown": "md", "latex": "tex", "word": "docx"}
SCRIPTS = ("collect_features", "compare_regions", "table2", "fig2", "fig3", "fig4", "fig5")
NULL_SCRIPTS = ("compare_with_null", "table3", "fig6", "fig7", "fig8")


def write_image_steps(folder, n):
    """What the image steps leave of n patients, in the format that collect_features reads."""
    import numpy as np

    from npcradiomics.features.extraction import FEATURE_NAMES
    from npcradiomics.features.intensities import intensity_shares

    rng = np.random.default_rng(8)
    names = [f"P{k:05d}" for k in range(1, n + 1)]
    skewed = np.arange(len(FEATURE_NAMES)) % 2 == 0
    for name in names:
        at = folder / "patients" / name
        (at / "features").mkdir(parents=True)
        (at / "regions").mkdir()
        rest = rng.normal(50, 10, len(FEATURE_NAMES))
        difference = np.where(
            skewed, rng.lognormal(0, 1, len(FEATURE_NAMES)), rng.normal(0.5, 1, len(FEATURE_NAMES))
        )
        cm3 = {"recurrent": rng.uniform(2, 12), "non_recurrent": 10.0}
        head = "\t".join(["patient", "region", "n_voxels", "volume_cm3", *FEATURE_NAMES])
        for region, values in {"recurrent": rest + difference, "non_recurrent": rest}.items():
            numbers = "\t".join(
                map(repr, [int(100 * cm3[region]), float(cm3[region]), *values.tolist()])
            )
            (at / f"features/{region}.tsv").write_text(
                f"{head}\n{name}\t{region}\t{numbers}\n", encoding="utf-8"
            )
        peers = "\t".join(f"glcm_{k}" for k in range(107))
        rows = "".join(
            f"{name}\t{region}\t" + "\t".join(["0.5"] * 107) + "\n" for region in REGIONS
        )
        (at / "features/pyradiomics.tsv").write_text(
            f"patient\tregion\t{peers}\n{rows}", encoding="utf-8"
        )
        voxels = {"recurrent": rng.normal(120, 9, 400), "non_recurrent": rng.normal(100, 20, 900)}
        shares = intensity_shares({region: np.rint(values) for region, values in voxels.items()})
        rows = [
            "\t".join(["patient", *shares[0]]),
            *("\t".join(map(str, [name, *s.values()])) for s in shares),
        ]
        (at / "features/intensities.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        note = {"branch": "3D", "undefined": {}, "largest_zone": 10}
        notes = {"patient": name} | dict.fromkeys(REGIONS, note)
        (at / "features/notes.json").write_text(json.dumps(notes), encoding="utf-8")
        report = {f"{region}_cm3": float(size) for region, size in cm3.items()}
        report |= {"patient": name, "in_field": "yes", "in_field_fraction": 1.0, "warnings": []}
        (at / "regions/regions.json").write_text(json.dumps(report), encoding="utf-8")
        record = {"sha256": {name: {}}, "voxels": {}}
        (at / "inputs.json").write_text(json.dumps(record), encoding="utf-8")
    (folder / "patients.tsv").write_text(
        "patient\n" + "".join(f"{name}\n" for name in names), encoding="utf-8"
    )


def write_draws(folder):
    """What draw_regions leaves of the cohort's patients: tumours of 30,000 voxels, observed features like the draws'."""
    import numpy as np

    from npcradiomics.features.extraction import FEATURE_NAMES
    from npcradiomics.spatial_null.draws import Draws, write
    from npcradiomics.spatial_null.shape import COVARIATES

    rng, n_voxels, n_draws = np.random.default_rng(9), 30_000, 199
    for place in sorted((folder / "patients").iterdir()):
        (place / "null").mkdir(exist_ok=True)
        draws = Draws(
            patient=place.name,
            reason="",
            notes="",
            feature_names=np.array(FEATURE_NAMES),
            features=rng.normal(50, 10, (n_draws + 1, 2, len(FEATURE_NAMES))),
            surrogate_features=rng.normal(50, 10, (n_draws, 2, len(FEATURE_NAMES))),
            covariate_names=np.array(COVARIATES),
            covariates=rng.normal(5, 1, (n_draws + 1, len(COVARIATES))),
            members=np.zeros((n_draws + 1, n_voxels // 8), np.uint8),
            cells=np.arange(n_voxels),
            shape=np.array([32, 256, 256]),
            spacing_zyx_mm=np.array([5.0, 0.7, 0.7]),
            fraction=0.25,
            mean_overlap=0.3,
            effective_placements=6.0,
            seed=2020,
            match="depth",
            depth_edges=np.array([0.0, 3.0, 5.0, 7.0, 20.0]),
            drawn_shape="own",
            n_redrawn=0,
            n_other_bin=600,
        )
        write(draws, place / "null/draws.npz")


class Files(SimpleNamespace):
    """Named files or parameters, as Snakemake hands them over."""

    def __getitem__(self, name):
        return getattr(self, name)


def run_script(name, folder):
    """The script of a rule on the cohort in `folder`, in this process."""
    tables = {
        table: folder / f"{file}.tsv" for table, file in (COHORT_TABLES | STATISTICS_TABLES).items()
    }
    params = {
        "simulated": True,
        "notice": "Made up for a benchmark.",
        "exclude": "",
        "left_out": [],
        "clinical_columns": [],
        "main_sequence": "ce_t1",
        "measured_in": {},
        "without_sequence": [],
    }
    params |= {
        "regions": {"in_field_minimum": 0.95},
        "alpha": 0.05,
        "n_tests": 47,
        "match": "depth",
    }
    params |= {
        "spatial_null": {
            "n_draws": 199,
            "n_recombinations": 100_000,
            "seed": 2020,
            "scores": "standard",
        }
    }
    params["spatial_null"] |= {"correction": "single_step", "match": "depth"}
    params |= {"statistics": {"alpha": 0.05, "n_tests": 47, "seed": 2020, "n_boot": 2000}}
    inputs, outputs = tables, tables
    if name == "collect_features":
        params["patients"] = sorted(path.name for path in (folder / "patients").iterdir())
        inputs = {
            file: [folder / "patients" / p / path for p in params["patients"]]
            for file, path in PER_PATIENT.items()
        }
        inputs["patients"] = folder / "patients.tsv"
        inputs |= {f"sequence_{of}": [] for of in OF_SEQUENCES}
    elif name == "compare_with_null":
        inputs = tables | {"draws": sorted((folder / "patients").glob("*/null/draws.npz"))}
        inputs, params = inputs | {"further": [], "doses": []}, params | {"further": []}
    if name in NULL_SCRIPTS:
        null = {table: folder / f"{file}.tsv" for table, file in NULL_TABLES.items()}
        null |= {"features": folder / "spatial_null.tsv", "warnings": folder / "null_warnings.json"}
        inputs, outputs = inputs | null, null
    if name not in ("collect_features", "compare_regions", "compare_with_null"):
        inputs = inputs | {"caption": ROOT / f"workflow/report/{name}.rst"}
        outputs = {kind: folder / f"{name}.{ending}" for kind, ending in ENDINGS.items()}
    snakemake = SimpleNamespace(
        input=Files(**inputs), output=Files(**outputs), params=Files(**params)
    )
    importlib.import_module(name).main(snakemake)


def null(arguments):
    """The spatial null's scripts, after those of the cohort."""
    arguments.only = [*(arguments.only or ("collect_features", "compare_regions", *NULL_SCRIPTS))]
    return cohort(arguments)


def cohort(arguments):
    """Each script in a process of its own, as Snakemake runs it."""
    missed = False
    for n in arguments.patients or (5000,):
        with tempfile.TemporaryDirectory(prefix="scale-") as temporary:
            folder = Path(arguments.keep or temporary)
            folder.mkdir(exist_ok=True)
            # Each in a process of its own: a child's peak is never below its parent's memory.
            here = [sys.executable, __file__]
            if not (folder / "patients.tsv").exists():
                command = [*here, "write", "--patients", str(n), "--keep", str(folder)]
                measured(command, temporary)
            if arguments.what == "null" and not (folder / "patients/P00001/null").exists():
                measured([*here, "write_draws", "--keep", str(folder)], temporary)
            print(f"| {n:,} patients | CPU s | wall s | peak MB |\n|---|---|---|---|", flush=True)
            rows = {}
            for name in arguments.only or SCRIPTS:
                code, *rows[name], text = measured([*here, name, "--keep", str(folder)], temporary)
                if code:
                    sys.exit(f"{name}: exit code {code}\n{text[-3000:]}")
                cpu, wall, peak = rows[name]
                print(f"| {name} | {cpu:.1f} | {wall:.1f} | {peak:.0f} |", flush=True)
            cpu, wall, peak = (
                sum(row[0] for row in rows.values()),
                sum(row[1] for row in rows.values()),
                max(row[2] for row in rows.values()),
            )
            print(f"| all | {cpu:.1f} | {wall:.1f} | {peak:.0f} |", flush=True)
            missed |= cpu > COHORT_GOAL_S or peak > COHORT_GOAL_MB
    print("goal missed" if missed else f"goal reached: {COHORT_GOAL_S} s, {COHORT_GOAL_MB} MB")
    return missed


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "what",
        choices=["cohort", "null", "write", "write_draws", *SCRIPTS, *NULL_SCRIPTS],
        metavar="cohort|null",
    )
    parser.add_argument("--patients", type=int, nargs="+", help="sizes of cohorts")
    parser.add_argument(
        "--keep", help="folder in which the cohort's files are left, and looked for"
    )
    parser.add_argument("--only", nargs="+", help="these scripts of the cohort step")
    arguments = parser.parse_args()
    if arguments.what == "write":
        return write_image_steps(Path(arguments.keep), arguments.patients[0])
    if arguments.what == "write_draws":
        return write_draws(Path(arguments.keep))
    if arguments.what in (*SCRIPTS, *NULL_SCRIPTS):
        return run_script(arguments.what, Path(arguments.keep))
    return {"cohort": cohort, "null": null}[arguments.what](arguments)


if __name__ == "__main__":
    sys.exit(main())
