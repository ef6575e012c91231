"""Rule collect_features: one table of the cohort, and who does not enter."""

from collections import defaultdict

import pandas as pd

from npcradiomics.cohort.exclusion import read_clinical, select_patients
from npcradiomics.cohort.inclusion import exclusions, regions_table, require_enough, stack
from npcradiomics.cohort.same_files import refuse_same_images
from npcradiomics.cohort.sequence_table import sequences_table
from npcradiomics.files import read_json, write_table
from npcradiomics.jobs import script
from npcradiomics.region_names import REGIONS
from npcradiomics.tables import in_one_table_if_several


def main(snakemake):
    params, given = snakemake.params, snakemake.input
    clinical = read_clinical(given.patients, params.clinical_columns)
    _, deselected = select_patients(clinical, params.exclude)
    left_out = pd.DataFrame(params.left_out, columns=deselected.columns)
    left_out = left_out[~left_out["patient"].isin(deselected["patient"])]
    voxels = defaultdict(dict)
    for path in (*given.inputs, *given.sequence_inputs):
        record = read_json(path)
        (patient,) = record["sha256"]
        voxels[patient] |= record["voxels"]
    refuse_same_images(voxels)
    reports = [read_json(path) for path in given.regions]
    out_of_field = exclusions(reports, params.regions["in_field_minimum"])
    excluded = pd.concat([deselected, left_out, out_of_field], ignore_index=True)
    kept = [p for p in params.patients if p not in set(excluded["patient"])]
    require_enough(kept, excluded)
    known = [(name, sequence) for sequence, names in params.measured_in.items() for name in names]
    found = ([read_json(path) for path in given[f"sequence_{of}"]] for of in ("reports", "quality"))
    further = sequences_table(known, *found, params.without_sequence)
    paths = {params.main_sequence: list(zip(*(given[region] for region in REGIONS), strict=True))}
    histograms = {params.main_sequence: list(given.intensities)}
    of_sequences = zip(*(given[f"sequence_{region}"] for region in REGIONS), strict=True)
    states = further["state"].tolist()[: len(known)]
    for (_, name), state, own, intensities in zip(
        known, states, of_sequences, given.sequence_intensities, strict=True
    ):
        if state == "measured":
            paths.setdefault(name, []).append(own)
            histograms.setdefault(name, []).append(intensities)
    tables = {
        "features": pd.concat([regions_of(*one) for one in paths.items()], ignore_index=True),
        "pyradiomics": stack(given.pyradiomics),
        "intensities": in_one_table_if_several(
            {name: stack(of) for name, of in histograms.items()}
        ),
    }
    for name, table in tables.items():
        write_table(table[table["patient"].isin(kept)], snakemake.output[name])
    regions = regions_table(reports, [read_json(path) for path in given.notes])
    write_table(regions.assign(in_cohort=regions["patient"].isin(kept)), snakemake.output.regions)
    write_table(excluded, snakemake.output.excluded)
    if params.measured_in:
        write_table(further[further["patient"].isin(kept)], snakemake.output.sequences)


def regions_of(sequence, paths):
    """The regions of each patient, one below the other, in one sequence."""
    table = stack([path for of_patient in paths for path in of_patient])
    table.insert(1, "sequence", sequence)
    return table


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
