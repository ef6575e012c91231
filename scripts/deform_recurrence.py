"""Rule deform_recurrence: GTVr by a deformable registration, and how far it differs from the rigid one."""

from npcradiomics.jobs import script  # isort: skip
import logging

import SimpleITK as sitk

from npcradiomics.files import read_json, write_json
from npcradiomics.images.masks import carry_mask
from npcradiomics.images.transforms import read_linear_transform
from npcradiomics.images.volumes import read_image, read_mask, write_image
from npcradiomics.registration.deformable import compare_carried, deform
from npcradiomics.registration.parameters import RegistrationParameters


def main(snakemake):
    given, asked, made = snakemake.input, snakemake.params, snakemake.output
    planning, recurrence = read_image(given.planning_mri), read_image(given.recurrence_mri)
    gtv = read_mask(given.gtv, planning)
    transform = read_linear_transform(given.transform)
    deformed = sitk.Cast(gtv * 0, sitk.sitkUInt8)
    try:
        if asked.gtvr_frame == "planning":
            raise ValueError("GTVr was drawn on the planning MRI and is not carried")
        if "registered" in read_json(given.quality)["checks"]:
            raise ValueError("the recurrence MRI could not be registered")
        parameters = RegistrationParameters(**asked.parameters)
        deformation = deform(planning, recurrence, transform, gtv, parameters)
        drawn = read_mask(given.gtvr, recurrence)
        rigid = carry_mask(drawn, planning, transform)
        both = sitk.CompositeTransform([transform, deformation])
        deformed = carry_mask(drawn, planning, both)
        isodose95 = None
        if given.isodose95:
            still = sitk.Transform(3, sitk.sitkIdentity)
            isodose95 = carry_mask(read_mask(given.isodose95), planning, still)
        found = compare_carried(rigid, deformed, gtv, isodose95, recurrent=asked.recurrent)
    except ValueError as error:
        # The rigid result stands; that there is nothing beside it is said on the page.
        logging.exception("GTVr is not carried by a deformable registration")
        found = {"not_known": str(error)}
    write_image(deformed, made.gtvr_deformable)
    write_json({"patient": snakemake.wildcards.patient} | found, made.comparison)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
