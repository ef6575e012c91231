"""Rule collect_features: one table of the cohort, and who does not enter."""

import pandas as pd

from npcradiomics.cohort.exclusion import read_clinical, select_patients
from npcradiomics.cohort.inclusion import exclusions, regions_table, require_enough, stack
from npcradiomics.cohort.same_files import refuse_same_images
from npcradiomics.files import read_json, write_table
from npcradiomics.jobs import script
from npcradiomics.region_names import REGIONS


def main(snakemake):
    params = snakemake.params
    clinical = read_clinical(snakemake.input.patients, params.clinical_columns)
    _, deselected = select_patients(clinical, params.exclude)
    left_out = pd.DataFrame(params.left_out, columns=deselected.columns)
    left_out = left_out[~left_out["patient"].isin(deselected["patient"])]
    voxels = {}
    for path in snakemake.input.inputs:
        record = read_json(path)
        voxels |= dict.fromkeys(record["sha256"], record["voxels"])  # one patient
    refuse_same_images(voxels)
    reports = [read_json(path) for path in snakemake.input.regions]
    out_of_field = exclusions(reports, params.regions["in_field_minimum"])
    excluded = pd.concat([deselected, left_out, out_of_field], ignore_index=True)
    kept = [p for p in params.patients if p not in set(excluded["patient"])]
    require_enough(kept, excluded)
    of_patients = zip(*(snakemake.input[region] for region in REGIONS), strict=True)
    tables = {
        "features": stack([path for paths in of_patients for path in paths]),
        "pyradiomics": stack(snakemake.input.pyradiomics),
        "intensities": stack(snakemake.input.intensities),
    }
    tables["features"].insert(1, "sequence", params.main_sequence)
    for name, table in tables.items():
        write_table(table[table["patient"].isin(kept)], snakemake.output[name])
    regions = regions_table(reports, [read_json(path) for path in snakemake.input.notes])
    write_table(regions.assign(in_cohort=regions["patient"].isin(kept)), snakemake.output.regions)
    write_table(excluded, snakemake.output.excluded)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
