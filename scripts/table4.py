"""Rule table4: dose, class and type of each patient's failure."""

import pandas as pd

from npcradiomics.jobs import script
from npcradiomics.publication.tables.dose import table4, table4_data
from npcradiomics.publication.tables.saving import save_table
from npcradiomics.tables import read_table


def main(snakemake):
    given, params = snakemake.input, snakemake.params
    data = table4_data(read_table(given.figures), read_table(given.failures))
    limits = {name: params.dose[name] for name in ("in_field", "marginal")}
    said = {"n_unknown": params.n_unknown, "notice": params.notice}
    said["out"] = pd.DataFrame(params.out)
    table = table4(data, read_table(given.comparison), **limits, **said)
    save_table(table, data, given.caption, snakemake.output)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
