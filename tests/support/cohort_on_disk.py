"""Files as the image steps leave them, for a cohort that has no images: what the statistics and figures start from."""

import json

import numpy as np
import pandas as pd

from npcradiomics.features.definitions import FEATURES
from npcradiomics.features.intensities import intensity_shares

OUT_OF_FIELD = "P02"
# Mean of the paired differences, in their SD, of the features that differ; others have mean 0.
SHIFTS = {"Intensity_Variance": -4.0, "GLCM_Energy": 3.0, "NGTDM_Strength": 3.5}

RULES = ("collect_features", "compare_regions", "table1", "table2", "fig2", "fig3", "fig4", "fig5")
ARTEFACTS = ("table1", "table2", "fig2", "fig3", "fig4", "fig5")


def write_cohort(workspace, n, shifts=SHIFTS):
    """n patients P01, P02, ...

    with stage T4, but P01 with T3; P02 lies out of field. Writes table and config, too.
    """
    rng = np.random.default_rng(11)
    rows = []
    noise = rng.normal(size=(n, len(FEATURES)))
    noise = (noise - noise.mean(axis=0)) / noise.std(axis=0, ddof=1)
    for k in range(n):
        patient = f"P{k + 1:02d}"
        folder = workspace.results / "patients" / patient
        (folder / "features").mkdir(parents=True)
        (folder / "regions").mkdir()
        rest = rng.normal(50, 0.01, len(FEATURES))
        values = {
            "recurrent": rest + noise[k] + [shifts.get(f, 0.0) for f in FEATURES],
            "non_recurrent": rest,
        }
        cm3 = {"recurrent": float(rng.uniform(2, 9)), "non_recurrent": 10.0}
        for region, numbers in values.items():
            row = {"patient": patient, "region": region, "n_voxels": 900, "volume_cm3": cm3[region]}
            row |= dict(zip(FEATURES, numbers, strict=True))
            pd.DataFrame([row]).to_csv(folder / f"features/{region}.tsv", sep="\t", index=False)
        peers = pd.DataFrame({"patient": patient, "region": list(values), "glcm_Id": 0.5})
        peers.to_csv(folder / "features/pyradiomics.tsv", sep="\t", index=False)
        shares = intensity_shares(
            {"recurrent": rng.normal(120, 9, 400), "non_recurrent": rng.normal(100, 20, 900)}
        )
        pd.DataFrame(shares).assign(patient=patient)[["patient", *shares[0]]].to_csv(
            folder / "features/intensities.tsv", sep="\t", index=False
        )
        note = {"branch": "3D", "undefined": {}, "largest_zone": 10 + k}
        notes = {
            "patient": patient,
            "recurrent": note,
            "non_recurrent": note | {"largest_zone": 50},
        }
        (folder / "features/notes.json").write_text(json.dumps(notes), encoding="utf-8")
        inputs = {"sha256": {patient: {}}, "voxels": {"planning_mri": f"voxels of {patient}"}}
        (folder / "inputs.json").write_text(json.dumps(inputs), encoding="utf-8")
        outside = patient == OUT_OF_FIELD
        report = {f"{region}_cm3": size for region, size in cm3.items()} | {
            "in_field": "no" if outside else "yes"
        }
        report |= {"patient": patient, "in_field_fraction": 0.3 if outside else 1.0, "warnings": []}
        (folder / "regions/regions.json").write_text(json.dumps(report), encoding="utf-8")
        files = {
            name: f"{patient}_{name}.nii.gz"
            for name in ("planning_mri", "recurrence_mri", "gtv", "gtvr")
        }
        rows.append(
            {"patient": patient, "gtvr_frame": "planning", "stage": "T4" if k else "T3"} | files
        )
    workspace.write_patients(rows)
    workspace.config |= {"clinical_columns": ["stage"], "statistics": {"n_boot": 200}}


def run_from_features(workspace, *arguments, targets):
    """Run the workflow from the files of write_cohort on: the image steps are not allowed."""
    allowed = [f"heterogeneity_{rule}" for rule in RULES]
    return workspace.run(
        *arguments, "--allowed-rules", *allowed, "--", *(f"heterogeneity_{t}" for t in targets)
    )
