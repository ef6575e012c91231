"""Rule compare_with_null: every feature against regions of the same size drawn in the same tumours."""

import logging

from npcradiomics.cohort.inclusion import stack
from npcradiomics.files import write_json, write_table
from npcradiomics.jobs import script
from npcradiomics.spatial_null import draws
from npcradiomics.spatial_null.comparison import compare_with_null
from npcradiomics.spatial_null.sequences import side_by_side
from npcradiomics.tables import read_table


def main(snakemake):
    settings = snakemake.params.spatial_null
    statistics = read_table(snakemake.input.statistics)
    regions = read_table(snakemake.input.regions)
    in_cohort = set(regions.loc[regions["in_cohort"], "patient"])
    sequences = list(dict.fromkeys(statistics["sequence"]))
    further = dict(zip(snakemake.params.further, snakemake.input.further, strict=True))
    records = (_of_patient(path, further, sequences) for path in snakemake.input.draws)
    options = {
        name: settings[name]
        for name in ("n_draws", "n_recombinations", "seed", "scores", "correction", "match")
    }
    doses = {}
    if snakemake.input.doses:
        for patient, own in stack(snakemake.input.doses).groupby("patient"):
            doses[patient] = own["mean_dose_percent"].to_numpy()
    compared = compare_with_null(
        (record for record in records if record.patient in in_cohort),
        statistics,
        doses=doses,
        alpha=snakemake.params.alpha,
        **options,
    )
    for sentence in compared.warnings:
        logging.getLogger("npcradiomics").warning(sentence)
    for name in ("features", "controls", "ranks", "patients", "distribution"):
        write_table(getattr(compared, name), snakemake.output[name])
    write_json(compared.warnings, snakemake.output.warnings)


def _of_patient(path, further, sequences):
    """The draws of one patient in all sequences that have statistics, as one record."""
    main = draws.read(path, places=False)
    found = {sequences[0]: main}
    for sequence in sequences[1:]:
        own = further.get((main.patient, sequence))
        found[sequence] = draws.read(own, places=False) if own else None
    return side_by_side(found)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
