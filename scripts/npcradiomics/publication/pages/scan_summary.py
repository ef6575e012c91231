"""What a scan of DICOM found, to look at before the draft of the patients table is trusted."""

import re
from datetime import datetime
from pathlib import Path

import numpy as np

from npcradiomics.dicom.dataset import code, without_uids
from npcradiomics.dicom.draft import roles
from npcradiomics.dicom.inventory import Found
from npcradiomics.dicom.names import RESEARCH
from npcradiomics.dicom.preview import preview
from npcradiomics.publication.pages.embedded import data_uri, grey_webp, shrink_picture, window

SIDE = 192  # pixels of a thumbnail, at most
WITHHELD = "not shown: holds the patient's name or number"


def summary_content(found: list[Found], rows: list[dict], said: list[str], root: Path) -> dict:
    """Content of the template scan_summary.html.

    found: of inventory.scan; rows, said: of draft.draft_rows, the words of a patient beginning with
    his name in the draft; root: the folder that was scanned.
    """
    people = dict.fromkeys(one.patient for one in found)
    patients = []
    for person, row in zip(people, rows, strict=True):
        own = [one for one in found if one.patient == person]
        days = _days(own)
        mark = f"{row['patient']}: "
        patients.append(
            {
                "name": row["patient"],
                "said": [line.removeprefix(mark) for line in said if line.startswith(mark)],
                "series": [
                    _series(one, days[one.date], roles(one, row), own, root)
                    for one in sorted(own, key=lambda one: _order(one, days))
                ],
            }
        )
    return {"patients": patients, "root": str(root), "n": len(found)}


def _series(one, day, taken, own, root):
    there = {f.uid: f for f in own}
    content = {
        "code": code(one.uid),
        "number": one.number,
        "modality": one.modality,
        "description": _shown(one.description.removesuffix(RESEARCH).strip(), one),
        "day": day,
        "taken": taken,
        "localizer": one.localizer,
        "structures": [_shown(name, one) for name in one.structures],
        "drawn_on": [f"{there[uid].modality} {code(uid)}" for uid in one.refers_to if uid in there],
        "prescriptions": [f"{gray:g} Gy" for gray in one.prescriptions],
        "files": _files(one, root),
        "picture": "",
        "fault": "",
        "size": "",
        "spacing": "",
        "places": "",
    }
    if not one.images:
        return content
    seen = preview(one)
    columns, rows, n = seen.size
    content |= {"fault": without_uids(seen.fault), "size": f"{columns} x {rows}, {n} images"}
    if seen.values is not None:
        content["picture"] = _thumbnail(seen.values)
        content["spacing"] = " x ".join("?" if s is None else f"{s:.4g}" for s in seen.spacing_mm)
        if seen.n_places < n:
            content["places"] = f"{seen.n_places} different slice positions"
    return content


def _thumbnail(values):
    grey = window(values.astype(np.float32), *np.percentile(values, [1, 99]).tolist())
    return data_uri(grey_webp(shrink_picture(grey, -(-max(grey.shape) // SIDE))), "webp")


def _files(one, root):
    """The first file below the scanned folder, and how many there are: what lies flat is found by it."""
    paths = sorted(path for _, path in one.images) or [one.path]
    first = without_uids(str(paths[0].relative_to(root)))
    return first if len(paths) == 1 else f"{first} and {len(paths) - 1} more"


def _shown(words, one):
    parts = [word.casefold() for word in re.findall(r"[^\W_]+", words)]
    named = any(s == part or (len(s) > 3 and s in part) for part in parts for s in one.secrets)
    return WITHHELD if named else words


def _days(own):
    """{date as the file has it: "day 0", "day 428", counted from the patient's first, or "no date"}."""
    known = {}
    for date in {one.date for one in own}:
        try:
            known[date] = datetime.strptime(date, "%Y%m%d")
        except ValueError:
            known[date] = None
    first = min(filter(None, known.values()), default=None)
    return {
        date: "no date" if at is None else f"day {(at - first).days}" for date, at in known.items()
    }


def _order(one, days):
    number = int(one.number) if one.number.isdigit() else 0
    kind = ("MR", "CT", "PT").index(one.modality) if one.modality in ("MR", "CT", "PT") else 3
    day = days[one.date].partition(" ")[2]
    return (not day.isdigit(), int(day) if day.isdigit() else 0, kind, number, str(one.path))
