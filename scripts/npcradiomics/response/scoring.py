"""Patients scored from the file of a model alone."""

import numpy as np
import pandas as pd
from scipy import special

from npcradiomics.response.distance import distances
from npcradiomics.response.harmonization import Harmonization
from npcradiomics.response.preparation import Preparation

# Share of a patient's features outside training's range above which no score is given.
MAX_OUTSIDE = 0.2
REFUSED = "not scored"


def score_patients(model: dict, features: pd.DataFrame) -> pd.DataFrame:
    """Rad-scores of patients by a model file.

    Parameters
    ----------
    model
        As `radscore.model_file` makes it.
    features : (patient, feature)
        Raw values; other columns are ignored, but for `centre` where the model harmonizes.

    Returns
    -------
    DataFrame
        With the index of `features`: rad_score, probability, called ("effective", "ineffective"),
        n_features, n_outside_training (values outside the range of the training patients),
        n_replaced (outside lower..upper, hence set to the median), rad_score_unreplaced,
        mahalanobis (distance from training's mean in the model's features, nothing replaced) and
        share_nearer (of the training patients, who are nearer to it than this one).

    Raises
    ------
    ValueError
        A feature of the model is missing or holds no finite number; a centre that training does not
        have, see `of_known_centres`.
    """
    names = list(model["features"])
    if model.get("harmonization") and names:
        learnt = Harmonization.from_file(model["harmonization"])
        features = learnt.apply(features, features["centre"])
    rows = pd.DataFrame([{"feature": name} | model["features"][name] for name in names])
    score = np.full(len(features), model["intercept"])
    unreplaced, n_outside, n_replaced = (
        score,
        np.zeros(len(features), int),
        np.zeros(len(features), int),
    )
    if names:
        coefficients = rows["coefficient"].to_numpy()
        score = score + Preparation(rows, {}).apply(features).to_numpy() @ coefficients
        without_rule = rows.assign(lower=-np.inf, upper=np.inf)
        unreplaced = (
            unreplaced + Preparation(without_rule, {}).apply(features).to_numpy() @ coefficients
        )
        values = features[names].to_numpy(dtype=np.float64)
        # A model file of before the range was kept has the bounds of the outlier rule alone.
        n_outside = _count_outside(
            values, rows.get("lowest", rows["lower"]), rows.get("highest", rows["upper"])
        )
        n_replaced = _count_outside(values, rows["lower"], rows["upper"])
    threshold = np.inf if model["threshold"] is None else model["threshold"]
    called = np.where(score > threshold, "effective", "ineffective")
    columns = {
        "rad_score": score,
        "probability": special.expit(score),
        "called": called,
        "n_features": len(names),
    }
    columns |= {
        "n_outside_training": n_outside,
        "n_replaced": n_replaced,
        "rad_score_unreplaced": unreplaced,
    }
    far = ("mahalanobis", "share_nearer")
    columns |= dict(zip(far, distances(model, rows, features), strict=True))
    return pd.DataFrame(columns, index=features.index)


def of_known_centres(model: dict, features: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Leave out patients of centres that a harmonizing model has not learnt.

    Parameters
    ----------
    model, features
        As `score_patients` takes them; `centre` may be missing.

    Returns
    -------
    features
        Of the patients who can be scored.
    said
        A line for each of the others.

    Raises
    ------
    ValueError
        Nobody is left; with the lines.
    """
    if not model.get("harmonization"):
        return features, []
    known = model["harmonization"]["centres"]
    centres = features.get("centre", pd.Series("", features.index)).fillna("").astype(str)
    words = f"the model has ComBat's parameters of {', '.join(known)} alone"
    said = [
        f"{name}: {f'centre {centre!r} is not one of training' if centre else 'no centre (column `centre`)'};"
        f" {words}: {REFUSED}"
        for name, centre in centres.items()
        if centre not in known
    ]
    if said and len(said) == len(features):
        more = f" and {len(said) - 5} patients more" if len(said) > 5 else ""
        raise ValueError(" ".join(said[:5]) + more)
    return features[centres.isin(known)], said


def without_strangers(
    scored: pd.DataFrame, max_outside: float = MAX_OUTSIDE
) -> tuple[pd.DataFrame, list[str]]:
    """Take away the scores of patients unlike those of training.

    Parameters
    ----------
    scored
        As score_patients returns it.
    max_outside
        Share of features outside training's range above which a patient's images are taken for
        another scanner's or sequence's.

    Returns
    -------
    scored
        rad_score and probability of such patients missing, `called` "not scored".
    said
        A line for each of them.

    Raises
    ------
    ValueError
        With the counts, where nobody is left.
    """
    share = scored["n_outside_training"] / scored["n_features"].clip(lower=1)
    strange = share > max_outside
    said = [
        f"{name}: {row.n_outside_training} of {row.n_features} features lie outside the range of the training patients, more"
        f" than {max_outside:.0%}: {REFUSED} (rad-score {row.rad_score:.3g}, without replaced values"
        f" {row.rad_score_unreplaced:.3g}; farther from training's mean than {row.share_nearer:.0%} of its patients); another scanner, sequence or unit?"
        for name, row in zip(scored.index, scored.itertuples(), strict=True)
        if strange[name]
    ]
    if len(said) and strange.all():
        more = f" and {len(said) - 5} patients more" if len(said) > 5 else ""
        raise ValueError(" ".join(said[:5]) + more)
    kept = scored.astype({"called": object})
    kept.loc[strange, ["rad_score", "probability"]] = np.nan
    kept.loc[strange, "called"] = REFUSED
    return kept, said


def _count_outside(values, low, high):
    return ((values < low.to_numpy()) | (values > high.to_numpy())).sum(axis=1)
