"""Rule fig7: where each patient's observed difference stands among its draws."""

from pathlib import Path

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import escape_rst, fill_caption, notice_sentence
from npcradiomics.publication.figures.spatial_null import draw_ranks, patients_per_page
from npcradiomics.publication.figures.style import PNG_PAGES, save
from npcradiomics.publication.tables.spatial_null import counts_words
from npcradiomics.spatial_null.verdict import control_note
from npcradiomics.tables import read_table


def main(snakemake):
    params = snakemake.params
    ranks = read_table(snakemake.input.ranks)
    features = read_table(snakemake.input.features)
    controls = read_table(snakemake.input.controls)
    warnings = read_json(snakemake.input.warnings)
    first = control_note(controls, params.alpha, params.match)
    pages = draw_ranks(
        ranks, dict(zip(features["feature"], features["verdict"], strict=True)), "", params.notice
    )
    caption = fill_caption(
        Path(snakemake.input.caption).read_text(encoding="utf-8"),
        first=escape_rst(first),
        warnings=[escape_rst(sentence) for sentence in warnings if sentence != first],
        n_patients=ranks["patient"].nunique(),
        per_page=patients_per_page(ranks["patient"].nunique()),
        n_pages=len(pages),
        png_pages=PNG_PAGES,
        counts=escape_rst(counts_words(features)),
        notice=notice_sentence(params.notice),
    )
    write_table(ranks.merge(features[["feature", "verdict"]], on="feature"), snakemake.output.data)
    save(pages, snakemake.output.pdf, snakemake.output.png)
    write_text(caption, snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
