"""From an inventory of DICOM to drafts of both patients tables, and what a person must decide."""

import itertools
from pathlib import Path

from npcradiomics.dicom.dataset import code
from npcradiomics.dicom.inventory import LISTED, NAMELESS, Found, all_listed, listed, selector
from npcradiomics.dicom.sequences import NAMES, ORDER, draft_sequences
from npcradiomics.dicom.structure_names import guess_structures, guess_targets

COLUMNS = (
    *("patient", "planning_mri", "planning_series", "recurrence_mri", "recurrence_series"),
    *("gtv", "gtvr", "gtvr_frame", "dose", "prescription_gy", "targets"),
)
RESPONSE_COLUMNS = ("patient", "image", "image_series", "mask", "response")


def draft_rows(found: list[Found]) -> tuple[list[dict], list[str]]:
    """Rows of a draft of the heterogeneity study's patients table, and lines on what was taken and what must be decided.

    One row per patient. The earliest study with MR images is taken for planning, the latest for
    recurrence; contours are guessed by name (structure_names) where exactly one fits; further
    sequences of the planning study by their headers (sequences), whose columns all rows have where
    one has them. Cells that cannot be told stay empty.
    """
    rows, lines = _each_patient(_row, found)
    names = [name for name in ORDER if any(f"planning_{name}" in row for row in rows)]
    if names:
        lines.append(
            f"columns of further sequences: name them in the config (sequences: [{', '.join(names)}]) or delete the columns"
        )
    further = [f"planning_{name}{end}" for name in names for end in ("", "_series")]
    return [dict.fromkeys((*COLUMNS, *further), "") | row for row in rows], lines


def response_rows(found: list[Found]) -> tuple[list[dict], list[str]]:
    """The same for the response study.

    Of the earliest study with MR images the series called T2, else as for planning; the contour that
    would do for a GTV. The response is nowhere in DICOM: its column is empty.
    """
    return _each_patient(_response_row, found)


def _each_patient(row_of, found):
    rows, lines = [], []
    for place, person in enumerate(dict.fromkeys(f.patient for f in found), start=1):
        row, said = row_of(f"P{place:03d}", [f for f in found if f.patient == person], found)
        rows.append(row)
        lines += [f"P{place:03d}: {line}" for line in said]
    return rows, lines


def _response_row(name, own, found):
    row, said = dict.fromkeys(RESPONSE_COLUMNS, "") | {"patient": name}, []
    images = _images(own)
    studies = _by_date(images)
    if studies is None:
        said.append("image: several studies, some without a date or on one day: not guessed")
    candidates = [f for f in images if studies and f.study == studies[0]]
    weighted = [f for f in candidates if NAMES["t2"].search(f.description)]
    if 0 < len(weighted) < len(candidates):
        said.append(
            f"image: of {len(candidates)} MR series those called T2: {all_listed(weighted)}"
        )
    image = _image("image", weighted or candidates, own, said)
    if image is not None:
        row |= {"image": str(image.path), "image_series": selector(image, found)}
    return row | {"mask": _contour("mask", own, image, said)}, said


def _row(name, own, found):
    images = _images(own)
    row, said = dict.fromkeys(COLUMNS, "") | {"patient": name}, []
    if own[0].patient.startswith(NAMELESS):
        said.append("files without PatientID, taken together because they are of one study")
    chosen = {}
    for column, study in zip(("planning", "recurrence"), _two_studies(images, said), strict=True):
        image = _image(f"{column}_mri", [f for f in images if f.study == study], own, said)
        if image is not None:
            chosen[column] = image
            row[f"{column}_mri"] = str(image.path)
            row[f"{column}_series"] = selector(image, found)
    gtv = _contour("gtv", own, chosen.get("planning"), said)
    gtvr = _contour("gtvr", own, chosen.get("recurrence"), said)
    row |= {"gtv": gtv, "gtvr": gtvr, "gtvr_frame": "recurrence" if gtvr else ""}
    _fill_dose(row, own, chosen.get("planning"), said)
    _fill_targets(row, own, said)
    if "planning" in chosen:
        last = chosen["recurrence"].study if "recurrence" in chosen else ""
        cells, words = draft_sequences(own, chosen["planning"], last, found)
        row |= cells
        said += words
    used = {row["dose"], gtv.rpartition("#")[0], gtvr.rpartition("#")[0]}
    _tell_the_rest(
        [f for f in own if f.modality in ("RTSTRUCT", "RTDOSE") and str(f.path) not in used],
        found,
        said,
    )
    return row, said


