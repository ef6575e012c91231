"""Rule collect_tumours: the cohort's table of features, and that of the new patients."""

import pandas as pd

from npcradiomics.cohort.inclusion import stack
from npcradiomics.cohort.same_files import refuse_same_images
from npcradiomics.files import read_json, write_json, write_table
from npcradiomics.jobs import script
from npcradiomics.response.cohort import responses


def main(snakemake):
    rows = pd.DataFrame(snakemake.params.rows)
    rows.insert(2, "effective", responses(snakemake.params.rows))
    voxels = {}
    for path in snakemake.input.inputs:
        voxels |= read_json(path)["voxels"]
    refuse_same_images(
        {patient: voxels[patient] for patient in rows["patient"] if patient in voxels}
    )
    measured = stack(snakemake.input.parts)
    features = rows.merge(measured, on="patient", how="left", validate="one_to_one", indicator=True)
    absent = features.loc[features.pop("_merge") != "both", "patient"]
    if len(absent):
        raise ValueError(f"{len(absent)} patients have no features: {', '.join(absent[:5])}")
    write_table(features, snakemake.output.features)
    new = measured[~measured["patient"].isin(rows["patient"])]
    if centres := snakemake.params.new_centres:
        new = new.assign(centre=new["patient"].map(centres).fillna(""))
    write_table(new, snakemake.output.new_features)
    notes = {}
    for path in snakemake.input.notes:
        notes |= read_json(path)
    write_json(
        {patient: words for patient, words in notes.items() if words}, snakemake.output.notes
    )


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
