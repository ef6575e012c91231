"""Rule report_risk: a patient's left-out risk map in numbers and a picture, for his page."""

from npcradiomics.jobs import script  # isort: skip
import numpy as np
import SimpleITK as sitk

from npcradiomics.dose.recurrence import Plan, measure_recurrence
from npcradiomics.files import read_json, write_json
from npcradiomics.images.volumes import read_image, read_mask
from npcradiomics.publication.figures.risk_slices import plot_risk
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.figures.style import plot_nothing
from npcradiomics.publication.notices import simulated_note
from npcradiomics.risk.isovolume import iso_risk
from npcradiomics.risk.places import read
from npcradiomics.tables import read_table


def main(snakemake):
    given, params, made = snakemake.input, snakemake.params, snakemake.output
    places, verdict = read(given.places), read_json(given.verdict)["sentence"]
    record = {"patient": places.patient, "verdict": verdict}
    record |= {"level": params.level, "reason": places.reason}
    if places.reason:
        write_json(record, made.record)
        save(plot_nothing(places.reason, simulated_note(params.simulated)), made.png)
        return
    planning, risk = read_image(given.planning_mri), read_image(given.risk)
    masks = {name: read_mask(given[name], planning) for name in ("gtv", "gtvr")}
    values, gtv = (sitk.GetArrayFromImage(image) for image in (risk, masks["gtv"]))
    iso = iso_risk(values, gtv, params.level).astype(np.uint8)
    masks["iso_risk"] = sitk.GetImageFromArray(iso)
    # Where the error is not known, the picture has the recurrence as drawn.
    target = places.blurred if places.blurred.size else places.observed.astype(np.float32)
    blurred = sitk.GetImageFromArray(places.on_grid(target))
    for image in (masks["iso_risk"], blurred):
        image.CopyInformation(planning)
    scores = scores_of(read_table(given.scores), record["patient"])
    record |= {"scores": scores, "blur": places.blur}
    record["dose"] = dose_of(given, params, masks)
    write_json(record, made.record)
    shown = planning, masks, risk, blurred, params.level, params.simulated
    save(plot_risk(record["patient"], *shown), made.png)


def scores_of(table, patient):
    """{measure: {map: value}} of one patient."""
    scores = {}
    for row in table[table["patient"] == patient].itertuples():
        scores.setdefault(row.measure, {})[row.map] = row.value
    return scores


def dose_of(given, params, masks):
    """Figures of the part of highest risk and of the rest of the GTV, as the recurrence's are measured."""
    if not (given.dose or given.isodose95):
        return []
    known = (
        {"dose": read_image(given.dose)}
        if given.dose
        else {"isodose95": read_mask(given.isodose95)}
    )
    plan = Plan(**known, prescription_gy=params.prescription_gy)
    figures = measure_recurrence(masks["gtv"], masks["iso_risk"], plan).figures
    wanted = [{k: row[k] for k in ("structure", "quantity", "unit", "value")} for row in figures]
    return [row for row in wanted if row["structure"] in ("gtvr", "non_recurrent")]


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
