"""Tables 1 and 2: the printed statistics come out of samples with the printed means, SDs and counts."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.publication.tables.response import printed_table
from npcradiomics.response.clinical import compare_groups
from npcradiomics.response.liu2025 import TABLES


def exact_sample(mean, sd, n):
    values = np.random.default_rng(n).normal(size=n)
    return mean + sd * (values - values.mean()) / values.std(ddof=1)


def printed_cohort(table):
    parts = []
    for value, response in ((1, "effective"), (0, "ineffective")):
        n, men = table.groups[response], table.men[response]
        part = pd.DataFrame(
            {name: exact_sample(*row[response], n) for name, row in table.numbers.items()}
        )
        parts.append(part.assign(effective=value, sex=["male"] * men + ["female"] * (n - men)))
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("name", TABLES)
def test_all_printed_statistics_are_found(name):
    table = TABLES[name]
    found = compare_groups(printed_cohort(table), list(table.numbers), ["sex"])
    numbers = found[found["kind"] == "number"].set_index("column")
    for column, t in table.t.items():
        # Means and SDs are printed to two decimals, which moves t in its third.
        assert abs(numbers.loc[column, "statistic"]) == pytest.approx(t, abs=0.0025), column
        assert numbers.loc[column, "p"] > 0.05
        assert numbers.loc[column, "df"] == sum(table.groups.values()) - 2
    sex = found[found["column"] == "sex"].iloc[0]
    assert sex["statistic"] == pytest.approx(table.chi2, abs=5e-4)


def test_r_s_answers_for_table_1(shared):
    expected = pd.read_csv(shared / "reference/statistics/paper/liu_table1_recomputed.csv")
    names = dict(zip(expected["v"], TABLES["train"].numbers, strict=True))
    found = compare_groups(printed_cohort(TABLES["train"]), list(names.values()), []).set_index(
        "column"
    )
    for row in expected.itertuples():
        assert abs(found.loc[names[row.v], "statistic"]) == pytest.approx(row.t_pooled, rel=1e-9)
        assert found.loc[names[row.v], "p"] == pytest.approx(row.p_pooled, rel=1e-9)


def test_missing_values_are_counted_and_left_out():
    table = pd.DataFrame(
        {"effective": [1, 1, 1, 0, 0, 0], "age": [1.0, 2.0, np.nan, 4.0, 6.0, np.nan]}
    )
    row = compare_groups(table, ["age"], []).iloc[0]
    assert (row["effective_n"], row["ineffective_n"], row["missing"], row["df"]) == (2, 2, 2, 2)
    # means 1.5 and 5, variances .5 and 2, pooled 1.25: t = -3.5 / sqrt(1.25)
    assert row["statistic"] == pytest.approx(-3.5 / np.sqrt(1.25))
    printed = printed_table(compare_groups(table, ["age"], []), 3, 3, {"age": "Age"}, "T", [])
    assert printed.rows[0][1] == "1.50 ± 0.71 (n=2)"
    assert printed.rows[0][-1] == "2"


def test_a_column_without_contrast_has_no_p():
    table = pd.DataFrame({"effective": [1, 1, 0, 0], "age": [3.0] * 4, "sex": ["male"] * 4})
    found = compare_groups(table, ["age"], ["sex"])
    assert found["p"].isna().all()


def test_without_clinical_columns_the_table_says_so():
    found = compare_groups(pd.DataFrame({"effective": [1, 0]}), [], [])
    printed = printed_table(found, 1, 1, {}, "T", ["Below."])
    assert (printed.rows, printed.footnotes) == (
        [],
        ["No clinical columns (key clinical_columns).", "Below."],
    )
