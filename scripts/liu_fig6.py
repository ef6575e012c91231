"""Rule liu_fig6: areas, calibration and net benefit of the rad-score and of what is simpler."""

from pathlib import Path

from npcradiomics.files import write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import fill_caption, notice_sentence
from npcradiomics.publication.figures.comparison import plot_comparison
from npcradiomics.publication.figures.saving import save
from npcradiomics.response.comparison import verdict
from npcradiomics.tables import read_table


def main(snakemake):
    given, made, simulated = snakemake.input, snakemake.output, snakemake.params.simulated
    comparison, calibration, decision = (
        read_table(given[name]) for name in ("comparison", "calibration", "decision")
    )
    sentence = verdict(comparison)
    write_table(decision, made.data)
    figure = plot_comparison(comparison, calibration, decision, sentence, simulated)
    save(figure, made.pdf, made.png, made.svg)
    caption = fill_caption(
        Path(given.caption).read_text(encoding="utf-8"),
        sentence=sentence,
        notice=notice_sentence(snakemake.params.notice),
    )
    write_text(caption, made.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
