"""Rule report_sequence: what a person looks at to judge how a further sequence lies to the planning MRI."""

from npcradiomics.jobs import script  # isort: skip
from npcradiomics.cohort.sequences import label_of
from npcradiomics.files import read_json, write_text
from npcradiomics.images.volumes import read_image, read_mask
from npcradiomics.publication.figures.patient import REGISTRATION_MARGIN_MM, plot_registration
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.pages.sequence_registration import sequence_content, sequence_pair
from npcradiomics.publication.pages.template import render


def main(snakemake):
    given, params, made = snakemake.input, snakemake.params, snakemake.output
    planning, quality = read_image(given.planning_mri), read_json(given.quality)
    images = read_image(given.sequence), read_image(given.sequence_on_planning)
    pair = sequence_pair(planning, *images, read_mask(given.gtv, planning))
    reason = read_json(given.report)["reason"]
    said = params.sequences, reason, params.column, params.simulated, params.departures
    write_text(render(given.templates[0], **sequence_content(pair, quality, *said)), made.report)
    name = label_of(quality["sequence"])
    words = f"registration of {name} {quality['verdict']}, {quality['shift_mm']:.1f} mm"
    shown = quality["patient"], pair.round_tumour(REGISTRATION_MARGIN_MM), words, params.simulated
    save(plot_registration(*shown, name), made.png)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
