"""The specification curve that answers a hover: every universe of a feature with what was chosen there."""

import json

import pandas as pd

from npcradiomics.multiverse.design import PATH, universe_words
from npcradiomics.publication.figures.multiverse import decision_rows, decision_words
from npcradiomics.publication.figures.style import VERDICT_COLOURS
from npcradiomics.spatial_null.verdict import VERDICTS


def universe_curve(effects: pd.DataFrame, words: dict[str, str]) -> dict:
    """The block `curve` of the template study_report.html.

    Parameters
    ----------
    effects : DataFrame
        Of ``multiverse.comparison.compare_universes``: a row per universe and feature.
    words : {feature: str}
        What each feature's conclusion comes to.

    Returns
    -------
    dict
        data: JSON of universes (name, and the rows of the matrix it has), rows (their labels),
        verdicts (word, colour), features (name, word, points from the lowest dz to the highest:
        universe, dz, low, high, verdict, significant, p). first: the feature shown first, one that is
        significant on the study's own path.
    """
    rows = decision_rows(effects)
    labels = [
        decision_words(axis, value, not k or rows[k - 1][0] != axis)
        for k, (axis, value) in enumerate(rows)
    ]
    once = effects.drop_duplicates("universe")
    universes = [
        [
            universe_words(row["universe"]),
            [k for k, (axis, value) in enumerate(rows) if _has(row, axis, value)],
        ]
        for row in once.to_dict("records")
    ]
    place = {name: k for k, name in enumerate(once["universe"])}
    features = []
    for name, own in effects[effects["dz"].notna()].groupby("feature", sort=False):
        points = [
            [place[row.universe], *(_short(x) for x in (row.dz, row.dz_low, row.dz_high)),
             VERDICTS.index(row.verdict), int(row.significant), _short(row.p)]
            for row in own.sort_values("dz", kind="stable").itertuples()
        ]  # fmt: skip
        features.append([name, words.get(name, ""), points])
    data = {"universes": universes, "rows": labels, "features": features,
            "verdicts": [[word, VERDICT_COLOURS[word]] for word in VERDICTS]}  # fmt: skip
    # A name that people chose must not end the script.
    text = json.dumps(data, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    own = effects[(effects["universe"] == PATH) & effects["significant"]]["feature"]
    return {"kind": "curve", "data": text, "names": [name for name, *_ in features],
            "first": next(iter(own), ""),
            "rule": "compare_universes",
            "files": ["cohort/multiverse.tsv", "cohort/multiverse_universes.tsv"]}  # fmt: skip


def _has(row, axis, value):
    chosen = min(row[axis], 1) if axis == "moved" else row[axis]
    return chosen == value


def _short(number):
    return None if pd.isna(number) else float(f"{number:.4g}")
