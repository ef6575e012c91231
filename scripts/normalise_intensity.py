"""Rule normalise_intensity: the planning MRI without its bias field, and as z-scores."""

from npcradiomics.jobs import script  # isort: skip
from npcradiomics.files import write_json
from npcradiomics.images.normalisation import normalise
from npcradiomics.images.volumes import read_image, read_mask, write_image
from npcradiomics.jobs.provenance import checksums
from npcradiomics.refusal import Refusal


def main(snakemake):
    made, params, path = snakemake.output, snakemake.params, snakemake.input.planning_mri
    image = read_image(path)
    named = params.reference.get("reference_tissue")
    reference = read_mask(named, image, path) if named else None
    try:
        found = normalise(image, params.method, reference)
    except Refusal as error:
        raise error.within(named or path) from error
    write_image(found.image, made.image)
    write_image(found.field, made.field)
    record = {
        "method": params.method,
        "reference": "reference_tissue" if named else "head",
        "mean": found.mean,
        "sd": found.sd,
        "sha256": {snakemake.wildcards.patient: checksums(params.reference)},
    }
    write_json(record, made.record)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
