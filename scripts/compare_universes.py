"""Rule compare_universes: effects, tests and verdicts in every universe, the curve of each feature."""

import logging

from npcradiomics.files import write_json, write_table
from npcradiomics.jobs import script
from npcradiomics.multiverse import records
from npcradiomics.multiverse.comparison import compare_universes
from npcradiomics.multiverse.design import design_of
from npcradiomics.spatial_null.verdict import control_sentence
from npcradiomics.tables import read_table


def main(snakemake):
    params, given, made = snakemake.params, snakemake.input, snakemake.output
    regions = read_table(given.regions)
    in_cohort = set(regions.loc[regions["in_cohort"], "patient"])
    found = [one for one in map(records.read, given.universes) if one.patient in in_cohort]
    controls = read_table(given.controls).to_dict("records") if given.controls else []
    shape_or_place = [row for row in controls if row["covariate"] != "mean_dose_percent"]
    unfit = control_sentence(shape_or_place, params.alpha, params.settings["spatial_null"]["match"])
    compared = compare_universes(
        found,
        design_of(params.settings),
        alpha=params.alpha,
        n_tests=params.n_tests,
        n_recombinations=params.settings["multiverse"]["n_recombinations"],
        seed=params.settings["spatial_null"]["seed"],
        obstacle="a negative control rejects" if unfit else "",
    )
    for sentence in compared.sentences:
        logging.getLogger("npcradiomics").warning(sentence)
    for name in ("effects", "universes", "features"):
        write_table(getattr(compared, name), made[name])
    write_json([*compared.sentences, *([unfit] if unfit else [])], made.sentences)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
