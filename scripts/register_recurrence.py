"""Rule register_recurrence: sound files, rigid transform, recurrence MRI on the planning grid, and whether to believe it."""

from npcradiomics.jobs import script  # isort: skip
import logging
from dataclasses import asdict

import SimpleITK as sitk

from npcradiomics.cohort.examination import read_examination
from npcradiomics.files import replacing, write_json
from npcradiomics.images.masks import carried_volume, carry_or_empty, centroid
from npcradiomics.images.transforms import motion
from npcradiomics.images.volumes import write_image
from npcradiomics.jobs.provenance import checksums
from npcradiomics.registration.checks import check_registration
from npcradiomics.registration.criteria import CheckLimits
from npcradiomics.registration.error import estimate_error
from npcradiomics.registration.parameters import RegistrationParameters
from npcradiomics.registration.restarts import register_and_check
from npcradiomics.registration.verdict import not_registered


def main(snakemake):
    params, made, patient = snakemake.params, snakemake.output, snakemake.wildcards.patient
    row, parameters = params.row, RegistrationParameters(**params.registration["parameters"])
    asked = {"parameters": parameters, "limits": CheckLimits(**params.registration["limits"])}
    found, files = read_examination(row), {k: v for k, v in row.items() if k != "gtvr_frame"}
    write_json(found.facts | {"sha256": {patient: checksums(files)}}, made.inputs)
    planning, recurrence, gtv, drawn = found.planning, found.recurrence, found.gtv, found.gtvr
    drawn_there = row["gtvr_frame"] == "recurrence"
    gtvr = drawn if drawn_there else None

    quality = {"patient": patient, "estimated_error": None, "starts": []}
    quality["source"] = "Transform given in the patients table"
    transform = found.transform or sitk.Euler3DTransform()
    try:
        if found.transform is None:
            quality["source"] = "Headers' own positions, because the registration did not work"
            result, checks = register_and_check(
                planning, recurrence, gtv, gtvr, initial=found.initial_transform, **asked
            )
            transform = result.transform
            given = "" if found.initial_transform is None else " from the given start"
            again = " again, where a restart fitted better" if result.restarted else ""
            quality["source"] = f"Registered{given}{again}"
            quality |= {"mutual_information": result.metric, "starts": result.starts_table()}
        else:
            checks = check_registration(planning, recurrence, transform, gtv, gtvr, **asked)
        verdict, discrepancy = checks.as_dict(), checks.discrepancy
    except ValueError as error:
        # The files are sound: a person needs the pictures to see why, so this rule must not fail.
        logging.exception("not registered or not checked")
        verdict, discrepancy = not_registered(str(error)), None

    if discrepancy is not None:
        try:
            error = estimate_error(planning, recurrence, transform, gtv, checks, parameters)
            quality["estimated_error"] = asdict(error)
        except ValueError:
            logging.exception("the error is not estimated")

    carried = carry_or_empty(drawn, planning, transform) if drawn_there else drawn
    quality |= (
        motion(transform, centroid(gtv)) | {"gtvr_volume": carried_volume(drawn, carried)} | verdict
    )
    with replacing(made.transform) as temporary:
        sitk.WriteTransform(transform, str(temporary))
    # For looking at: in the pixel type of the recurrence MRI, a quarter of the size of fractions.
    on_planning = sitk.Resample(recurrence, planning, transform, sitk.sitkLinear, 0.0)
    write_image(on_planning, made.recurrence_on_planning)
    # -1 mm says not known; 0 would say perfect.
    unknown = sitk.Cast(gtv, sitk.sitkFloat32) * -1.0
    write_image(unknown if discrepancy is None else discrepancy, made.discrepancy)
    write_json(quality, made.quality)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
