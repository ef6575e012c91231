"""Rule fig_draws: the recurrent region beside six of its draws on the same slices."""

from pathlib import Path

from npcradiomics import job
from npcradiomics.artefact import write_text
from npcradiomics.captions import escape_rst, fill_caption, notice_sentence
from npcradiomics.draws import read
from npcradiomics.image import read_image, read_mask
from npcradiomics.notices import simulated_note
from npcradiomics.placement_pictures import N_SHOWN, draw_placements
from npcradiomics.style import save


def main(snakemake):
    simulated = snakemake.params.simulated
    planning = read_image(snakemake.input.planning_mri)
    gtv = read_mask(snakemake.input.gtv, planning)
    draws = read(snakemake.input.draws)
    save(draw_placements(planning, gtv, draws, simulated), snakemake.output.pdf, snakemake.output.png)
    caption = fill_caption(
        Path(snakemake.input.caption).read_text(encoding="utf-8"),
        patient=escape_rst(draws.patient),
        n_draws=draws.n_draws,
        n_shown=min(N_SHOWN, draws.n_draws),
        reason=escape_rst(draws.reason),
        notes=escape_rst(draws.notes),
        fraction=f"{draws.fraction:.0%}",
        mean_overlap=f"{draws.mean_overlap:.0%}" if draws.n_draws > 1 else "not known",
        effective=f"{draws.effective_placements:.1f}" if draws.n_draws > 1 else "not known",
        matched=draws.match == "depth",
        notice=notice_sentence(simulated_note(simulated)),
    )
    write_text(caption, snakemake.output.caption)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
