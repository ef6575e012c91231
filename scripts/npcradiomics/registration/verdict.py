"""What the checks of a registration mean to the person who reads them: words, limits, doubt, and the gate.

Works on quality.json, the record that rule register_recurrence leaves for every patient.
"""

ORDER = ("pass", "look", "not known", "failed")  # from no doubt to most

TITLES = {
    "registered": "Registered at all",
    "backward": "Registered backwards",
    "similarity": "Best place around",
    "recurrence_inside": "Recurrence near the old tumour",
    "covered": "Whole tumour in view",
    "overlap": "Surroundings in view",
    "restart": "Started again from elsewhere",
    "laterality": "Left and right",
    "rotation": "Turning of the head",
    "motion": "Motion of the tumour",
}
# Checks whose value is a share, and all that ask for at least the limit; the others ask for at
# most.
SHARES = ("similarity", "recurrence_inside", "covered", "overlap")
AT_LEAST = (*SHARES, "laterality")


def not_registered(reason: str) -> dict:
    """Verdict and checks, as of a registration, of a patient whose images could not be registered or checked."""
    sentence = f"Could not be registered and checked: {reason}."
    check = {
        "name": "registered",
        "value": None,
        "unit": "",
        "limit": None,
        "verdict": "failed",
        "sentence": sentence,
    }
    return {"verdict": "failed", "checks": {"registered": check}}


def title(check: dict) -> str:
    """The name of a check in words."""
    return TITLES.get(check["name"], check["name"].replace("_", " ").capitalize())


def value_words(check: dict) -> str:
    """The value of a check with its unit."""
    return "not known" if check["value"] is None else _amount(check, check["value"])


def limit_words(check: dict) -> str:
    """The limit of a check: "at most 1.00 mm", "at least 95 %"; empty where there is none."""
    if check["limit"] is None:
        return ""
    return (
        f"{'at least' if check['name'] in AT_LEAST else 'at most'} {_amount(check, check['limit'])}"
    )


def doubt(check: dict) -> float:
    """How far a check is from perfect, on a scale where its limit is 1.

    1 where its value is not known.
    """
    if check["value"] is None:
        return 1.0
    if check["name"] in SHARES:
        return (1.0 - check["value"]) / max(1.0 - check["limit"], 1e-6)
    if check["name"] in AT_LEAST:
        return check["limit"] / max(check["value"], 1e-6)
    return check["value"] / check["limit"]


def worst_check(quality: dict) -> dict:
    """The check that casts most doubt: the worst verdict first, then the largest distance from perfect."""
    return max(
        quality["checks"].values(), key=lambda check: (ORDER.index(check["verdict"]), doubt(check))
    )


def by_doubt(quality: dict) -> tuple:
    """Sort key of patients: those with most doubt first, then by name."""
    worst = worst_check(quality)
    return (-ORDER.index(quality["verdict"]), -doubt(worst), quality["patient"])


def outcome(quality: dict, review: str) -> str:
    """Whether the patient goes on: "enters", "left out" (a person rejected it) or "undecided" (failed, no review)."""
    if review == "reject":
        return "left out"
    return "undecided" if quality["verdict"] == "failed" and review != "accept" else "enters"


def refusal(quality: dict, review: str) -> str:
    """Why an undecided patient is refused, the worst check first; "" of the others."""
    if outcome(quality, review) != "undecided":
        return ""
    others = sum(c["verdict"] == "failed" for c in quality["checks"].values()) - 1
    more = f"; {others} more {'check' if others == 1 else 'checks'} failed" if others else ""
    return worst_check(quality)["sentence"].rstrip(".") + more


