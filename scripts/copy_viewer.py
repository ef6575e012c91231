"""Rule copy_viewer: the script of the 3-D viewer, once for all pages."""

import shutil

from npcradiomics.files import replacing
from npcradiomics.jobs import script


def main(snakemake):
    with replacing(snakemake.output[0]) as temporary:
        shutil.copyfile(snakemake.input[0], temporary)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
