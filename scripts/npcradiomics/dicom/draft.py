"""From an inventory of DICOM to a draft of the patients table, and what a person must decide."""

import itertools
from pathlib import Path

from npcradiomics.dicom.dataset import code
from npcradiomics.dicom.inventory import LISTED, NAMELESS, Found
from npcradiomics.dicom.structure_names import guess_structures, guess_targets

COLUMNS = (
    *("patient", "planning_mri", "planning_series", "recurrence_mri", "recurrence_series"),
    *("gtv", "gtvr", "gtvr_frame", "dose", "prescription_gy", "targets"),
)


def draft_rows(found):
    """Rows of a draft patients table, one per patient, and lines on what was taken and what a person must decide.

    The earliest study with MR images is taken for planning, the latest for recurrence; contours are
    guessed by name (dicom_guess) where exactly one fits. Cells that cannot be told stay empty.
    """
    rows, lines = [], []
    for place, person in enumerate(dict.fromkeys(f.patient for f in found), start=1):
        own = [f for f in found if f.patient == person]
        row, said = _row(f"P{place:03d}", own, found)
        rows.append(row)
        lines += [f"P{place:03d}: {line}" for line in said]
    return rows, lines


def _row(name, own, found):
    images = [f for f in own if f.modality == "MR" and not f.localizer and f.n_images > 1]
    row, said = dict.fromkeys(COLUMNS, "") | {"patient": name}, []
    if own[0].patient.startswith(NAMELESS):
        said.append("files without PatientID, taken together because they are of one study")
    chosen = {}
    for column, study in zip(("planning", "recurrence"), _two_studies(images, said), strict=True):
        image = _image(column, [f for f in images if f.study == study], own, said)
        if image is not None:
            chosen[column] = image
            row[f"{column}_mri"] = str(image.path)
            row[f"{column}_series"] = _selector(image, found)
    gtv = _contour("gtv", own, chosen.get("planning"), said)
    gtvr = _contour("gtvr", own, chosen.get("recurrence"), said)
    row |= {"gtv": gtv, "gtvr": gtvr, "gtvr_frame": "recurrence" if gtvr else ""}
    _fill_dose(row, own, chosen.get("planning"), said)
    _fill_targets(row, own, said)
    used = {row["dose"], gtv.rpartition("#")[0], gtvr.rpartition("#")[0]}
    _tell_the_rest(
        [f for f in own if f.modality in ("RTSTRUCT", "RTDOSE") and str(f.path) not in used],
        found,
        said,
    )
    return row, said


def _two_studies(images, said):
    """UIDs of the first and the last study with MR images by their dates;

    None where they cannot be told.
    """
    dates = {f.study: f.date for f in images}
    studies = sorted(dates, key=dates.get)
    if len(studies) < 2:
        said.append(
            f"{len(studies)} studies with MR images, two are needed (planning and recurrence)"
        )
        return (*studies, None, None)[:2]
    if "" in dates.values() or len(set(dates.values())) < len(studies):
        said.append(
            f"{len(studies)} studies with MR images, some without a date or on one day: which is first was not guessed"
        )
        return None, None
    if len(studies) > 2:
        said.append(
            f"{len(studies)} studies with MR images: the first was taken for planning, the last for recurrence"
        )
    return studies[0], studies[-1]


def _image(column, candidates, own, said):
    drawn_on = {uid for f in own if f.modality == "RTSTRUCT" for uid in f.refers_to}
    with_contours = [f for f in candidates if f.uid in drawn_on]
    listed = ", ".join(_listed(f) for f in candidates[:LISTED])
    if len(candidates) > 1 and len(with_contours) == 1:
        said.append(
            f"{column}_mri: of {len(candidates)} MR series ({listed}) the one with contours was taken: {_listed(*with_contours)}"
        )
        return with_contours[0]
    if len(candidates) > 1:
        said.append(f"{column}_mri: {len(candidates)} MR series to choose from: {listed}")
    return candidates[0] if len(candidates) == 1 else None


def _listed(one):
    return f"#{one.number} ({one.n_images} images, code {code(one.uid)}, {one.path})"


def _selector(chosen, found):
    """The code of the series where its folder holds others too, else nothing."""
    beside = any(f.folders & chosen.folders for f in found if f is not chosen)
    return code(chosen.uid) if beside else ""


