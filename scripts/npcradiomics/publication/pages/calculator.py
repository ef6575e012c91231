"""The calculator: the combined model as a page in which one types a patient's values."""

import json
from typing import Any

from scipy import stats


def calculator_content(
    model: dict,
    labels: dict[str, str],
    words: dict[str, list[str]],
    sentence: str,
    simulated: bool,
) -> dict[str, Any]:
    """Content of the template calculator.html.

    Parameters
    ----------
    model : dict
        As ``response.models.models_file`` writes the combined model.
    labels : dict
        Column to printed label.
    words : dict
        Category to all its words in the cohort.
    sentence : str
        What the page must say of the model, or "".
    simulated : bool
        Whether the page must say so.

    Returns
    -------
    dict
        fields: one per column, or per category with its words (a column `sex: male` is the word
        male of the category sex) and `others`, the reference and words that training does not
        have; model: what the page's script needs, as JSON.
    """
    fields: dict[str, dict] = {}
    for name, row in model["columns"].items():
        category, _, word = name.partition(": ")
        field = fields.setdefault(
            category, {"name": category, "label": labels.get(category, category), "words": []}
        )
        if word:
            field["words"].append(word)
        else:
            field |= {key: row[key] for key in ("min", "median", "max")}
    for category, field in fields.items():
        if field["words"]:
            field["others"] = " or ".join(w for w in words[category] if w not in field["words"])
    needed = {
        "intercept": model["intercept"],
        "columns": [{"name": name} | row for name, row in model["columns"].items()],
        "covariance": model["covariance"],
        "reach": float(stats.norm.isf(0.025)),
    }
    return {
        "fields": list(fields.values()),
        # A name that people chose must not end the script.
        "model": json.dumps(needed, allow_nan=False).replace("<", "\\u003c"),
        "patients": model["patients"],
        "effective": model["effective"],
        "note": sentence,
        "simulated": simulated,
    }
