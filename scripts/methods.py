"""Rule methods: the methods as a paper can print them, from the settings that ran, and the literature they cite."""

from pathlib import Path

import yaml

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.methods import heterogeneity, response
from npcradiomics.publication.methods.bibliography import select
from npcradiomics.publication.methods.counts import heterogeneity_counts, response_counts
from npcradiomics.publication.methods.text import cited, markdown, sentence_table
from npcradiomics.tables import read_table

STUDIES = {
    "heterogeneity": (heterogeneity, heterogeneity_counts),
    "response": (response, response_counts),
}


def main(snakemake):
    given, params, made = snakemake.input, snakemake.params, snakemake.output
    record = read_json(given.record)
    study, counts = STUDIES[params.study]
    cohort = counts(params.counts, *map(read_table, given.cohort))
    cohort |= {"departures": params.departures}
    settings_file = yaml.safe_load(Path(given.pyradiomics).read_text(encoding="utf-8")) or {}
    text = study.paragraphs(record["settings"], cohort, record["software"], settings_file)
    write_table(sentence_table(text), made.table)
    write_text(markdown(text, f"Methods of the {params.study} study"), made.markdown)
    library = Path(given.library).read_text(encoding="utf-8")
    write_text(select(library, cited(text)), made.references)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
