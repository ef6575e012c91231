"""Rule report_registration: what a person looks at to judge one patient's registration."""

from npcradiomics.jobs import script  # isort: skip
import SimpleITK as sitk

from npcradiomics.cohort.standing import standing
from npcradiomics.dose.recurrence import Plan, measure_recurrence
from npcradiomics.dose.shifts import shifts_of
from npcradiomics.files import read_json, replacing, write_json, write_text
from npcradiomics.images.masks import carry_or_empty
from npcradiomics.images.transforms import read_linear_transform
from npcradiomics.images.volumes import read_image, read_mask
from npcradiomics.publication.figures.patient import REGISTRATION_MARGIN_MM, plot_registration
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.pages.dose import dose_content
from npcradiomics.publication.pages.intensity import intensity_content
from npcradiomics.publication.pages.registration import page_content
from npcradiomics.publication.pages.registration_pictures import (
    MARGIN_MM,
    ExaminationPair,
    Volumes,
    thumbnail,
)
from npcradiomics.publication.pages.template import render
from npcradiomics.regions.recurrence import in_field_fraction
from npcradiomics.registration.verdict import refusal


def main(snakemake):
    given, params = snakemake.input, snakemake.params
    planning, recurrence = read_image(given.planning_mri), read_image(given.recurrence_mri)
    quality = read_json(given.quality)
    headers, drawn_there = sitk.Transform(), params.gtvr_frame == "recurrence"
    drawn = read_mask(given.gtvr, recurrence if drawn_there else planning)
    transform = read_linear_transform(given.registration)
    discrepancy = read_image(given.discrepancy)
    isodose95 = read_mask(given.isodose95) if given.isodose95 else None
    pair = ExaminationPair(
        planning=planning,
        before=sitk.Resample(recurrence, planning, headers, sitk.sitkLinear, 0.0),
        after=read_image(given.recurrence_on_planning),
        gtv=read_mask(given.gtv, planning),
        gtvr_before=carry_or_empty(drawn, planning, headers) if drawn_there else drawn,
        gtvr=carry_or_empty(drawn, planning, transform) if drawn_there else drawn,
        discrepancy=discrepancy if sitk.GetArrayViewFromImage(discrepancy).min() >= 0.0 else None,
        gtvr_deformable=read_image(given.gtvr_deformable) if given.gtvr_deformable else None,
        isodose95=isodose95 and carry_or_empty(isodose95, planning, headers),
    )
    gtvr = sitk.GetArrayViewFromImage(pair.gtvr) > 0
    known = pair.isodose95 is not None and gtvr.any()
    inside = sitk.GetArrayViewFromImage(pair.isodose95) > 0 if known else None
    in_field = in_field_fraction(gtvr, inside) if known else None
    refused = refusal(quality, params.review[0])
    stands = standing(refused, *params.review, params.out, in_field, params.in_field_minimum)
    write_json(stands._asdict(), snakemake.output.standing)
    compared = read_json(given.deformable) if given.deformable else None
    gray = read_image(given.dose) if given.dose else None
    dose = dose_of(pair, quality, gray, given, params) if known and not refused else None
    intensity = intensity_content(planning, [read_image(p) for p in given.intensity], pair.gtv)
    said = params.simulated, compared, params.departures, dose, gray, intensity
    content = page_content(pair, quality, stands, *said, params.sequences)
    write_text(render(given.templates[0], **content), snakemake.output.report)
    with replacing(snakemake.output.thumbnail) as temporary:
        temporary.write_bytes(thumbnail(Volumes(pair.round_tumour(MARGIN_MM), planning)))
    words = f"registration {quality['verdict']}, rotation {quality['rotation_angle_deg']:.1f}\N{DEGREE SIGN}"
    shown = quality["patient"], pair.round_tumour(REGISTRATION_MARGIN_MM), words
    save(plot_registration(*shown, params.simulated), snakemake.output.png)


def dose_of(pair, quality, gray, given, params):
    known = (gray, None) if given.dose else (None, read_mask(given.isodose95))
    plan = Plan(*known, prescription_gy=params.prescription_gy)
    asked, drawn = params.dose, (quality["patient"], pair.gtvr, params.gtvr_frame)
    shifts, _ = shifts_of(*drawn, quality["estimated_error"], asked["n_shifts"], asked["seed"])
    limits = {name: asked[name] for name in ("in_field", "marginal")}
    return dose_content(measure_recurrence(pair.gtv, pair.gtvr, plan, shifts, **limits))


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
