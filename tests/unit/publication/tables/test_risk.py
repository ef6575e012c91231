"""Table 6: numbers of patients and cohort by hand, and what the caption says first."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.publication.tables.risk import table6, table6_data
from npcradiomics.risk.evidence import MAPS, summarise, verdict_on

MEASURES = ["auc", "coverage_gtvr", "coverage_20"]
COVERAGE = {"model": [0.50, 0.70], "depth": [0.40, 0.50]}


@pytest.fixture(scope="module")
def made():
    """Two patients, three refits; every measure of a map has the same values."""
    values = {name: COVERAGE.get(name, [0.2, 0.3]) for name in MAPS}
    found = {
        name: np.array([[[v] * 3, [0.1] * 3, [0.9 if name == "model" else 0.1] * 3] for v in own])
        for name, own in values.items()
    }
    within = {name: values[:, :1] / 2 for name, values in found.items()}
    blurred = [f"{name}_blurred" for name in MEASURES]
    summary = pd.concat([summarise(found, MEASURES), summarise(within, blurred)])
    scores = pd.DataFrame(
        [
            {"patient": patient, "map": name, "measure": measure, "value": values[name][k]}
            for k, patient in enumerate(("A", "B"))
            for name in MAPS
            for measure in MEASURES
        ]
    )
    patients = pd.DataFrame(
        {
            "patient": ["A", "B", "C"],
            "n_draws": [199, 0, 0],
            "basis": ["ridge", "rbf 0.1", None],
            "reason": [None, None, "the GTV has 90 voxels"],
        }
    )
    sentence = verdict_on(summary, 0.05)[1]
    data = table6_data(scores, summary, [20], simulated=True)
    options = {"alpha": 0.05, "n_refits": 2, "notice": ""}
    return data, table6(data, patients, sentence, **options)


def test_rows_are_patients_and_measures(made):
    data, table = made
    assert data["patient"].tolist() == ["A", "B", *[""] * 6]
    assert table.rows[0] == ["A", "50", "40", "20", "20", "20", "10", "", "", ""]
    assert [row[0] for row in table.rows[2:]] == [
        f"Cohort, n = 2: {words}{more}"
        for words in (
            "coverage (%), boost as large as GTVr",
            "coverage (%), 20 % of the GTV",
            "voxel ROC-AUC",
        )
        for more in ("", ", within the registration's error")
    ]
    # Every map has its score there, and only what needs no draws.
    assert [cell.split()[0] for cell in table.rows[3][1:7]] == [
        "30.0",
        "22.5",
        *["12.5"] * 3,
        "7.5",
    ]
    assert table.rows[3][7:] == ["0.2048", "NA", "NA"]
    assert table.rows[7][1].split()[0] == "0.30"
    # Of two values the 95 % interval is mean -+ 12.7062 times half their distance.
    assert table.rows[2][1] == "60.0 (-67.1 to 187.1)"
    assert table.rows[6][1] == "0.60 (-0.67 to 1.87)"
    assert table.rows[2][5] == "25.0"
    # Differences 0.1 and 0.2: t = 3, p = 1 - 2 arctan(3) / pi; one of the two refits goes as far.
    assert table.rows[2][6:] == ["15.0 (-48.5 to 78.5)", "0.2048", "0.6667", "0.6667"]


def test_the_caption_says_first_whether_the_map_is_better(made):
    _, table = made
    assert table.caption.startswith(
        "The map is not better than depth alone: a boost as large as the recurrence, from its top,"
        " covers 60.0 % of the recurrence, by depth alone 45.0 %"
    )
    notes = " ".join(table.footnotes)
    assert "C: not fitted (the GTV has 90 voxels)." in notes
    assert "kept as they are in all refits: B." in notes
    assert "2 patients are few" in notes
