"""Rule table5: what every feature's conclusion comes to over all universes."""

from npcradiomics.files import read_json
from npcradiomics.jobs import script
from npcradiomics.publication.tables.multiverse import table5
from npcradiomics.publication.tables.saving import save_table
from npcradiomics.tables import read_table


def main(snakemake):
    params, given, made = snakemake.params, snakemake.input, snakemake.output
    features, universes = read_table(given.features), read_table(given.universes)
    sentences = read_json(given.sentences)
    icc = read_table(given.icc[0]) if given.icc else None
    options = {"alpha": params.alpha, "notice": params.notice, "icc": icc}
    table = table5(features, universes, sentences, **options)
    save_table(table, features.assign(simulated=params.simulated), given.caption, made)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