def _contour(column, own, image, said):
    """`path#name` of the one structure on this image that may be meant;

    "" where it is none or several.
    """
    if image is None:
        said.append(f"{column}: not looked for, as its MRI is open")
        return ""
    sets = [f for f in own if f.modality == "RTSTRUCT"]
    sets = [f for f in sets if image.uid in f.refers_to] or [
        f for f in sets if image.frame and f.frame == image.frame
    ]
    cells = [f"{f.path}#{name}" for f in sets for name in guess_structures(column, f.structures)]
    if len(cells) == 1:
        said.append(f"{column}: taken by its name: {cells[0]}")
        return cells[0]
    told = (
        f", several may be meant: {', '.join(cells[:LISTED])}"
        if cells
        else ", none has such a name"
    )
    said.append(f"{column}: {len(sets)} RTSTRUCTs belong to the series{told}")
    return ""


def _fill_dose(row, own, image, said):
    doses = [f for f in own if f.modality == "RTDOSE"]
    here = [
        f
        for f in doses
        if image is not None
        and ((image.frame and f.frame == image.frame) or f.study == image.study)
    ]
    if len(here) != 1:
        if doses:
            said.append(
                f"dose: {len(doses)} RTDOSEs, {len(here)} of them in the frame or study of planning_mri"
            )
        return
    (dose,) = here
    row["dose"] = str(dose.path)
    if image.frame != dose.frame:
        said.append(
            "dose: in another frame of reference than planning_mri: dose_registration is needed"
        )
    plans = [f for f in own if f.modality == "RTPLAN"]
    plans = [f for f in plans if f.sop_uid in dose.refers_to] or plans
    offers = [gray for plan in plans for gray in plan.prescriptions]
    if len(offers) == 1:
        row["prescription_gy"] = f"{offers[0]:g}"
        said.append(
            f"prescription_gy: {offers[0]:g} Gy, the only target dose of the RTPLAN; check it"
        )
    else:
        offered = ", ".join(f"{gray:g} Gy" for gray in offers) or "none"
        said.append(f"prescription_gy: the RTPLANs offer {offered}; not guessed")


def _fill_targets(row, own, said):
    """Target volumes of the RTSTRUCT that GTV was taken from, by the doses in their names."""
    path = row["gtv"].rpartition("#")[0]
    names = [
        name
        for f in own
        if f.modality == "RTSTRUCT" and str(f.path) == path
        for name in f.structures
    ]
    if found := guess_targets(names):
        row["targets"] = "; ".join(f"{name}={gray:g}" for name, gray in found)
        said.append(f"targets: taken by the doses in their names: {row['targets']}; check them")


def _tell_the_rest(left, found, said):
    series = {f.uid: f for f in found}
    for one in left[:LISTED]:
        where = [
            f"on {series[uid].modality} {_listed(series[uid])}"
            for uid in one.refers_to
            if uid in series
        ]
        frame = f"frame of reference {code(one.frame)}" if one.frame else "no frame of reference"
        said.append(f"not in the table: {one.modality} {one.path} ({', '.join([*where, frame])})")
    if len(left) > LISTED:
        said.append(f"not in the table: {len(left) - LISTED} RTSTRUCTs and RTDOSEs more")


def roles(one: Found, row: dict) -> list[str]:
    """The columns of the draft's row that this series, structure set or dose was taken for."""
    taken = [
        f"{column}_mri"
        for column in ("planning", "recurrence")
        if row[f"{column}_mri"] == str(one.path)
        and row[f"{column}_series"] in ("", code(one.uid))
        and one.n_images > 1
    ]
    taken += [c for c in ("gtv", "gtvr") if row[c].rpartition("#")[0] == str(one.path)]
    return taken + ["dose"] * (row["dose"] == str(one.path))


def new_draft(folder: str | Path) -> tuple[Path, Path, Path]:
    """Where a new draft of the patients table and its summaries go: beside those that a person may be editing.

    Returns
    -------
    table, summary, page : Path
        ``patients.tsv``, ``summary.txt`` and ``summary.html`` in the folder; if one of them exists
        ``patients_2.tsv``, ``summary_2.txt`` and ``summary_2.html``, and so on.
    """
    for k in itertools.count(1):
        mark = f"_{k}" if k > 1 else ""
        names = f"patients{mark}.tsv", f"summary{mark}.txt", f"summary{mark}.html"
        table, summary, page = (Path(folder) / name for name in names)
        if not (table.exists() or summary.exists() or page.exists()):
            return table, summary, page
