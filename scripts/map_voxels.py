"""Rule map_voxels: a feature of the neighbourhood of every voxel of the tumour, as a map."""

from npcradiomics.jobs import script  # isort: skip
import numpy as np
import SimpleITK as sitk

from npcradiomics.features.voxel_maps import voxel_maps
from npcradiomics.images.volumes import read_image, read_mask, write_image


def main(snakemake):
    image = read_image(snakemake.input.planning_mri)
    gtv = sitk.GetArrayFromImage(read_mask(snakemake.input.gtv, image)) > 0
    params = snakemake.params
    values = voxel_maps(
        sitk.GetArrayFromImage(image),
        gtv,
        [snakemake.wildcards.feature],
        radius=params.radius,
        n_levels=params.n_levels,
        quantizer=params.quantizer,
    )
    volume = np.zeros(gtv.shape, np.float32)
    volume[gtv] = values[:, 0]
    made = sitk.GetImageFromArray(volume)
    made.CopyInformation(image)
    write_image(made, snakemake.output.map)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
