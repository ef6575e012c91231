"""Rule table4: dose, class and type of each patient's failure."""

from pathlib import Path

import pandas as pd

from npcradiomics.files import write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import escape_rst, fill_caption
from npcradiomics.publication.tables.dose import table4, table4_data
from npcradiomics.publication.tables.formats import write_formats
from npcradiomics.tables import read_table


def main(snakemake):
    given, params = snakemake.input, snakemake.params
    data = table4_data(read_table(given.figures), read_table(given.failures))
    limits = {name: params.dose[name] for name in ("in_field", "marginal")}
    said = {"n_unknown": params.n_unknown, "notice": params.notice}
    said["out"] = pd.DataFrame(params.out)
    table = table4(data, read_table(given.comparison), **limits, **said)
    write_table(data, snakemake.output.tsv)
    write_formats(table, *(snakemake.output[name] for name in ("markdown", "latex", "word")))
    template = Path(given.caption).read_text(encoding="utf-8")
    notes = [escape_rst(note) for note in table.footnotes]
    write_text(fill_caption(template, caption=table.caption, notes=notes), snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