def require_accepted(quality: dict, review: str, note: str, page: str) -> None:
    """The gate: ValueError with reason and remedy for a registration that is not accepted.

    review  "accept", "reject" or "" (column registration_review); a person's verdict overrules the checks
    page    path of the patient's page, named in the message
    """
    result = outcome(quality, review)
    if result == "left out":
        raise ValueError(
            f"registration rejected by a person ({note or 'no note'}); nothing is computed from it"
        )
    if result == "undecided":
        failed = [c for c in quality["checks"].values() if c["verdict"] == "failed"]
        reasons = "; ".join(c["sentence"].rstrip(".") for c in failed)
        raise ValueError(
            f"registration failed: {reasons}. Look at {page}. If the images do lie on each other, write accept into "
            "the patient's column registration_review; if not, give a start in initial_transform or the transform "
            "itself in transform, or write reject to leave the patient out; the reason goes to registration_note"
        )


def refusal_of_sequence(quality: dict, review: str, note: str, column: str) -> str:
    """Why a further sequence of a patient is left out, in one line; "" where its registration is accepted.

    column: that of the patients table with the sequence, beside which the review stands
    """
    result = outcome(quality, review)
    if result == "left out":
        return f"registration rejected by a person: {note}"
    if result == "undecided":
        return (
            f"registration failed: {refusal(quality, review)}. If the images do lie on each other, write accept into"
            f" {column}_review and the reason into {column}_note; if not, give the transform itself in {column}_transform"
        )
    return ""


def table_row(quality: dict, review: str, note: str, compared: dict | None = None) -> dict:
    """One row of cohort/registration.tsv: verdicts, values, motion, carried volume, and what a person decided.

    compared: the record of rule deform_recurrence, which adds columns; None without that mode
    """
    worst = worst_check(quality)
    row = {
        "patient": quality["patient"],
        "verdict": quality["verdict"],
        "outcome": outcome(quality, review),
        "review": review,
        "note": note,
        "source": quality["source"],
        "worst_check": worst["name"],
        "worst_sentence": worst["sentence"],
    }
    for name in TITLES:
        check = quality["checks"].get(name, {"value": None, "verdict": "not run"})
        if name != "registered":
            row |= {f"{name}_value": check["value"], f"{name}_verdict": check["verdict"]}
    for kind, unit in (("rotation", "deg"), ("translation", "mm")):
        row |= {
            f"{kind}_{a}_{unit}": v for a, v in zip("xyz", quality[f"{kind}_{unit}"], strict=True)
        }
    row |= {
        name: quality[name] for name in ("rotation_angle_deg", "shift_mm", "volume_change_percent")
    }
    error = quality["estimated_error"] or dict.fromkeys(("error_mm", "low_mm", "high_mm"))
    row |= {f"estimated_{name}": error[name] for name in ("error_mm", "low_mm", "high_mm")}
    carried = quality["gtvr_volume"]
    row |= {
        f"gtvr_{name}": carried[name]
        for name in ("before_ml", "after_ml", "change_percent", "small")
    }
    if compared is not None:
        row |= _deformable_columns(compared)
    unknown = set(quality["checks"]) - set(TITLES)
    if unknown:
        raise ValueError(
            f"{quality['patient']}: checks {sorted(unknown)} have no column in the registration table"
        )
    return {
        name: " ".join(value.split()) if isinstance(value, str) else value
        for name, value in row.items()
    }


def _deformable_columns(found: dict) -> dict:
    """Both ways of carrying GTVr side by side; None where the deformable one is not known."""
    columns = {
        f"{name}_{side}": found.get(side, {}).get(name)
        for name in ("gtvr_ml", "in_gtv_fraction", "in_field_fraction")
        for side in ("rigid", "deformed")
    }
    return columns | {
        f"deformed_{name}": found.get(name)
        for name in ("dice", "centroid_distance_mm", "recurrent_changed_fraction", "not_known")
    }


def _amount(check: dict, value: float) -> str:
    if check["name"] in SHARES:
        return f"{100 * value:.0f} %"
    return (
        f"{value:.1f}\N{DEGREE SIGN}"
        if check["unit"] == "degrees"
        else f"{value:.2f} {check['unit']}".strip()
    )
