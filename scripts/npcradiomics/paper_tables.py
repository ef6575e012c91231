"""Tables 1 and 2 of Akram 2020 as text cells, ready for every format."""

import pandas as pd

from npcradiomics.notices import SIMULATED_NOTE
from npcradiomics.paper import TABLE1, beside_ours, found_here
from npcradiomics.rounding import count_text, p_text, scientific_text
from npcradiomics.table_formats import Table


def table1():
    """Table 1: the 47 features by family, with the words the paper prints."""
    families = dict.fromkeys(family for family, _, _ in TABLE1)
    rows = [[family, ", ".join(words for f, _, words in TABLE1 if f == family)] for family in families]
    return Table(
        ["Texture metrics", "Features"],
        rows,
        "Table 1. 47 features of the intensity histogram and four texture matrices",
    )


def table1_data():
    """Table 1 as a tidy table: family, feature (its name in every table here), printed name."""
    return pd.DataFrame(TABLE1, columns=["family", "feature", "printed_name"])


def table2(statistics, excluded, simulated):
    """Table 2: the significant features and the paper's seven, ours beside the printed rows.

    statistics: of comparison.compare_regions; excluded: table of patient, reason; simulated: whether the cohort is.
    """
    rows = []
    for row in beside_ours(statistics).itertuples():
        mark = "^" if row.test == "wilcoxon" else ""
        paper_mark = "^" if row.paper_test == "wilcoxon" else ""
        rows.append(
            [
                f"{row.feature}{' *' if row.significant is True else ''}",
                scientific_text(row.mean_difference),
                scientific_text(row.sd_difference),
                p_text(row.p) + mark,
                scientific_text(row.paper_mean),
                scientific_text(row.paper_sd),
                row.paper_p + paper_mark if isinstance(row.paper_p, str) else "NA",
                p_text(row.paper_p_recomputed),
            ]
        )
    first = statistics.iloc[0]
    n = count_text(statistics["n"].max())
    header = [
        "Feature",
        "Mean difference",
        "SD",
        "p",
        "Akram 2020: mean",
        "SD",
        "p",
        "p from their mean and SD",
    ]
    return Table(
        header,
        rows,
        f"Table 2. Features that differ between GTVr and GTV-GTVr (n = {n})",
        _notes(statistics, excluded, first, simulated),
    )


def _notes(statistics, excluded, first, simulated):
    notes = [
        f"* significant: p < {first['threshold']:.5f} (Bonferroni, {first['n_tests']} tests). Differences are recurrent"
        " minus non-recurrent. p of the paired t-test unless marked; ^ Wilcoxon signed-rank test, where the differences"
        " are not normal (Shapiro-Wilk).",
        "The last column is the paired t-test computed from the paper's printed mean and SD (n = 14); for GLSZM_LZE the"
        " paper used the Wilcoxon test, so it is not expected to agree there.",
        found_here(statistics, "simulated" if simulated else "user"),
    ]
    if len(excluded):
        notes.append(
            "Not in the cohort: " + "; ".join(f"{row.patient} ({row.reason})" for row in excluded.itertuples()) + "."
        )
    if simulated:
        notes.insert(0, SIMULATED_NOTE + ".")
    return notes
