import numpy as np
import pandas as pd
import pytest

from npcradiomics.cohort.exclusion import read_clinical, select_patients

TABLE = pd.DataFrame(
    {
        "patient": ["P01", "P02", "P03", "P04"],
        "stage": ["T3", "T4", "T4", "T3"],
        "age": [50, 60, 72, 81],
    }
)


@pytest.mark.parametrize(
    ("expression", "kept"),
    [
        ("", ["P01", "P02", "P03", "P04"]),
        ("stage == 'T3'", ["P02", "P03"]),
        ("stage == 'T3' or age > 70", ["P02"]),
        ("not (stage == 'T4') and age < 60", ["P02", "P03", "P04"]),
        ("stage in ['T3', 'T4'] and age >= 72", ["P01", "P02"]),
        ("50 < age <= 72", ["P01", "P04"]),
        ("age - 50 > 2 * 10", ["P01", "P02"]),
        ("patient == 'P02'", ["P01", "P03", "P04"]),
        ("stage == 'T9'", ["P01", "P02", "P03", "P04"]),
    ],
)
def test_kept(expression, kept):
    rest, excluded = select_patients(TABLE, expression)
    assert list(rest["patient"]) == kept
    assert sorted([*rest["patient"], *excluded["patient"]]) == list(TABLE["patient"])
    assert list(excluded.columns) == ["patient", "rule", "reason"]
    pd.testing.assert_frame_equal(rest, TABLE[TABLE["patient"].isin(kept)])


def test_reason_gives_expression_and_values():
    _, excluded = select_patients(TABLE, "age > 80 or stage == 'T9'")
    assert excluded.to_dict("records") == [
        {
            "patient": "P04",
            "rule": "exclude",
            "reason": "exclude: age > 80 or stage == 'T9' (age = 81, stage = T3)",
        }
    ]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("smoker == 1", "unknown column smoker; there are patient, stage, age"),
        ("1 == 1", "names no column"),
        ("age >", "cannot be read"),
        ("@age > 1", "cannot be read"),
        ("age.max() > 1", "no Call"),
        ("age.real > 1", "no Attribute"),
        ("__import__('os').system('true')", "no Call"),
        ("age[0] > 1", "no Subscript"),
        ("(lambda: 1)() == age", "no Call"),
        ("age > '70'", "column age holds numbers, '70' does not"),
        ("stage == 3", "column stage holds text, 3 does not"),
        ("stage in ['T3', 4]", "column stage holds text, 4 does not"),
        ("age + 1", "not true or false"),
        ("age > 0", "excludes all 4 patients"),
    ],
)
def test_refused(expression, message):
    with pytest.raises(ValueError, match=message):
        select_patients(TABLE, expression)


def test_a_missing_value_cannot_decide():
    table = TABLE.assign(age=[50, np.nan, 72, 81])
    with pytest.raises(
        ValueError, match=r"1 patients have no age \(P02\), so it cannot be decided"
    ):
        select_patients(table, "age > 70")
    assert len(select_patients(table, "stage == 'T3'")[0]) == 2


def test_clinical_columns_are_read_as_numbers_or_text(tmp_path):
    path = tmp_path / "patients.tsv"
    path.write_text(
        "\ufeffpatient\tgtv\tage\tstage \n007\ta.nii\t50\t T3\n\n008\tb.nii\t\t3\n",
        encoding="utf-8",
    )
    table = read_clinical(path, ["age", "stage"])
    assert list(table.columns) == ["patient", "age", "stage"]
    assert list(table["patient"]) == ["007", "008"] and list(table["stage"]) == ["T3", "3"]
    assert table["age"][0] == 50.0 and np.isnan(table["age"][1])
    kept, _ = select_patients(table, "stage == 'T3'")
    assert list(kept["patient"]) == ["008"]
    with pytest.raises(
        ValueError, match=r"patients\.tsv: no column sex; there are patient, gtv, age, stage"
    ):
        read_clinical(path, ["sex"])
