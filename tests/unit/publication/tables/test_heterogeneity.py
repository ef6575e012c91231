import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.stats import nct

import statistics_reference as reference
from npcradiomics.features.definitions import FEATURES
from npcradiomics.publication.notices import simulated_note
from npcradiomics.publication.tables.formats import write_latex
from npcradiomics.publication.tables.heterogeneity import table1, table1_data, table2, table2_data
from npcradiomics.statistics.akram2020 import SEVEN_FEATURES
from npcradiomics.statistics.comparison import compare_regions
from npcradiomics.statistics.volume_effect import size_effects

NOBODY = pd.DataFrame(columns=["patient", "rule", "reason"])


def cohort(n, shifts):
    """n patients;

    a feature's differences have SD 1 and the mean given, other features have mean 0.
    """
    rng = np.random.default_rng(3)
    noise = rng.normal(size=(n, len(FEATURES)))
    noise = (noise - noise.mean(axis=0)) / noise.std(axis=0, ddof=1)
    differences = noise + [shifts.get(name, 0.0) for name in FEATURES]
    features = reference.stacked(**dict(zip(FEATURES, differences.T, strict=True)))
    patients = list(dict.fromkeys(features["patient"]))
    sizes = pd.DataFrame(
        {"patient": patients, "recurrent_cm3": rng.uniform(2, 20, n), "non_recurrent_cm3": 10.0}
    )
    return compare_regions(features, n_boot=100), size_effects(features, sizes)


def printed(statistics, size, excluded=NOBODY, simulated=False):
    data, notice = table2_data(statistics, size, simulated), simulated_note(simulated)
    return table2(data, statistics, size, excluded, notice)


def by_feature(table):
    return {row[0]: dict(zip(table.header[1:], row[1:], strict=True)) for row in table.rows}


@pytest.fixture(scope="module")
def fourteen():
    return cohort(14, {"GLSZM_GLV": 3.0, "GLCM_Energy": -4.0})


def test_rows_carry_effect_size_interval_and_size_mark(fourteen):
    statistics, size = fourteen
    row = by_feature(printed(statistics, size))["GLSZM_GLV *"]
    assert row["Mean difference"] == "3.00E+00"
    assert row["Effect size"] == "dz 3.00"

    first = statistics.set_index("feature").loc["GLSZM_GLV"]
    assert row["95 % CI"] == f"{first['dz_low']:.2f} to {first['dz_high']:.2f}"
    assert row["Size"] == size.set_index("feature").loc["GLSZM_GLV", "size_mark"]
    assert row["Akram: mean"] == "4.06E-02" and row["recomputed"] == "0.0002"


def test_wilcoxon_rows_carry_the_rank_biserial_correlation():
    features = reference.stacked(
        GLSZM_GLV=np.array([*np.linspace(1, 1.1, 13), 60.0]), NGTDM_Strength=np.arange(14) - 6.4
    )
    patients = list(dict.fromkeys(features["patient"]))
    sizes = pd.DataFrame(
        {"patient": patients, "recurrent_cm3": np.arange(1.0, 15), "non_recurrent_cm3": 20.0}
    )
    statistics = compare_regions(features, n_boot=100)
    row = by_feature(printed(statistics, size_effects(features, sizes)))["GLSZM_GLV *"]
    assert (
        row["p"] == "0.0001^"
        and row["Effect size"] == "rank-biserial 1.00"
        and row["95 % CI"] == "one sign in all"
    )


def test_two_groups_under_their_own_heading():
    statistics, size = cohort(14, {"GLSZM_GLV": 3.0, "GLCM_Energy": -4.0, "GLCM_Entropy": 3.0})
    names = [row[0] for row in printed(statistics, size).rows]
    assert names[0] == "Significant in Akram 2020" and names[8] == "Significant here only"
    assert [name.removesuffix(" *") for name in names[1:8]] == list(SEVEN_FEATURES)
    assert all(name.endswith(" *") for name in names[9:]) and len(names) > 9
    nothing = printed(*cohort(14, {}))
    assert nothing.rows[8] == ["Significant here only: none", *[""] * 10]
    assert len(nothing.rows) == 9


