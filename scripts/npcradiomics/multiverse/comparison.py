"""The cohort in every universe: effects, tests, verdicts, the curve of each feature, and what moves it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from npcradiomics.multiverse import conclusions
from npcradiomics.multiverse.design import (
    AXES,
    PATH,
    Design,
    measured_universes,
    measurements_and_tests,
)
from npcradiomics.multiverse.recombination import CurveTest, family_p, test_curve
from npcradiomics.multiverse.records import UniverseRecord, label
from npcradiomics.multiverse.variance import shares_by_axis
from npcradiomics.spatial_null.pools import differences, pool
from npcradiomics.spatial_null.verdict import TEXTURE, verdict
from npcradiomics.statistics.comparison import compare_differences

# Features that differ less than this, relative to their size, are the same: rounding alone.
EQUAL = 1e-9
# p of each test in a row of statistics.comparison.
P_OF = {"paper": "p", "t": "t_p", "wilcoxon": "wilcoxon_p"}


class Multiverse(NamedTuple):
    """effects: a row per universe and feature; universes: a row per universe, left-out ones too;
    features: a row per feature; sentences: what to say first.
    """

    effects: pd.DataFrame
    universes: pd.DataFrame
    features: pd.DataFrame
    sentences: list


def compare_universes(
    records: Sequence[UniverseRecord],
    design: Design,
    *,
    alpha: float,
    n_tests: int,
    n_recombinations: int,
    seed: int,
    obstacle: str = "",
) -> Multiverse:
    """Compare the regions of a cohort in every universe of a design.

    Parameters
    ----------
    records : sequence of UniverseRecord
        A patient each; more universes than the design's do no harm.
    design : Design
    alpha, n_tests : float, int
        A single test is significant below alpha / n_tests, as in the paper; a family at alpha.
    n_recombinations, seed : int
    obstacle : str
        Why nothing can be called texture in this cohort, "" if it can (a negative control rejects).

    Raises
    ------
    KeyError
        A record that has not been measured in a universe of the design.
    """
    measured = measured_universes(design)
    features = _stacked(records, measured)  # (patients, M, 2, F), as observed
    names = records[0].feature_names.tolist()
    shape, threshold = (len(measured), len(names)), alpha / n_tests
    universes = measurements_and_tests(design, measured)
    options = {"n_recombinations": n_recombinations, "seed": seed}
    spatial, surrogate = _pools(records, measured)
    test = test_curve(spatial, shape, universes, threshold=threshold, **options)
    surrogate_p = family_p(surrogate, shape, n_recombinations, seed)
    if not surrogate:
        obstacle = obstacle or "there are no surrogates"
    rows = _rows(features, threshold)
    effects = []
    for (name, universe), (k, by) in zip(design.universes.items(), universes, strict=True):
        for f, feature in enumerate(names):
            row = rows[k][f]
            p = row[P_OF[by]] if row["test"] else np.nan
            word, _ = verdict(
                p=test.p[k, f],
                p_maxt=test.p_maxt[k, f],
                surrogate_p_maxt=surrogate_p[k, f],
                paper_significant=bool(p < threshold),
                alpha=alpha,
                obstacle=obstacle,
            )
            effects.append(
                {"universe": name, **universe, "feature": feature}
                | {key: row[key] for key in ("n", "mean_difference", "dz", "dz_low", "dz_high")}
                | {"p": p, "significant": bool(p < threshold), "z": test.statistic[k, f]}
                | {"null_p": test.p[k, f], "null_p_maxt": test.p_maxt[k, f]}
                | {"null_p_maxt_all": test.p_maxt_all[k, f], "verdict": word}
            )
    effects = pd.DataFrame(effects)
    by_feature = _by_feature(effects, names, measured, test, alpha)
    words, axes = list(by_feature["word"]), list(by_feature["word_axis"])
    on_path = effects.loc[effects["universe"] == PATH, "verdict"] == TEXTURE
    sentences = [conclusions.cohort_sentence(words, axes, list(on_path), len(design.universes))]
    return Multiverse(
        effects,
        _universes(design, universes, records, measured, features),
        by_feature,
        sentences,
    )


def _stacked(records, measured):
    labels = [label(one) for one in measured]
    return np.array([one.features[one.rows(labels), 0] for one in records])


def _pools(records, measured):
    """Pools of the draws and of the surrogates, columns universe by universe."""
    labels, spatial, surrogate = [label(one) for one in measured], [], []
    for one in records:
        rows = one.rows(labels)
        drawn = one.features[rows]  # (M, B + 1, 2, F)
        textures = np.concatenate([drawn[:, :1], one.surrogate_features[rows]], axis=1)
        for values, found in ((drawn, spatial), (textures, surrogate)):
            if values.shape[1] < 2:
                continue
            try:
                found.append(pool(one.patient, np.hstack([differences(part) for part in values])))
            except ValueError:  # no draw has all features defined
                continue
    return spatial, surrogate


def _rows(features, threshold):
    """compare_differences of each measured universe and feature."""
    apart = features[:, :, 0] - features[:, :, 1]
    return [
        [
            compare_differences(column[np.isfinite(column)], threshold=threshold)
            for column in apart[:, k].T
        ]
        for k in range(apart.shape[1])
    ]


def _by_feature(effects, names, measured, test: CurveTest, alpha):
    dz = effects.pivot(index="universe", columns="feature", values="dz")
    dz = dz.reindex(index=effects["universe"].unique(), columns=names)
    settings = effects.drop_duplicates("universe")[list(AXES)].to_dict("records")
    rows = []
    for f, name in enumerate(names):
        own = effects[effects["feature"] == name]
        path = own.loc[own["universe"] == PATH, "dz"].iloc[0]
        of_dz = shares_by_axis(settings, own["dz"].to_numpy())
        s, p, gap = test.statistic[:, f], test.p[:, f], test.gap[:, f]
        of_s = shares_by_axis(measured, s)
        word, axis = conclusions.word(measured, s, p, gap, test.p_curve[f], of_s, alpha)
        own = own[own["dz"].notna()]
        moved_by = max(of_dz, key=of_dz.get) if of_dz and max(of_dz.values()) > 0 else ""
        rows.append(
            {
                "feature": name,
                "n_universes": len(own),
                "share_sign": (np.sign(own["dz"]) == np.sign(path)).mean(),
                "share_significant": own["significant"].mean(),
                "share_texture": (own["verdict"] == TEXTURE).mean(),
                "dz_path": path,
                "dz_lowest": own["dz"].min(),
                "dz_highest": own["dz"].max(),
                "axis": moved_by,
                "axis_share": of_dz.get(moved_by, np.nan),
                "word": word,
                "word_axis": axis,
                "n_drawn": test.n_patients,
                "median_dz_drawn": test.median_dz[f],
                "p_median": test.p_median[f],
                "share_significant_drawn": test.share[f],
                "p_share": test.p_share[f],
                "p_curve": test.p_curve[f],
            }
            | {f"variance_{axis}": of_dz.get(axis, np.nan) for axis in (*AXES, "residual")}
        )
    return pd.DataFrame(rows)


def _universes(design, universes, records, measured, features):
    """Every universe: measured in how many patients, equal to the path in how many features, or why not."""
    labels = [label(one) for one in measured]
    notes = [
        [str(one.notes[row]) for one in records for row in one.rows([text])] for text in labels
    ]
    size = np.nan_to_num(np.abs(features[:, :1])).max(axis=2)  # (patients, 1, F)
    undefined = np.isnan(features)
    apart = np.abs(np.nan_to_num(features) - np.nan_to_num(features[:, :1]))
    # Undefined in both is the same, in one is not.
    apart = np.where(undefined == undefined[:, :1], apart, np.inf).max(axis=2)
    apart /= np.where(size > 0, size, 1.0)
    rows = []
    for (name, universe), (k, _) in zip(design.universes.items(), universes, strict=True):
        there = np.array([not note for note in notes[k]])
        largest = apart[there, k].max(axis=0) if there.any() else np.array([np.nan])
        reasons = list(dict.fromkeys(note for note in notes[k] if note))
        rows.append(
            {"universe": name, **universe, "n": int(there.sum())}
            | {"n_equal_features": int((largest <= EQUAL).sum()) if there.any() else 0}
            | {"largest_difference": float(largest.max())}
            | {"note": "; ".join(reasons[:2])}
        )
    rows += [
        {"universe": name, "n": 0, "n_equal_features": 0, "note": f"left out: {reason}"}
        for name, reason in design.left_out.items()
    ]
    return pd.DataFrame(rows)
