"""Rule liu_validation: figure and table of what the model is worth."""

from npcradiomics.files import read_json, write_table
from npcradiomics.jobs import script
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.figures.validation import plot_validation
from npcradiomics.publication.tables.formats import write_formats
from npcradiomics.publication.tables.response import areas_table, performance_table, sentence_of
from npcradiomics.tables import read_table


def main(snakemake):
    given, made = snakemake.input, snakemake.output
    names = ("performance", "summary", "permutation", "selection", "decision")
    performance, summary, permuted, selection, decision = (
        read_table(given[name]) for name in names
    )
    model, report, simulated = (
        read_json(given.model),
        read_json(given.report),
        snakemake.params.simulated,
    )
    areas = areas_table(performance, summary)
    write_table(areas, made.data)
    write_table(summary, made.table)
    printed = performance_table(performance, summary, report, model, snakemake.params.notice)
    write_formats(printed, made.markdown, made.latex, made.word)
    figure = plot_validation(
        areas, permuted, report, selection, decision, sentence_of(model), simulated
    )
    save(figure, made.pdf, made.png, made.svg)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
