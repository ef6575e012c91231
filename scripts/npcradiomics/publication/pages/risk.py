"""What a patient's page and the report say of the risk map: scores in words and numbers, and the dose it must be read with."""

from collections.abc import Mapping, Sequence

from npcradiomics.risk.scores import AUC, BLURRED, OWN_VOLUME, coverage_name
from npcradiomics.rounding import MISSING, fixed_text

COLUMNS = {
    "model": "risk map",
    "depth": "depth alone",
    "intensity": "intensity alone",
    "centre": "centre first",
    "random": "at random",
}
DOSES = (
    ("D95, Gy", ("d95", "Gy")),
    ("mean, Gy", ("mean", "Gy")),
    ("inside the 95 % isodose, %", ("v95", "% of volume")),
)
WITHIN = "... within the registration's error"
CANNOT_KNOW = (
    "A recurrence is seen late and drawn by one person; the dose was not uniform, and a part that got less comes back for"
    " that alone. Read the map with the tab Dose."
)


def risk_content(record: Mapping, boost_percent: Sequence[float]) -> dict:
    """The part `risk` of the template patient.html.

    Parameters
    ----------
    record
        Of rule report_risk.
    boost_percent
        Boost volumes that are shown, in % of the GTV.

    Returns
    -------
    dict
        verdict; reason why there is no map, or "" and own (sentence), header and rows of scores, blur (sentence), dose (rows of words) and
        cannot_know.
    """
    if record["reason"]:
        return {"verdict": record["verdict"], "reason": record["reason"], "level": record["level"]}
    named = {OWN_VOLUME: "covered by a boost as large as GTVr"}
    named |= {coverage_name(p): f"covered by a boost of {p:g} % of the GTV" for p in boost_percent}
    named |= {AUC: "ROC-AUC of the voxels"}
    named = {
        f"{name}{suffix}": WITHIN if suffix else words
        for name, words in named.items()
        for suffix in ("", BLURRED)
    }
    scores = {k: v for k, v in record["scores"].items() if k in named}
    shown = [name for name in COLUMNS if any(name in values for values in scores.values())]
    rows = [
        (words, [_score(measure, scores[measure].get(name)) for name in shown])
        for measure, words in named.items()
        if measure in scores
    ]
    return {
        "verdict": record["verdict"],
        "reason": "",
        "own": own_sentence(scores.get(OWN_VOLUME, {})),
        "header": [COLUMNS[name] for name in shown],
        "rows": rows,
        "blur": record["blur"],
        "level": record["level"],
        "dose": _dose_rows(record["dose"]),
        "cannot_know": CANNOT_KNOW,
    }


def report_words(verdict: Mapping) -> tuple[str, list[dict]]:
    """What the study's report says first of the map, and its number among the report's.

    verdict: better and sentence of rule fit_risk_map.
    """
    said = f"{verdict['sentence']} Research use only; each patient's page has the map made without him."
    value = "yes" if verdict["better"] else "no"
    return said, [{"value": value, "of": "", "words": "is the risk map better than depth alone"}]


def own_sentence(values: Mapping[str, float]) -> str:
    """The patient's own score against depth alone, in words; "" where he has none."""
    if "model" not in values:
        return ""
    ours, depth = (values[name] for name in ("model", "depth"))
    percent = [fixed_text(100 * value, 0) for value in (ours, depth)]
    than = (
        "as much as" if percent[0] == percent[1] else "more than" if ours > depth else "less than"
    )
    return (
        f"In this patient a boost as large as the recurrence, from the map's top, covers {percent[0]} % of it, {than} by depth"
        f" alone ({percent[1]} %); one patient proves nothing."
    )


def _score(measure, value):
    if value is None:
        return MISSING
    return fixed_text(value, 2) if measure.startswith(AUC) else f"{fixed_text(100 * value, 0)} %"


def _dose_rows(figures):
    """(words, highest part, rest of the GTV) of each quantity that is known."""
    found = {(r["structure"], r["quantity"], r["unit"]): r["value"] for r in figures}
    return [
        (words, *(fixed_text(found.get((part, *key)), 1) for part in ("gtvr", "non_recurrent")))
        for words, key in DOSES
        if ("gtvr", *key) in found
    ]
