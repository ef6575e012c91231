"""What repetitions of `validation` say together: optimism, selection, permutations, decisions."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import special

from npcradiomics.response.discrimination import THRESHOLDS, net_benefit


def p_of(observed: float, permuted: np.ndarray) -> float:
    """Permutation p: (1 + as large or larger) / (1 + permutations).

    Phipson 2010, Stat Appl Genet Mol Biol 9:39.
    """
    permuted = np.asarray(permuted)
    return float((1 + np.count_nonzero(permuted >= observed - 1e-12)) / (1 + permuted.size))


def summarise(
    apparent: Mapping[str, float], nested: pd.DataFrame, bootstrap: pd.DataFrame
) -> pd.DataFrame:
    """Summarise auc, brier, slope and intercept, a row each.

    Apparent, optimism, corrected = apparent - mean(resampled - original), nested mean and SD.
    Repetitions without a slope (nothing kept) are counted and left out.

    Parameters
    ----------
    apparent
        The four on the training patients.
    nested, bootstrap
        Repetitions.
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


def selection_frequency(selected: pd.Series, names: list[str]) -> pd.DataFrame:
    """Share of fits that kept each feature, most frequent first.

    selected: "a;b|c", see `validation.repetition`; names: all features.
    """
    fits = [set(fit.split(";")) for words in selected.fillna("") for fit in words.split("|")]
    counts = {name: sum(name in fit for fit in fits) for name in names}
    table = pd.DataFrame(
        {"feature": list(counts), "fits": len(fits), "kept": list(counts.values())}
    )
    table["share"] = table["kept"] / table["fits"]
    return table.sort_values(["kept", "feature"], ascending=[False, True], ignore_index=True)


def permutation_report(nested: pd.DataFrame, permuted: pd.DataFrame, training_auc: float) -> dict:
    """Observed figures, permutations, both p, JSON-ready.

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


def decision_table(scored: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    """Decision curves: curve ("train", "nested", "validation"), threshold, model, everyone.

    The latter two are net benefits.

    Parameters
    ----------
    scored
        set, effective, probability.
    predictions
        repetition, effective, rad-score out of the outer folds; the curves are averaged over
        repetitions.
    """
    tables = []
    for name in ("train", "validation"):
        one = scored[scored["set"] == name]
        tables.append(_decision(name, one))
    predictions = predictions.assign(probability=special.expit(predictions["rad-score"]))
    repeated = [_decision("nested", one) for _, one in predictions.groupby("repetition")]
    mean = repeated[0].copy()
    mean["model"] = np.mean([table["model"] for table in repeated], axis=0)
    return pd.concat([*tables, mean], ignore_index=True)


def _decision(name, table):
    model, everyone = net_benefit(
        table["effective"].to_numpy(), table["probability"].to_numpy(), THRESHOLDS
    )
    return pd.DataFrame(
        {"curve": name, "threshold": THRESHOLDS, "model": model, "everyone": everyone}
    )
