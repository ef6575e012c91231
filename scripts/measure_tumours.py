"""Rule measure_tumours: the features of a few tumours."""

import numpy as np
import SimpleITK as sitk

from npcradiomics.cohort.same_files import voxels_sha256
from npcradiomics.features.sets import tumour_features
from npcradiomics.files import write_json, write_rows
from npcradiomics.images.volumes import read_image, read_mask, spacing_zyx_mm, voxel_volume_cm3
from npcradiomics.jobs import script
from npcradiomics.jobs.provenance import checksums


def main(snakemake):
    settings, rows, notes, sums, voxels, faults = snakemake.params.features, [], {}, {}, {}, []
    for row in snakemake.params.rows:
        try:
            features, notes[row["patient"]], voxels[row["patient"]] = measured(
                row, settings, snakemake.input.pyradiomics
            )
            rows.append({"patient": row["patient"]} | features)
            sums[row["patient"]] = checksums({name: row[name] for name in ("image", "mask")})
        except ValueError as error:
            faults.append(f"{row['patient']}: {error}")
    if faults:
        raise ValueError("; ".join(faults))
    write_rows(rows, snakemake.output.features)
    write_json(notes, snakemake.output.notes)
    write_json({"sha256": sums, "voxels": voxels}, snakemake.output.inputs)


def measured(row, settings, pyradiomics):
    """Volume and features of one patient's tumour, notes on them, and a checksum of the image's voxels."""
    image = read_image(row["image"])
    mask = read_mask(row["mask"], image, row["image"])
    arrays = sitk.GetArrayFromImage(image), sitk.GetArrayFromImage(mask)
    found = tumour_features(
        *arrays, spacing_zyx_mm(image), str(settings["set"]), settings["n_levels"], pyradiomics
    )
    volume = {"volume_cm3": float(np.count_nonzero(arrays[1]) * voxel_volume_cm3(image))}
    return volume | found[0], found[1], {"image": voxels_sha256(arrays[0])}


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