@pytest.mark.parametrize(("n", "dz", "said"), [(3, 28.26, "too wide"), (14, 1.0, None)])
def test_an_interval_that_tells_nothing_is_not_printed_as_numbers(n, dz, said):
    row = by_feature(printed(*cohort(n, {"GLSZM_GLV": dz})))
    cell = {name.removesuffix(" *"): cells for name, cells in row.items()}["GLSZM_GLV"]
    # the exact interval by scipy's noncentral t: t's percentile is 97.5 % and 2.5 %
    t, df = dz * np.sqrt(n), n - 1
    low, high = (
        brentq(lambda c, share=share: nct.cdf(t, df, c) - share, -5, 6 * t) / np.sqrt(n)
        for share in (0.975, 0.025)
    )
    assert (high - low > 4) == (said == "too wide")
    assert cell["95 % CI"] == (said or f"{low:.2f} to {high:.2f}")


def test_full_precision_table_has_everything_behind_the_text(fourteen):
    statistics, size = fourteen
    data = table2_data(statistics, size, True).set_index("feature")
    assert data.loc["GLCM_Energy", "dz"] == pytest.approx(-4.0, abs=1e-12)
    expected = size.set_index("feature").loc["GLCM_Energy", "size_spearman"]
    assert data.loc["GLCM_Energy", "size_spearman"] == expected
    assert data["simulated"].all() and len(data) == 8


def test_notes_say_simulated_few_patients_and_marks():
    statistics, size = cohort(5, {"GLCM_Energy": 30.0})
    notes = printed(statistics, size, simulated=True).footnotes
    assert notes[0] == "Simulated patients: no clinical data."
    assert notes[1].startswith("5 patients: the Wilcoxon test cannot go below p = 0.062")
    assert any("Marks of the significant feature: " in note for note in notes)
    assert not any("Wilcoxon test cannot" in note for note in printed(*cohort(11, {})).footnotes)


def test_marks_of_table_2_agree_with_their_number():
    def marks(n, shifts):
        statistics, size = cohort(n, shifts)
        notes = printed(statistics, size).footnotes
        words = next(note for note in notes if note.startswith("Size: "))
        return words[words.index("size.tsv. ") + 10 :], int(statistics["significant"].sum())

    assert marks(14, {}) == ("No feature is significant here.", 0)
    words, n = marks(14, {"GLCM_Energy": 9.0})
    assert n == 1 and words.startswith("Marks of the significant feature: ")
    words, n = marks(14, {"GLCM_Energy": 9.0, "GLSZM_ZSV": 9.0})
    assert n == 2 and words.startswith("Marks of the 2 significant features: ")
    assert sum(int(word) for word in words.replace(",", " ").split() if word.isdigit()) == 4


def test_excluded_patients_are_named_or_counted(fourteen):
    few = pd.DataFrame(
        {"patient": ["A"], "rule": ["exclude"], "reason": ["exclude: age > 70 (age = 71)"]}
    )
    assert (
        printed(*fourteen, few).footnotes[-1]
        == "Not in the cohort: A (exclude: age > 70 (age = 71))."
    )
    many = pd.DataFrame(
        {"patient": range(30), "rule": ["exclude"] * 20 + ["in_field"] * 10, "reason": "r"}
    )
    assert (
        printed(*fourteen, many)
        .footnotes[-1]
        .startswith(
            "Not in the cohort: 30 patients (20 by the expression `exclude` of the config, 10 recurrence not in field)"
        )
    )


def test_table_1_says_which_settings_are_not_the_papers():
    words = "Not by the default settings: grey levels 64 (default 256)"
    assert table1(words).footnotes == [f"{words}."] and table1("").footnotes == []


def test_table_1_lists_all_features():
    assert len(table1_data()) == 47
    assert [row[0] for row in table1("").rows] == [
        "Intensity Histogram",
        "GLCM",
        "GLRLM",
        "GLSZM",
        "NGTDM",
    ]


@pytest.mark.parametrize("which", ["table1", "table2"])
def test_latex_compiles_and_fits(tmp_path, which):
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed, so the LaTeX tables were not compiled")
    table = (
        table1("Not by the default settings: grey levels 64 (default 256)")
        if which == "table1"
        else printed(*cohort(14, dict.fromkeys(FEATURES, 2.5)), simulated=True)
    )
    write_latex(tmp_path / "table.tex", table)
    subprocess.run(
        ["pdflatex", "-halt-on-error", "table.tex"], cwd=tmp_path, check=True, capture_output=True
    )
    assert "Overfull" not in (tmp_path / "table.log").read_text(errors="replace")
