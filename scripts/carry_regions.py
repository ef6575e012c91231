"""Rule carry_regions: the gate of a sequence's registration, and the regions on the sequence's own grid."""

from npcradiomics.jobs import script  # isort: skip
import logging

import numpy as np
import SimpleITK as sitk

from npcradiomics.files import read_json, write_json
from npcradiomics.images.transforms import read_linear_transform
from npcradiomics.images.volumes import read_image, read_mask, write_image
from npcradiomics.region_names import REGIONS
from npcradiomics.regions.carried import carry_regions
from npcradiomics.registration.verdict import refusal_of_sequence


def main(snakemake):
    given, params, made = snakemake.input, snakemake.params, snakemake.output
    sequence = read_image(given.sequence)
    nothing = np.zeros(sequence.GetSize()[::-1], bool)
    masks, report = dict.fromkeys(("gtv", "gtvr", *REGIONS), nothing), {}
    reason = refusal_of_sequence(read_json(given.quality), *params.review, params.column)
    if not reason:
        contours = read_mask(given.gtv), read_mask(given.gtvr)
        transform = read_linear_transform(given.transform)
        try:
            found = carry_regions(*contours, sequence, transform, **params.regions)
            masks, report = found.masks, found.report
        except ValueError as error:
            reason = str(error)
    if reason:  # the patient stays in for the other sequences
        name = snakemake.wildcards.sequence
        logging.getLogger("npcradiomics").warning(f"not measured in {name}: {reason}")
    for name, mask in masks.items():
        image = sitk.GetImageFromArray(mask.astype("uint8"))
        image.CopyInformation(sequence)
        write_image(image, made[name])
    patient = {name: snakemake.wildcards[name] for name in ("patient", "sequence")}
    write_json(patient | {"reason": reason} | report, made.report)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
