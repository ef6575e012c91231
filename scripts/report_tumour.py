"""Rule report_tumour: what a person looks at before a patient of the response study is measured."""

from npcradiomics.jobs import script  # isort: skip
import logging

from npcradiomics.files import replacing, write_json, write_text
from npcradiomics.images.volumes import read_image, read_mask
from npcradiomics.publication.pages.template import render
from npcradiomics.publication.pages.tumour import page_content
from npcradiomics.response.tumours import SURROUNDINGS_MM, describe_tumour, tumour_checks


def main(snakemake):
    row, output = snakemake.params.row, snakemake.output
    image = read_image(row["image"])
    mask = read_mask(row["mask"], image, row["image"])
    found = describe_tumour(image, mask)
    checks = tumour_checks(found)
    content, thumbnail = page_content(
        row["patient"], image, mask, found, checks, snakemake.params.simulated
    )
    content["surroundings_mm"] = SURROUNDINGS_MM
    write_text(render(snakemake.input.templates[0], **content), output.report)
    with replacing(output.thumbnail) as temporary:
        temporary.write_bytes(thumbnail)
    write_json(found | {"checks": checks}, output.tumour)
    logging.info("%s", [check["sentence"] for check in checks if check["verdict"] == "look"])


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
