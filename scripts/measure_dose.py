"""Rule measure_dose: dose of the recurrence and of the rest of the tumour, class and type of the failure."""

from npcradiomics.jobs import script  # isort: skip
import logging

import pandas as pd

from npcradiomics.cohort.sources import is_dicom
from npcradiomics.dicom.reading import read_structure
from npcradiomics.dicom.series import FRAME_KEY
from npcradiomics.dose.recurrence import CURVE_COLUMNS, Plan, measure_recurrence
from npcradiomics.dose.shifts import shifts_of
from npcradiomics.files import read_json, write_json, write_table
from npcradiomics.images.volumes import read_image, read_mask
from npcradiomics.rounding import percent_text


def main(snakemake):
    given, params, made = snakemake.input, snakemake.params, snakemake.output
    patient, asked = snakemake.wildcards.patient, params.dose
    planning = read_image(given.planning_mri)
    gtv, gtvr = (read_mask(path, planning) for path in (given.gtv, given.gtvr))
    if given.facts:
        planning.SetMetaData(FRAME_KEY, read_json(given.facts)[FRAME_KEY])
    targets = []
    for name, gray, path, structure, _ in params.targets:
        if is_dicom(path):
            placed = params.registration, params.end_caps
            targets.append((name, gray, read_structure(path, structure, planning, *placed)))
        else:
            targets.append((name, gray, read_mask(path)))
    plan = Plan(
        dose=read_image(given.dose) if given.dose else None,
        isodose95=None if given.dose else read_mask(given.isodose95),
        prescription_gy=params.prescription_gy,
        fractions=int(params.fractions) if params.fractions else None,
        alpha_beta_gy=asked.get("alpha_beta_gy"),
        targets=targets,
    )
    error = read_json(given.quality)["estimated_error"]
    drawn = {name: asked[name] for name in ("n_shifts", "seed")}
    shifts, note = shifts_of(patient, gtvr, params.gtvr_frame, error, **drawn)
    limits = {name: asked[name] for name in ("in_field", "marginal")}
    measured = measure_recurrence(gtv, gtvr, plan, shifts, **limits)
    if outside := measured.failure["share_outside_dose_grid"]:
        beyond = f"{percent_text(outside, 1)} of GTV and GTVr lie outside the dose grid and count as 0 Gy"
        note = "; ".join(filter(None, [note, beyond]))
    if note:
        logging.getLogger("npcradiomics").warning(note)
    kept = {"patient": patient} | measured.failure | {"note": note}
    write_json(kept | {"prescription_gy": plan.prescription_gy}, made.failure)
    for rows, columns, path in (
        (measured.figures, None, made.figures),
        (measured.curves, CURVE_COLUMNS, made.curves),
    ):
        table = pd.DataFrame(rows, columns=columns)
        table.insert(0, "patient", patient)
        write_table(table, path)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
