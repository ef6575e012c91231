"""What a model is worth when all its steps are repeated: nested cross-validation, bootstrap optimism, permutations.

Every repetition is one row and depends on (seed, kind, number) alone, so that they can be made in
any order, in several jobs, and again.
"""

import numpy as np
import pandas as pd
from scipy import special

from npcradiomics.response.calibration import brier, recalibrate
from npcradiomics.response.discrimination import area, net_benefit
from npcradiomics.response.lasso import stratified_folds
from npcradiomics.response.radscore import fit_model, rarer_count

KINDS = ("nested", "bootstrap", "permutation")
OUTER_FOLDS = 5
FEWEST = 2  # patients of each response a resampled model is fitted on, at least


def repetition(kind, number, features, y, seed, settings):
    """One repetition: features (patient, feature) table of raw values, y (patient); settings of fit_model.

    Returns (row, predictions): row is a dict of numbers and `selected`, the features kept by each
    fit ("a;b|c"); predictions (patient, probability) out of the folds for "nested", else None.
    """
    rng = np.random.default_rng([seed, KINDS.index(kind), number])
    return {"nested": _nested, "bootstrap": _bootstrap, "permutation": _permuted}[kind](
        features, y, rng, settings
    )


def _fit(features, y, rng, settings, **more):
    return fit_model(features, y, rng, **settings, min_per_response=FEWEST, **more)


def _nested(features, y, rng, settings):
    """5-fold outer cross-validation;

    all steps, with their own 10-fold, on the other four fifths.
    """
    folds = stratified_folds(y, min(OUTER_FOLDS, rarer_count(y)), rng)
    score, areas, kept = np.empty(len(y)), [], []
    for fold in np.unique(folds):
        out = folds == fold
        fit = _fit(features[~out], y[~out], rng, settings)
        score[out] = fit.rad_score(features[out])
        # Averaged over folds: scores of different models have no common scale, and pooling
        # intercept-only models ranks patients against their response (each fold's intercept falls
        # when its left-out share is high).
        areas.append(area(y[out], score[out]))
        kept.append(";".join(fit.selected))
    probability = special.expit(score)
    figures = recalibrate(y, score)
    row = {
        "auc": float(np.mean(areas)),
        "brier": brier(y, probability),
        "slope": figures.slope,
        "intercept": figures.intercept,
        "selected": "|".join(kept),
    }
    return row, probability


def _bootstrap(features, y, rng, settings):
    """A model of a resampled cohort, on that cohort and on the one it was drawn from (Efron 1983;

    Harrell 1996).
    """
    drawn = rng.integers(0, len(y), len(y))
    while rarer_count(y[drawn]) < FEWEST or _distinct(y, drawn) < 3:
        drawn = rng.integers(0, len(y), len(y))
    # Copies of a patient stay in one fold: split, they would be learnt and tested at once.
    members = np.unique(drawn)
    labels = stratified_folds(y[members], min(settings["folds"], _distinct(y, drawn)), rng)
    labels = labels[np.searchsorted(members, drawn)]
    resampled = features.iloc[drawn].reset_index(drop=True)
    fit = _fit(resampled, y[drawn], rng, settings, fold_labels=labels)
    row = {}
    for name, table, response in (("resampled", resampled, y[drawn]), ("original", features, y)):
        score = fit.rad_score(table)
        figures = recalibrate(response, score)
        row |= {
            f"auc_{name}": area(response, score),
            f"brier_{name}": brier(response, special.expit(score)),
            f"slope_{name}": figures.slope,
            f"intercept_{name}": figures.intercept,
        }
    return row | {"selected": ";".join(fit.selected)}, None


def _distinct(y, drawn):
    """Distinct patients of the rarer response among those drawn."""
    return rarer_count(y[np.unique(drawn)])


def _permuted(features, y, rng, settings):
    """All steps on shuffled responses: nested AUC of one 5-fold, and the AUC on the training patients themselves."""
    shuffled = rng.permutation(y)
    row, _ = _nested(features, shuffled, rng, settings)
    fit = _fit(features, shuffled, rng, settings)
    apparent = area(shuffled, fit.rad_score(features))
    return {"auc": row["auc"], "auc_training": apparent, "n_selected": len(fit.selected)}, None


