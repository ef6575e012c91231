"""Rule compare_variants: the models with and without ComBat, stable features alone, multiple imputation."""

import logging

from npcradiomics.cohort.inclusion import stack
from npcradiomics.files import write_table
from npcradiomics.jobs import script
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.figures.variants import plot_variants
from npcradiomics.publication.tables.formats import write_formats
from npcradiomics.publication.tables.variants import variants_table
from npcradiomics.response.models import known_patients
from npcradiomics.response.variants import compare_variants, variants_of
from npcradiomics.statistics.repeatability import intraclass_correlations
from npcradiomics.tables import read_table


def main(snakemake):
    given, made, params = snakemake.input, snakemake.output, snakemake.params
    table, clinical = read_table(given.features), read_table(given.clinical)
    training = known_patients(table, clinical, "train", stack(given.perturbed))
    icc = intraclass_correlations(training[0].repeats, list(training[0].features))
    write_table(icc.assign(stable=icc["icc_1_1"] >= params.minimum_icc), made.icc)
    found, said = compare_variants(
        variants_of(params.model, params.imputations, params.minimum_icc),
        training,
        known_patients(table, clinical, "validation"),
        params.model_seed,
        params.seed,
        params.repetitions,
    )
    for line in said:
        logging.getLogger("npcradiomics").warning(line)
    write_table(found, made.tsv)
    words = variants_table(found, said, params.minimum_icc, params.notice)
    write_formats(words, made.markdown, made.latex, made.word)
    save(plot_variants(found, params.simulated), made.pdf, made.png)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
