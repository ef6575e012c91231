"""Table 4: what stands in a patient's row, the cohort's line, the notes."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.publication.tables.dose import SHOWN, table4, table4_data

CLASSES = {"P1": "in field", "P2": "marginal", "P3": "in field"}


def failures():
    return pd.DataFrame(
        {
            "patient": list(CLASSES),
            "in_statistics": [True, False, True],
            "class": CLASSES.values(),
            "borderline": [False, True, None],
            "type": ["A", "B", None],
            "type_borderline": [True, False, None],
            "n_shifts": [100, 100, 0],
        }
    )


def figures():
    rows = []
    for place, patient in enumerate(("P1", "P2")):
        for k, key in enumerate(SHOWN.values()):
            value = 10.0 * k + place
            rows.append([patient, *key, value, value - 0.5, value + 0.5])
    rows.append(["P3", "gtvr", "v95", "% of volume", 99.0, np.nan, np.nan])
    columns = ["patient", "structure", "quantity", "unit", "value", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


COMPARED = pd.DataFrame(
    [
        {
            "patients": "all",
            "feature": "Dose_Mean",
            "n": 2,
            "test": None,
            "note": "not tested: few",
        },
        {
            **{"patients": "in_statistics", "feature": "Dose_D95", "n": 14, "test": "t"},
            **{"mean_difference": -1.234, "t_low": -2.0, "t_high": -0.5, "p": 0.0042, "dz": -0.8},
            **{"dz_low": -1.4, "dz_high": -0.2},
        },
    ]
)


@pytest.fixture
def table():
    data = table4_data(figures(), failures())
    out = pd.DataFrame([{"patient": "P4", "rule": "registration", "reason": "rejected: moved"}])
    options = {"in_field": 0.975, "marginal": 0.2, "n_unknown": 4, "notice": "Simulated"}
    return table4(data, COMPARED, out=out, **options)


def test_rows_have_values_with_intervals_and_borderline_is_marked(table):
    assert table.rows[0][:4] == ["P1", "in field", "0.0 (-0.5 to 0.5)", "10.0 (9.5 to 10.5)"]
    assert table.rows[0][-2:] == ["A ~", "yes"]
    assert table.rows[1][:2] == ["P2", "marginal ~"] and table.rows[1][-2:] == ["B", "no"]
    assert table.rows[2][:4] == ["P3", "in field", "99.0", "NA"] and table.rows[2][-2] == "NA"


def test_cohort_line_counts_classes_and_types_and_has_medians(table):
    assert table.rows[-1][0] == "All (n = 3): median"
    assert table.rows[-1][1] == "2 in field, 1 marginal"
    assert table.rows[-1][2:4] == ["1.0", "10.5"]  # of 0, 1, 99; of 10, 11
    assert table.rows[-1][-2:] == ["1 A, 1 B", "2 yes"]


def test_notes_say_what_was_compared_and_who_is_missing(table):
    notes = "\n".join(table.footnotes)
    assert "Mean dose, GTVr minus the rest, all patients: not tested: few." in notes
    assert (
        "D95, GTVr minus the rest, the texture statistics (n = 14): -1.23 Gy (95 % CI -2.00 to -0.50),"
        " paired t-test p = 0.0042; dz -0.80 (-1.40 to -0.20)." in notes
    )
    assert "NA in 1 of 3: only the 95 % isodose is known" in notes
    assert "Neither dose nor isodose is known of 4 more." in notes
    assert "100 places of GTVr" in notes
    assert "in field from 97.5 %, marginal from 20 %, else outside" in notes
    assert table.footnotes[-1] == "Not in the cohort: P4 (rejected: moved)."
