"""Rule measure_universes: one patient in every universe, with its draws and surrogates."""

from npcradiomics.jobs import script  # isort: skip
import logging
from pathlib import Path

import SimpleITK as sitk

from npcradiomics.dose.shifts import shifts_of
from npcradiomics.files import read_json
from npcradiomics.images.normalisation import normalise
from npcradiomics.images.volumes import read_image, read_mask, spacing_zyx_mm
from npcradiomics.multiverse import records
from npcradiomics.multiverse.contours import contours_of
from npcradiomics.multiverse.measurement import measure_universes
from npcradiomics.refusal import Refusal


def main(snakemake):
    patient, params, given = snakemake.wildcards.patient, snakemake.params, snakemake.input
    log = logging.getLogger("npcradiomics")
    image = read_image(given.planning_mri)
    gtv, gtvr = (read_mask(given[name], image) for name in ("gtv", "gtvr"))
    n_moved = max(universe["moved"] for universe in params.universes)
    error = read_json(given.quality)["estimated_error"]
    shifts, note = shifts_of(patient, gtvr, params.gtvr_frame, error, n_moved, params.seed)
    why_none = "" if params.gtvr_frame == "planning" else note
    place = Path(snakemake.output.kept)
    kept = None
    if place.exists():
        try:
            kept = records.read(place)
        except ValueError as fault:  # of an older version: everything is measured again
            log.warning(str(fault))
    record = measure_universes(
        patient,
        intensities(image, given, {one["intensity"] for one in params.universes}),
        sitk.GetArrayFromImage(gtv) > 0,
        contours_of(params.universes, gtvr, shifts, why_none),
        spacing_zyx_mm(image),
        params.universes,
        n_draws=params.n_draws,
        surrogates=params.surrogates,
        match=params.match,
        seed=params.seed,
        min_voxels=params.min_voxels,
        code=params.code,
        kept=kept,
    )
    if record.reason:
        log.warning(f"no draws: {record.reason}")
    for path in snakemake.output:
        records.write(record, path)


def intensities(image, given, methods):
    """{method: planning MRI (z, y, x)} with each normalisation; the bias field is estimated once."""
    named, field, found = given.reference_tissue, None, {}
    reference = read_mask(named, image, given.planning_mri) if named else None
    for method in sorted(methods):
        try:
            made = normalise(image, method, reference, field)
        except Refusal as error:
            raise error.within(named or given.planning_mri) from error
        field = made.field if made.field is not None else field
        found[method] = sitk.GetArrayFromImage(made.image)
    return found


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
