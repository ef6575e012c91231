"""Rule definitions: which of the 40 texture features pyradiomics defines alike, and how much the others differ here."""

from npcradiomics.features.agreement import compare_definitions
from npcradiomics.files import replacing, write_table
from npcradiomics.jobs import script
from npcradiomics.publication.tables.definitions import agreement_page
from npcradiomics.publication.tables.formats import write_markdown
from npcradiomics.tables import of_sequence, read_table


def main(snakemake):
    features = of_sequence(read_table(snakemake.input.features), snakemake.params.main_sequence)
    pyradiomics = read_table(snakemake.input.pyradiomics)
    table = compare_definitions(features, pyradiomics)
    whose = f"{len(features)} regions of this cohort" + (
        f" ({snakemake.params.notice})" if snakemake.params.notice else ""
    )
    write_table(table, snakemake.output.tsv)
    with replacing(snakemake.output.markdown) as temporary:
        write_markdown(temporary, agreement_page(table, whose))


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
