"""How far a new tumour's places lie from those that a model was fitted on, and what follows for its map."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.refusal import Refusal
from npcradiomics.risk.places import Places
from npcradiomics.rounding import percent_text
from npcradiomics.statistics.outlyingness import mahalanobis

WITHIN = 0.95  # share of the training places that the limit encloses
VARIANCE = 0.95  # of the training places, held by the directions in which distance is measured
MOST_BEYOND_ALL = 0.5  # of the new places, further than every training place
NAMED = 3  # features that are furthest off
# Without those in the unit of the image, which differs between scans and enters no map.
COMPARED = [d.feature for d in DEFINITIONS if not d.unit.startswith("image")]


@dataclass(frozen=True, eq=False)
class TrainingDistance:
    """What a model keeps to tell how far a new tumour is.

    mean, scale : (k,) of the training places' features; inverse : (k, k), of the covariance of the
    standardised features in the directions that hold VARIANCE of it (the others are rounding and
    near copies, by which every new tumour would be far); limit : the distance that WITHIN of the
    training places keep; farthest : the largest of them; left_out : (n patients,), the share of each
    training patient's places beyond the limit of all others'.
    """

    mean: np.ndarray
    scale: np.ndarray
    inverse: np.ndarray
    limit: float
    farthest: float
    left_out: np.ndarray

    def of(self, features: np.ndarray) -> np.ndarray:
        """Distances (n,) of features (n, k); an undefined feature counts as the training's mean."""
        return mahalanobis(self.standardised(features), self.inverse)

    def standardised(self, features: np.ndarray) -> np.ndarray:
        """Features (n, k) in SD of the training places."""
        z = (np.asarray(features, float) - self.mean) / self.scale
        return np.where(np.isfinite(z), z, 0.0)


def compared_features(places: Places) -> np.ndarray:
    """Features (n places, k) of COMPARED, as measured."""
    names = list(places.feature_names)
    return places.features[:, [names.index(name) for name in COMPARED]]


def training_distance(features: np.ndarray, patients: Sequence[str]) -> TrainingDistance:
    """Learn what is usual from the training places.

    Parameters
    ----------
    features : (n places, k)
        As the model takes them.
    patients : (n places)
        Whose each place is. Places of one tumour are alike: only other patients tell how far a
        tumour of the same kind may be.

    References
    ----------
    Hotelling 1947, Multivariate quality control, in Techniques of Statistical Analysis (the
    distance in leading principal components).
    """
    names = np.asarray(patients)
    known = _fitted(features)
    left_out = []
    for name in dict.fromkeys(patients):
        own = names == name
        others = _fitted(features[~own])
        left_out.append(float(np.mean(others.of(features[own]) > others.limit)))
    return TrainingDistance(**vars(known) | {"left_out": np.array(left_out)})


def _fitted(features):
    values = np.asarray(features, float)
    mean, scale = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    scale = np.where(scale > 1e-12 * np.maximum(np.abs(mean), 1e-300), scale, 1.0)
    bare = TrainingDistance(mean, scale, np.zeros((0, 0)), 0.0, 0.0, np.empty(0))
    variances, directions = np.linalg.eigh(np.cov(bare.standardised(values), rowvar=False))
    variances, directions = variances[::-1], directions[:, ::-1]
    n_kept = 1 + int(np.searchsorted(np.cumsum(variances) / variances.sum(), VARIANCE - 1e-12))
    kept = directions[:, :n_kept] / np.sqrt(variances[:n_kept])
    inverse = kept @ kept.T
    own = mahalanobis(bare.standardised(values), inverse)
    return TrainingDistance(
        mean, scale, inverse, float(np.quantile(own, WITHIN)), float(own.max()), np.empty(0)
    )


def distance_record(
    patient: str, known: TrainingDistance, features: np.ndarray, names: Sequence[str]
) -> dict:
    """How far a new tumour is, in numbers and a sentence, JSON-ready.

    *far*: more of its places lie beyond the limit than of any training patient when he was left
    out; by chance alone one in (number of training patients + 1).

    Parameters
    ----------
    patient, known
        The new patient; of the model.
    features : (n places, k)
        His.
    names : (k)
        Of the features.

    Raises
    ------
    ValueError
        More than half of his places are further than every training place.
    """
    found = known.of(features)
    beyond = float(np.mean(found > known.limit))
    beyond_all = float(np.mean(found > known.farthest))
    off = known.standardised(features).mean(axis=0)
    order = np.argsort(-np.abs(off))[:NAMED]
    furthest = {names[k]: float(off[k]) for k in order}
    words = ", ".join(f"{name} {value:+.1f} SD" for name, value in furthest.items())
    if beyond_all > MOST_BEYOND_ALL:
        raise Refusal(
            f"{percent_text(beyond_all)} of {len(found)} places of the GTV are further off than every place the model was fitted"
            f" on (furthest: {words})",
            "a map would be a guess; give the sequence and voxel size of the cohort",
        )
    largest = float(known.left_out.max())
    far = beyond > largest
    sentence = (
        f"{percent_text(beyond)} of the tumour's {len(found)} places lie beyond the {percent_text(WITHIN)} of the training"
        f" places, {'more than' if far else 'no more than'} in any of the {known.left_out.size} training patients left out"
        f" ({percent_text(largest)})"
    )
    sentence += f"; the map may not hold for this tumour (furthest: {words})" if far else ""
    return {
        "patient": patient,
        "n_places": len(found),
        "share_beyond": beyond,
        "within": WITHIN,
        "share_beyond_all": beyond_all,
        "left_out_median": float(np.median(known.left_out)),
        "left_out_largest": largest,
        "furthest": furthest,
        "far": far,
        "sentence": f"{sentence}.",
    }
