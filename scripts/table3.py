"""Rule table3: the paper's test, the two nulls and the verdict, for every feature."""

from pathlib import Path

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import escape_rst, fill_caption
from npcradiomics.publication.tables.formats import write_formats
from npcradiomics.publication.tables.spatial_null import table3
from npcradiomics.tables import by_sequence, in_one_table_if_several, read_table


def main(snakemake):
    params = snakemake.params
    features = in_one_table_if_several(by_sequence(read_table(snakemake.input.features)))
    controls = read_table(snakemake.input.controls)
    patients = read_table(snakemake.input.patients)
    warnings = read_json(snakemake.input.warnings)
    options = {
        "alpha": params.alpha,
        "n_tests": params.n_tests,
        "match": params.match,
        "notice": params.notice,
    }
    table = table3(features, controls, patients, warnings, **options)
    write_table(features.assign(simulated=params.simulated), snakemake.output.tsv)
    write_formats(table, *(snakemake.output[name] for name in ("markdown", "latex", "word")))
    template = Path(snakemake.input.caption).read_text(encoding="utf-8")
    caption = fill_caption(
        template, caption=table.caption, notes=[escape_rst(note) for note in table.footnotes]
    )
    write_text(caption, snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
