"""Rule appendix: pictures S1 (GTVr against the 95 % isodose) and S2 (fusion) of one patient."""

from pathlib import Path

import SimpleITK as sitk

from npcradiomics import job
from npcradiomics.artefact import read_json, write_text
from npcradiomics.captions import escape_rst, fill_caption, notice_sentence
from npcradiomics.contours import carry_mask
from npcradiomics.image import read_image, read_mask
from npcradiomics.notices import simulated_note
from npcradiomics.pictures import draw_fusion, draw_in_field
from npcradiomics.rounding import percent_text
from npcradiomics.style import save


def main(snakemake):
    patient, simulated = snakemake.wildcards.patient, snakemake.params.simulated
    planning = read_image(snakemake.input.planning_mri)
    gtv = read_mask(snakemake.input.gtv, planning)
    gtvr = read_mask(snakemake.input.gtvr, planning)
    isodose95 = None
    if snakemake.input.isodose95:
        isodose95 = carry_mask(read_mask(snakemake.input.isodose95), planning, sitk.Transform(3, sitk.sitkIdentity))
    fraction = read_json(snakemake.input.regions)["in_field_fraction"]
    words = "dose not known" if fraction is None else f"{fraction:.1%} of GTVr inside the 95 % isodose"
    s1 = draw_in_field(patient, planning, gtvr, isodose95, words, simulated)
    save(s1, snakemake.output.s1_pdf, snakemake.output.s1_png)
    fused = read_image(snakemake.input.recurrence_on_planning)
    s2 = draw_fusion(patient, planning, fused, gtv, gtvr, simulated)
    save(s2, snakemake.output.s2_pdf, snakemake.output.s2_png)
    numbers = {"patient": escape_rst(patient), "notice": notice_sentence(simulated_note(simulated))}
    numbers |= {"in_field": words, "minimum": percent_text(snakemake.params.in_field_minimum)}
    for name in ("s1_caption", "s2_caption"):
        template = Path(snakemake.input[name]).read_text(encoding="utf-8")
        write_text(fill_caption(template, **numbers), snakemake.output[name])


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
