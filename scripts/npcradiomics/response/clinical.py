"""Tables 1 and 2 of Liu 2025: clinical characteristics of effective and ineffective patients within a set."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from npcradiomics.cohort.clinical_values import one_spelling

RESPONSES = ("effective", "ineffective")
COLUMNS = [
    *("column", "kind", "category"),
    *(f"{response}_{figure}" for response in RESPONSES for figure in ("n", "mean", "sd")),
    *("missing", "test", "statistic", "df", "p"),
]


def compare_groups(
    table: pd.DataFrame, numbers: Sequence[str], categories: Sequence[str]
) -> pd.DataFrame:
    """Test each clinical column between the responses, as the paper does.

    Parameters
    ----------
    table : DataFrame
        patient, effective (1 or 0) and the clinical columns, missing values NaN.
    numbers : sequence of str
        Columns for the pooled t-test (equal variances, as all 18 printed t are).
    categories : sequence of str
        Columns for Pearson's chi-square without Yates' correction (as both printed are).

    Returns
    -------
    DataFrame
        A row per number and per category of a column: column, kind, category, effective_n,
        effective_mean, effective_sd (ineffective likewise), missing, test, statistic, df, p. A test
        with too few values is NaN.
    """
    table = table.copy()
    for column in categories:
        filled = table[table[column].notna()]
        table.loc[filled.index, column] = one_spelling(
            list(map(str, filled[column])), list(filled.get("patient", filled.index)), column
        )
    groups = [table[table["effective"] == value] for value in (1, 0)]
    rows = []
    for column in numbers:
        values = [group[column].dropna().to_numpy(dtype=np.float64) for group in groups]
        row = {"column": column, "kind": "number", "category": ""}
        for response, one in zip(RESPONSES, values, strict=True):
            row |= {
                f"{response}_n": one.size,
                f"{response}_mean": _mean(one),
                f"{response}_sd": _sd(one),
            }
        statistic, p = _pooled_t(*values)
        missing = int(table[column].isna().sum())
        df = sum(one.size for one in values) - 2
        rows.append(
            row | {"missing": missing, "test": "pooled t", "statistic": statistic, "df": df, "p": p}
        )
    for column in categories:
        kinds = sorted(table[column].dropna().unique())
        counts = np.array(
            [[int((group[column] == kind).sum()) for kind in kinds] for group in groups]
        )
        statistic, df, p = _chi_square(counts)
        for kind, pair in zip(kinds, counts.T, strict=True):
            row = {"column": column, "kind": "category", "category": kind}
            for response, count in zip(RESPONSES, pair, strict=True):
                row |= {
                    f"{response}_n": int(count),
                    f"{response}_mean": np.nan,
                    f"{response}_sd": np.nan,
                }
            tested = {"test": "chi-square", "statistic": statistic, "df": df, "p": p}
            rows.append(row | {"missing": int(table[column].isna().sum())} | tested)
    return pd.DataFrame(rows, columns=COLUMNS)


def _pooled_t(first, second):
    if min(first.size, second.size) < 2 or np.ptp(np.concatenate([first, second])) == 0:
        return np.nan, np.nan
    result = stats.ttest_ind(first, second, equal_var=True)
    return float(result.statistic), float(result.pvalue)


def _chi_square(counts):
    used = counts[:, counts.sum(axis=0) > 0]
    if used.shape[1] < 2 or (used.sum(axis=1) == 0).any():
        return np.nan, 0, np.nan
    result = stats.chi2_contingency(used, correction=False)
    return float(result.statistic), int(result.dof), float(result.pvalue)


def _mean(values):
    return float(values.mean()) if values.size else np.nan


def _sd(values):
    return float(values.std(ddof=1)) if values.size > 1 else np.nan
