"""Rule register_sequence: a further sequence of the planning examination and how it lies to the planning MRI."""

from npcradiomics.jobs import script  # isort: skip
import logging

import SimpleITK as sitk

from npcradiomics.cohort.same_files import voxels_sha256
from npcradiomics.cohort.sequences import label_of, one_frame, quantity_note
from npcradiomics.files import read_json, replacing, write_json
from npcradiomics.images.transforms import read_linear_transform
from npcradiomics.images.volumes import read_image, read_mask, write_image
from npcradiomics.jobs.provenance import checksums
from npcradiomics.registration.parameters import RegistrationParameters
from npcradiomics.registration.sequence import SequenceLimits, register_sequence


def main(snakemake):
    given, params, made = snakemake.input, snakemake.params, snakemake.output
    patient, name = snakemake.wildcards.patient, snakemake.wildcards.sequence
    files = params.files  # not the inputs: a file that is missing is none, and is refused here
    sequence, transform = files[params.column], files.get(f"{params.column}_transform")
    planning, sequence = read_image(given.planning_mri), read_image(sequence)
    transform = read_linear_transform(transform) if transform else None
    voxels = voxels_sha256(sitk.GetArrayViewFromImage(sequence))
    record = {"voxels": {params.column: voxels}, "sha256": {patient: checksums(files)}}
    trusted = False
    if params.same_frame and transform is None:
        trusted, why_not = one_frame([read_json(path) for path in given.frames])
        if why_not:
            logging.getLogger("npcradiomics").warning(f"same_frame: {why_not}; registered instead")
    found = register_sequence(
        planning,
        sequence,
        read_mask(given.gtv, planning),
        name=label_of(name),
        transform=transform,
        same_frame=trusted,
        parameters=RegistrationParameters(**params.parameters),
        limits=SequenceLimits(**params.limits),
    )
    said = read_json(given.said) if given.said else None
    if said is not None:
        said = said.get("quantity", {"unit": said.get("Units", "")})
    note = quantity_note(name, said)
    with replacing(made.transform) as temporary:
        sitk.WriteTransform(found.transform, str(temporary))
    # For looking at alone: what is measured are the voxels of the sequence.
    on_planning = sitk.Resample(sequence, planning, found.transform, sitk.sitkLinear, 0.0)
    write_image(on_planning, made.sequence_on_planning)
    identity = {"patient": patient, "sequence": name, "note": note}
    write_json(identity | found.quality, made.quality)
    write_json(record, made.inputs)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
