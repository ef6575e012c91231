"""Rule draw_sequence: the places drawn for the main sequence, measured in a further one, and surrogates of its texture."""

from npcradiomics.jobs import script  # isort: skip
import logging

import SimpleITK as sitk

from npcradiomics.files import read_json
from npcradiomics.images.masks import carry_parts
from npcradiomics.images.transforms import read_linear_transform
from npcradiomics.images.volumes import read_image, read_mask, spacing_zyx_mm
from npcradiomics.spatial_null.carried import left_out, measure_carried
from npcradiomics.spatial_null.draws import read, write


def main(snakemake):
    given, params, name = snakemake.input, snakemake.params, snakemake.wildcards.sequence
    drawn, log = read(given.draws), logging.getLogger("draw_sequence")
    if reason := read_json(given.report)["reason"]:
        write(left_out(drawn, reason), snakemake.output.draws)
        return
    image = read_image(given.sequence)
    gtv = read_mask(given.gtv_on_sequence, image)
    masks = (drawn.masks(k, k + 1)[0] for k in range(drawn.n_draws + 1))
    to_planning = read_linear_transform(given.transform).GetInverse()
    draws = measure_carried(
        drawn,
        name,
        carry_parts(masks, read_mask(given.gtv), gtv, to_planning),
        sitk.GetArrayFromImage(image),
        sitk.GetArrayFromImage(gtv) > 0,
        spacing_zyx_mm(image),
        extraction=params.extraction,
        tell=log.info,
    )
    for words in filter(None, (draws.reason and f"no draws: {draws.reason}", draws.notes)):
        logging.getLogger("npcradiomics").warning(words)
    write(draws, snakemake.output.draws)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
