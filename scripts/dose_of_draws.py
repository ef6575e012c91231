"""Rule dose_of_draws: mean dose of the recurrent region and of each drawn region."""

from npcradiomics.jobs import script  # isort: skip
from npcradiomics.dose.solids import value_at
from npcradiomics.files import write_rows
from npcradiomics.images.grids import voxel_points
from npcradiomics.images.volumes import read_image, read_mask
from npcradiomics.spatial_null.draws import read


def main(snakemake):
    draws = read(snakemake.input.draws)
    doses = value_at(voxel_points(read_mask(snakemake.input.gtv)), read_image(snakemake.input.dose))
    means = draws.means(100.0 * doses / snakemake.params.prescription_gy)
    rows = [
        {"patient": draws.patient, "draw": k, "mean_dose_percent": mean}
        for k, mean in enumerate(means.tolist())
    ]
    write_rows(rows, snakemake.output.doses)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
