"""Several sequences of a patient in one null: draw i is one place, and it is the same place in all of them.

Picking a draw picks it in every sequence at once, so that the columns of a patient's record are
features x sequences and nothing else of the test changes: maxT runs over all of them and keeps
their joint behaviour. Surrogate textures are made in each sequence by itself; between sequences
they are independent, so that the family-wise p among them is, if anything, too large (the largest
of independent |S| is stochastically above that of dependent ones with the same distributions:
Sidak 1967, J Am Stat Assoc 62:626, for normal ones).
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd

# What is kept of a patient's draws beside the features.
FACTS = (
    *("patient", "reason", "notes", "covariate_names", "covariates"),
    *("fraction", "mean_overlap", "effective_placements"),
)


def side_by_side(records: dict) -> SimpleNamespace:
    """One patient's records of all sequences as one, whose features are named (sequence, feature).

    Parameters
    ----------
    records : dict
        {sequence: draws.Draws or None}, the main sequence first, whose regions were drawn and
        whose covariates hold for all; None: the patient does not have this sequence.

    Returns
    -------
    Record in the form of draws.Draws
        With `absent`, the sequences that take no part in the spatial null. Their features are NaN;
        the reasons are among the notes.

    Raises
    ------
    ValueError
        Draws, surrogates or features of a sequence that are not as many as those of the others.
    """
    (first, main), *_ = records.items()
    names = [str(name) for name in main.feature_names]
    drawn, surrogates, notes, absent = [], [], [main.notes] if main.notes else [], []
    n_surrogates = max(len(one.surrogate_features) for one in records.values() if one)
    for sequence, one in records.items():
        own = np.full(main.features.shape, np.nan)
        textures = np.full((n_surrogates, 2, len(names)), np.nan)
        if one is None:
            absent.append(sequence)
        else:
            _refuse_others(main.patient, first, names, sequence, one)
            if one.reason and one is not main:
                own[: len(one.features[:1])] = one.features[:1]
                absent.append(sequence)
                if one.reason != main.reason:
                    notes.append(f"{sequence}: {one.reason}")
            else:
                own = _as_many(one, "features", len(own), first, sequence)
            if len(one.surrogate_features):
                textures = _as_many(one, "surrogate_features", n_surrogates, first, sequence)
        drawn.append(own)
        surrogates.append(textures)
    return SimpleNamespace(
        **{name: getattr(main, name) for name in FACTS} | {"notes": "; ".join(notes)},
        feature_names=[(sequence, name) for sequence in records for name in names],
        features=np.concatenate(drawn, axis=2),
        surrogate_features=np.concatenate(surrogates, axis=2),
        absent=tuple(absent),
    )


def family_of(statistics: pd.DataFrame) -> list:
    """The names of all columns of a test: features, or (sequence, feature) where the table has a column `sequence`."""
    if "sequence" not in statistics:
        return list(statistics["feature"])
    return list(zip(statistics["sequence"], statistics["feature"], strict=True))


def by_column(table: pd.DataFrame, name: str, place: int, family: list) -> pd.DataFrame:
    """Part the pairs (sequence, name) of a column into two, the first at this place.

    Parameters
    ----------
    table : DataFrame
    name : str
        Its column of pairs; a name without a sequence, as the negative controls have it, gets the
        main one: a place is measured on its grid.
    place : int
    family : list
        Of `family_of`; without sequences the table stays as it is.
    """
    if not family or not isinstance(family[0], tuple):
        return table
    pairs = [one if isinstance(one, tuple) else (family[0][0], one) for one in table[name]]
    table = table.assign(**{name: [own for _, own in pairs]})
    table.insert(place, "sequence", [sequence for sequence, _ in pairs])
    return table


def _as_many(one, what, expected, first, sequence):
    found = getattr(one, what)
    if len(found) != expected:
        raise ValueError(
            f"patient {one.patient}: {len(found)} rows of {what} in {sequence}, {expected} expected"
            f" as in {first}; draw again (delete null/draws.npz of {sequence})"
        )
    return found


def _refuse_others(patient, first, names, sequence, one):
    if one.patient != patient or [str(name) for name in one.feature_names] != names:
        raise ValueError(
            f"patient {patient}: the draws in {sequence} are of patient {one.patient} and have"
            f" {len(one.feature_names)} features, those in {first} {len(names)}, or in another order"
        )
