"""Rule measure_universes: one patient in every universe, with its draws and surrogates."""

from npcradiomics.jobs import script  # isort: skip
import logging
import shutil
from functools import partial
from pathlib import Path

import SimpleITK as sitk

from npcradiomics.dose.shifts import shifts_of
from npcradiomics.files import read_json, replacing
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
    named = given.reference_tissue
    reference = read_mask(named, image, given.planning_mri) if named else None
    made = {"image": image, "reference": reference, "blamed": named or given.planning_mri}
    record = measure_universes(
        patient,
        partial(intensities, **made),
        [sitk.GetArrayFromImage(each) for each in (image, reference) if each is not None],
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
    records.write(record, snakemake.output.universes)
    with replacing(place) as temporary:
        shutil.copyfile(snakemake.output.universes, temporary)


def intensities(methods, image, reference, blamed):
    """{method: planning MRI (z, y, x)} with each normalisation; head and bias field are found once."""
    found = {}
    for method in sorted(methods):
        before = found.get("n4")
        try:
            found[method] = normalise(image, method, reference, before)
        except Refusal as error:
            raise error.within(blamed) from error
    return {method: sitk.GetArrayFromImage(made.image) for method, made in found.items()}


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
