"""Rule appendix: pictures S1 (GTVr against the 95 % isodose), S2 (fusion), S3 (GTVr beside its draws) of one patient."""

from npcradiomics.jobs import script  # isort: skip
from pathlib import Path

import SimpleITK as sitk

from npcradiomics.cohort.standing import share_words
from npcradiomics.files import read_json, write_text
from npcradiomics.images.masks import carry_mask
from npcradiomics.images.volumes import read_image, read_mask
from npcradiomics.publication.captions import escape_rst, fill_caption, notice_sentence
from npcradiomics.publication.figures.dose import failure_words
from npcradiomics.publication.figures.patient import plot_fusion, plot_in_field
from npcradiomics.publication.figures.placements import caption_numbers, plot_placements
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.notices import TWO_SHARES, patient_notice
from npcradiomics.rounding import limit_text
from npcradiomics.spatial_null.draws import read
from npcradiomics.tables import read_table


def main(snakemake):
    given, made = snakemake.input, snakemake.output
    patient, simulated = snakemake.wildcards.patient, snakemake.params.simulated
    planning = read_image(given.planning_mri)
    gtv, gtvr = read_mask(given.gtv, planning), read_mask(given.gtvr, planning)
    isodose95 = None
    if given.isodose95:
        isodose95 = carry_mask(
            read_mask(given.isodose95), planning, sitk.Transform(3, sitk.sitkIdentity)
        )
    fraction = read_json(given.regions)["in_field_fraction"]
    words = "dose not known" if fraction is None else share_words(fraction)
    curves, dose = None, ""
    if given.failure:
        dose = failure_words(read_json(given.failure), read_table(given.figures))
        curves = read_table(given.curves)
    title = "; ".join(filter(None, [words, dose]))
    s1 = plot_in_field(patient, planning, gtvr, isodose95, title, simulated, curves)
    save(s1, made.s1_pdf, made.s1_png)
    fused = read_image(given.recurrence_on_planning)
    save(plot_fusion(patient, planning, fused, gtv, gtvr, simulated), made.s2_pdf, made.s2_png)
    notice = patient_notice(simulated, snakemake.params.departures)
    numbers = {"patient": escape_rst(patient), "notice": notice_sentence(notice)}
    numbers |= {"dose": dose, "curves": curves is not None and len(curves) > 0}
    numbers |= {
        "two_shares": TWO_SHARES,
        "in_field": words,
        "minimum": limit_text(snakemake.params.in_field_minimum),
    }
    captions = ["s1_caption", "s2_caption"]
    if given.draws:
        draws = read(given.draws)
        save(plot_placements(planning, gtv, draws, simulated), made.s3_pdf, made.s3_png)
        numbers |= caption_numbers(draws)
        captions += ["s3_caption"]
    for name in captions:
        template = Path(given[name]).read_text(encoding="utf-8")
        write_text(fill_caption(template, **numbers), made[name])


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
