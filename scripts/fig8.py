"""Rule fig8: the negative controls, shape and place of the recurrent regions among their draws."""

from pathlib import Path

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import escape_rst, fill_caption, notice_sentence
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.figures.spatial_null import (
    control_panels,
    plot_controls,
    untested_controls,
)
from npcradiomics.spatial_null.verdict import DOSE
from npcradiomics.tables import read_table


def main(snakemake):
    params = snakemake.params
    controls = read_table(snakemake.input.controls)
    # A place is the same in all sequences: one set of controls, on the main sequence's grid.
    distribution = read_table(snakemake.input.distribution).drop(columns="sequence")
    warnings = read_json(snakemake.input.warnings)
    bins, panels = control_panels(controls, distribution)
    caption = fill_caption(
        Path(snakemake.input.caption).read_text(encoding="utf-8"),
        first=escape_rst(" ".join(warnings)),
        n=int(controls["n"].max()),
        n_tested=int((panels["name"] != DOSE).sum()),
        dose=bool((panels["name"] == DOSE).any()),
        untested=untested_controls(controls),
        alpha=f"{params.alpha:g}",
        notice=notice_sentence(params.notice),
    )
    write_table(bins.merge(panels, on=["null", "name"]), snakemake.output.data)
    save(
        plot_controls(bins, panels, params.notice),
        snakemake.output.pdf,
        snakemake.output.png,
        snakemake.output.svg,
    )
    write_text(caption, snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
