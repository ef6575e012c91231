"""Rule fig13: maps that never saw their patient, and how much of the recurrence a boost by them covers."""

from pathlib import Path

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.images.volumes import read_image
from npcradiomics.jobs import script
from npcradiomics.publication.captions import escape_rst, fill_caption, notice_sentence
from npcradiomics.publication.figures.risk import cut_map, plot_risk
from npcradiomics.publication.figures.saving import save
from npcradiomics.risk.curves import WITHIN_ERROR, coverage_curves
from npcradiomics.tables import read_table


def main(snakemake):
    params, given, made = snakemake.params, snakemake.input, snakemake.output
    files = zip(params.patients, given.maps, given.gtvr, strict=True)
    patients, null = read_table(given.patients), read_table(given.null)
    fitted = set(patients.loc[patients["reason"].isna(), "patient"])
    maps = {  # one in memory at a time
        name: cut_map(read_image(risk), read_image(gtvr))
        for name, risk, gtvr in files
        if name in fitted
    }
    curves = coverage_curves(read_table(given.summary), null)
    caption = fill_caption(
        Path(given.caption).read_text(encoding="utf-8"),
        sentence=escape_rst(read_json(given.verdict)["sentence"]),
        n=len(maps),
        n_refits=int(null["refit"].max()),
        within=(curves["target"] == WITHIN_ERROR).any(),
        notice=notice_sentence(params.notice),
    )
    pages = plot_risk(maps, curves, params.notice)
    write_table(curves, made.data)
    save(pages, made.pdf, made.png)
    write_text(caption, made.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