def p_of(observed, permuted):
    """Permutation p: (1 + as large or larger) / (1 + permutations).

    Phipson 2010, Stat Appl Genet Mol Biol 9:39.
    """
    permuted = np.asarray(permuted)
    return float((1 + np.count_nonzero(permuted >= observed - 1e-12)) / (1 + permuted.size))


def summarise(apparent, nested, bootstrap):
    """One row per figure (auc, brier, slope, intercept): apparent, optimism, corrected, nested mean and SD, n without.

    apparent: dict of the four on the training patients; nested, bootstrap: tables of repetitions.
    corrected = apparent - mean(resampled - original). Repetitions without a slope (nothing kept)
    are counted in `undefined` and left out.
    """
    rows = []
    for name in ("auc", "brier", "slope", "intercept"):
        optimism = (bootstrap[f"{name}_resampled"] - bootstrap[f"{name}_original"]).dropna()
        repeated = nested[name].dropna()
        rows.append(
            {
                "figure": name,
                "apparent": apparent[name],
                "optimism": optimism.mean(),
                "corrected": apparent[name] - optimism.mean(),
                "nested_mean": repeated.mean(),
                "nested_sd": repeated.std(),
                "nested_undefined": int(nested[name].isna().sum()),
                "bootstrap_undefined": int(len(bootstrap) - len(optimism)),
            }
        )
    return pd.DataFrame(rows)


def selection_frequency(selected, names):
    """Share of fits that kept each feature: selected is a column of "a;b|c", names all features;

    most frequent first.
    """
    fits = [set(fit.split(";")) for words in selected.fillna("") for fit in words.split("|")]
    counts = {name: sum(name in fit for fit in fits) for name in names}
    table = pd.DataFrame(
        {"feature": list(counts), "fits": len(fits), "kept": list(counts.values())}
    )
    table["share"] = table["kept"] / table["fits"]
    return table.sort_values(["kept", "feature"], ascending=[False, True], ignore_index=True)


def permutation_report(nested, permuted, training_auc):
    """JSON-ready: observed figures, permutations, both p.

    Observed is one repetition, as each permutation is one.
    """
    observed = float(nested.sort_values("repetition")["auc"].iloc[0])
    return {
        "permutations": len(permuted),
        "nested_auc_of_one_repetition": observed,
        "nested_auc_p": p_of(observed, permuted["auc"]),
        "permuted_nested_auc_mean": float(permuted["auc"].mean()),
        "training_auc": float(training_auc),
        "training_auc_p": p_of(training_auc, permuted["auc_training"]),
        "permuted_training_auc_median": float(permuted["auc_training"].median()),
        "permuted_nothing_kept": int((permuted["n_selected"] == 0).sum()),
        # Models of shuffled responses that kept something: what "a good training AUC" is worth.
        "permuted_training_auc_median_of_those_that_kept_features": _median(
            permuted.loc[permuted["n_selected"] > 0, "auc_training"]
        ),
    }


def _median(values):
    return float(values.median()) if len(values) else None


def decision_table(scored, predictions):
    """Decision curves: curve ("train", "nested", "validation"), threshold, model, everyone (net benefits).

    scored: set, effective, probability; predictions: repetition, effective, probability out of the
    outer folds, whose curves are averaged over repetitions.
    """
    thresholds = np.round(np.arange(0.05, 0.96, 0.01), 2)
    tables = []
    for name in ("train", "validation"):
        one = scored[scored["set"] == name]
        tables.append(_decision(name, one, thresholds))
    repeated = [
        _decision("nested", one, thresholds) for _, one in predictions.groupby("repetition")
    ]
    mean = repeated[0].copy()
    mean["model"] = np.mean([table["model"] for table in repeated], axis=0)
    return pd.concat([*tables, mean], ignore_index=True)


def _decision(name, table, thresholds):
    model, everyone = net_benefit(
        table["effective"].to_numpy(), table["probability"].to_numpy(), thresholds
    )
    return pd.DataFrame(
        {"curve": name, "threshold": thresholds, "model": model, "everyone": everyone}
    )