def _images(own):
    return [f for f in own if f.modality == "MR" and not f.localizer and f.n_images > 1]


def _by_date(images):
    """UIDs of the studies, the first first; None where their dates do not tell."""
    dates = {f.study: f.date for f in images}
    if len(dates) > 1 and ("" in dates.values() or len(set(dates.values())) < len(dates)):
        return None
    return sorted(dates, key=dates.get)


def _two_studies(images, said):
    """UIDs of the first and the last study with MR images by their dates;

    None where they cannot be told.
    """
    n = len({f.study for f in images})
    if n < 2:
        said.append(f"{n} studies with MR images, two are needed (planning and recurrence)")
        return (*_by_date(images), None, None)[:2]
    studies = _by_date(images)
    if studies is None:
        said.append(
            f"{n} studies with MR images, some without a date or on one day: which is first was not guessed"
        )
        return None, None
    if n > 2:
        said.append(
            f"{n} studies with MR images: the first was taken for planning, the last for recurrence"
        )
    return studies[0], studies[-1]


def _image(column, candidates, own, said):
    drawn_on = {uid for f in own if f.modality == "RTSTRUCT" for uid in f.refers_to}
    with_contours = [f for f in candidates if f.uid in drawn_on]
    if len(candidates) > 1 and len(with_contours) == 1:
        said.append(
            f"{column}: of {len(candidates)} MR series ({all_listed(candidates)}) the one with contours was taken: {listed(*with_contours)}"
        )
        return with_contours[0]
    if len(candidates) > 1:
        said.append(
            f"{column}: {len(candidates)} MR series to choose from: {all_listed(candidates)}"
        )
    return candidates[0] if len(candidates) == 1 else None


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
            f"on {series[uid].modality} {listed(series[uid])}"
            for uid in one.refers_to
            if uid in series
        ]
        frame = f"frame of reference {code(one.frame)}" if one.frame else "no frame of reference"
        said.append(f"not in the table: {one.modality} {one.path} ({', '.join([*where, frame])})")
    if len(left) > LISTED:
        said.append(f"not in the table: {len(left) - LISTED} RTSTRUCTs and RTDOSEs more")


def roles(one: Found, row: dict) -> list[str]:
    """The columns of a draft's row, or of both drafts' together, that this series, structure set or dose was taken for."""
    series = {"planning_mri": "planning_series", "recurrence_mri": "recurrence_series"}
    further = [column.removesuffix("_series") for column in row if column.endswith("_series")]
    series |= {column: f"{column}_series" for column in further if column in row}
    taken = [
        column
        for column, chosen in series.items()
        if column in row
        and row[column] == str(one.path)
        and row[chosen] in ("", code(one.uid))
        and one.n_images > 1
    ]
    contours = [column for column in ("gtv", "gtvr", "mask") if column in row]
    taken += [c for c in contours if row[c].rpartition("#")[0] == str(one.path)]
    return taken + ["dose"] * (row.get("dose") == str(one.path))


def new_draft(folder: str | Path) -> tuple[Path, Path, Path, Path]:
    """Where new drafts of the patients tables and their summaries go: beside those that a person may be editing.

    Returns
    -------
    table, response_table, summary, page : Path
        ``patients.tsv``, ``response_patients.tsv``, ``summary.txt`` and ``summary.html`` in the
        folder; if one of them exists ``patients_2.tsv`` and so on, then ``_3``.
    """
    for k in itertools.count(1):
        mark = f"_{k}" if k > 1 else ""
        names = f"patients{mark}.tsv", f"response_patients{mark}.tsv"
        paths = [Path(folder) / name for name in (*names, f"summary{mark}.txt")]
        paths.append(paths[-1].with_suffix(".html"))
        if not any(path.exists() for path in paths):
            return tuple(paths)
