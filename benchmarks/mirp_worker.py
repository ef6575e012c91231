"""MIRP's part of mirp_repeatability.py, run by an interpreter that has MIRP: FOLDER/task.json to FOLDER/mirp.csv.

A row a series, perturbation and target.
"""

import json
import logging
import sys
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from mirp import extract_features

CROP_MM = 25.0  # around a target: what is turned and cut into supervoxels


def main(folder):
    logging.disable(logging.INFO)
    task = json.loads((folder / "task.json").read_text())
    tables = []
    for series, runs in task["series"].items():
        for k, settings in enumerate(runs):
            (table,) = extract_features(
                image=str(folder / "image.nrrd"),
                mask=str(folder / "labels.nrrd"),
                base_discretisation_method="fixed_bin_number",
                base_discretisation_n_bins=task["n_bins"],
                base_feature_families=["cm", "rlm", "szm", "ngtdm"],
                glcm_spatial_method="3d_volume_merge",
                glrlm_spatial_method="3d_volume_merge",
                glszm_spatial_method="3d",
                ngtdm_spatial_method="3d",
                anti_aliasing=False,
                crop_around_roi=True,
                crop_distance=CROP_MM,
                num_cpus=1,
                **settings,
            )
            tables.append(table.assign(series=series, perturbation=k, mirp=version("mirp")))
    pd.concat(tables).to_csv(folder / "mirp.csv", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
