"""The paper's comparison in several sequences: one table of all, and how far the sequences say the same."""

from itertools import combinations

import numpy as np
import pandas as pd
from pingouin import compute_esci

from npcradiomics.statistics.correlation import pearson
from npcradiomics.statistics.pairs import paired_differences
from npcradiomics.tables import in_one_table

AGREEMENT_COLUMNS = ("feature", "sequence_a", "sequence_b", "n", "r", "low", "high", "p", "note")


def stack_sequences(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The tables of all sequences as one, with the threshold for the features of all of them.

    Parameters
    ----------
    tables : dict
        {sequence: of comparison.compare_regions}, the main sequence first; each has been tested at
        the paper's threshold alpha / n_tests, as if it were the only one.

    Returns
    -------
    DataFrame
        sequence, the columns of the tables, and behind them threshold_all (alpha / n_tests /
        sequences) and significant_all (p < threshold_all, strictly).
    """
    table = in_one_table(tables)
    threshold = table["threshold"] / len(tables)
    return table.assign(threshold_all=threshold, significant_all=table["p"] < threshold)


def sequence_agreement(features: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Pearson correlation, over patients, of a feature's paired differences in two sequences.

    Parameters
    ----------
    features : dict
        {sequence: features as pairs.pair_rows takes them}.

    Returns
    -------
    DataFrame
        Per pair of sequences and feature: n patients who have both, r with its 95 % interval
        (Fisher's z, by pingouin) and p; missing, with the reason in note, where r has no value, the
        interval also below 4 patients. No rows for a single sequence.
    """
    differences = {name: paired_differences(table) for name, table in features.items()}
    rows = []
    for a, b in combinations(differences, 2):
        both = differences[a].index.intersection(differences[b].index)
        first, second = differences[a].loc[both], differences[b].loc[both]
        rows += [
            {"feature": name, "sequence_a": a, "sequence_b": b}
            | _with_interval(pearson(first[name].to_numpy(), second[name].to_numpy()))
            for name in first.columns.intersection(second.columns, sort=False)
        ]
    return pd.DataFrame(rows, columns=list(AGREEMENT_COLUMNS))


def _with_interval(row):
    low = high = np.nan
    if row["n"] > 3 and not np.isnan(row["r"]):
        n = row["n"]
        with np.errstate(divide="ignore"):  # r = 1
            low, high = compute_esci(stat=row["r"], nx=n, ny=n, eftype="r", decimals=12)
    return row | {"low": low, "high": high}
