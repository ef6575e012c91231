"""Tables 1 and 2 of Akram 2020 as text cells, ready for every format."""

import numpy as np
import pandas as pd

from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.publication.notices import out_words
from npcradiomics.publication.tables.formats import Table
from npcradiomics.rounding import (
    count_text,
    fixed_text,
    interval_text,
    p_text,
    p_words,
    scientific_text,
)
from npcradiomics.statistics.akram2020 import SEVEN_FEATURES, beside_ours
from npcradiomics.statistics.pairs import small_cohort_warning

# More excluded patients than this are counted in the note, not named; cohort/excluded.tsv names
# them all.
PAPERS_SEVEN = "Significant in Akram 2020"
FOUND_HERE = "Significant here only"
MEASURES = {"dz": "dz", "rank_biserial": "rank-biserial"}
# An interval as wide as from -2 to 2, both of them huge effects (Sawilowsky 2009, J Mod Appl Stat
# Methods 8:597), or as half of what a correlation can be, tells nothing.
WIDE = {"dz": 4.0, "rank_biserial": 1.0}


def table1(departures: str) -> Table:
    """Table 1: the features by family, with the words the paper prints; below it settings of notices."""
    families = dict.fromkeys(d.family for d in DEFINITIONS)
    rows = [
        [family, ", ".join(d.printed for d in DEFINITIONS if d.family == family)]
        for family in families
    ]
    return Table(
        ["Texture metrics", "Features"],
        rows,
        f"Table 1. {len(DEFINITIONS)} features of the intensity histogram and four texture matrices",
        [f"{departures}."] * bool(departures),
    )


def table1_data() -> pd.DataFrame:
    """Table 1 as a tidy table: family, feature (its name in every table here), printed name, formula,

    unit, and what a higher value means.
    """
    columns = {"printed": "printed_name", "higher": "higher_means"}
    wanted = ["family", "feature", "printed", "formula", "unit", "higher"]
    return pd.DataFrame(DEFINITIONS)[wanted].rename(columns=columns)


def table2_data(statistics: pd.DataFrame, size: pd.DataFrame, simulated: bool) -> pd.DataFrame:
    """Table 2 with all digits.

    Parameters
    ----------
    statistics : DataFrame
        Of ``comparison.compare_regions``.
    size : DataFrame
        Of ``volume_effect.size_effects``.
    simulated : bool
        Whether the cohort is.

    Returns
    -------
    DataFrame
        ``akram2020.beside_ours``, the columns of ``size`` behind it, and simulated.
    """
    beside = size.drop(columns=["n", "note"])
    return (
        beside_ours(statistics).merge(beside, on="feature", how="left").assign(simulated=simulated)
    )


def table2(
    data: pd.DataFrame,
    statistics: pd.DataFrame,
    size: pd.DataFrame,
    excluded: pd.DataFrame,
    notice: str,
) -> Table:
    """Table 2: the significant features and the paper's seven, ours beside the printed rows.

    Parameters
    ----------
    data : DataFrame
        Of `table2_data`.
    statistics, size : DataFrame
        What it was made from.
    excluded : DataFrame
        Columns patient, rule, reason.
    notice : str
        Words of ``notices.cohort_notice``.

    Returns
    -------
    Table
        Cells as text, with caption and footnotes.
    """
    header = ["Feature", "Mean difference", "SD", "p", "Effect size", "95 % CI", "Size"]
    header += ["Akram: mean", "Akram: SD", "Akram: p", "recomputed"]
    of_paper = data["feature"].isin(SEVEN_FEATURES)
    rows = []
    for heading, part in ((PAPERS_SEVEN, data[of_paper]), (FOUND_HERE, data[~of_paper])):
        rows.append([heading if len(part) else f"{heading}: none", *[""] * (len(header) - 1)])
        rows += [table2_row(row) for row in part.itertuples()]
    n = count_text(statistics["n"].max())
    caption = (
        f"Table 2. GTVr against GTV-GTVr: the paper's {len(SEVEN_FEATURES)} features, and what is"
        f" significant here (n = {n})"
    )
    return Table(header, rows, caption, _notes(data, statistics, size, excluded, notice))


def table2_row(row: tuple) -> list[str]:
    """The cells of one row of `table2_data`, a named tuple."""
    wilcoxon = row.test == "wilcoxon"
    effect = "rank_biserial" if wilcoxon else "dz"
    return [
        f"{row.feature}{' *' if row.significant is True else ''}",
        scientific_text(row.mean_difference),
        scientific_text(row.sd_difference),
        p_text(row.p) + ("^" if wilcoxon else ""),
        f"{MEASURES[effect]} {fixed_text(getattr(row, effect), 2)}",
        _interval_words(effect, getattr(row, f"{effect}_low"), getattr(row, f"{effect}_high")),
        row.size_mark if isinstance(row.size_mark, str) else "NA",
        scientific_text(row.paper_mean),
        scientific_text(row.paper_sd),
        row.paper_p + ("^" if row.paper_test == "wilcoxon" else "")
        if isinstance(row.paper_p, str)
        else "NA",
        p_text(row.paper_p_recomputed),
    ]


def _interval_words(effect, low, high):
    if effect == "rank_biserial" and low == high:
        return "one sign in all"
    return "too wide" if high - low > WIDE[effect] else interval_text(low, high)


def _notes(data, statistics, size, excluded, notice):
    first, simulated = statistics.iloc[0], bool(data["simulated"].all())
    marked = statistics.loc[statistics["significant"], ["feature"]].merge(size, on="feature")
    notes = [
        f"{notice}." if notice else "",
        _with_stop(small_cohort_warning(int(statistics["n"].max()), first["threshold"])),
        f"* significant: p < {first['threshold']:.5f} (Bonferroni, {first['n_tests']} tests). Differences are recurrent"
        " minus non-recurrent. p of the paired t-test unless marked; ^ Wilcoxon signed-rank test, where the differences"
        " are not normal (Shapiro-Wilk).",
        "Effect size: dz = mean/SD of the differences; rank-biserial = of the ranks, -1 to 1, on rows marked ^. 95 % CI: too wide"
        f" = wider than {WIDE['dz']:g} (dz) or {WIDE['rank_biserial']:g} (rank-biserial), as from a huge effect to its"
        " opposite, or half of what there is: no information (table2.tsv has it); one sign in all = every patient's difference has the same"
        " sign, and then so has every bootstrap sample: no interval.",
        "Size: what the volumes of the two regions alone would give. size = the difference follows the volume ratio"
        " (Spearman), with this sign, and at equal volumes it cannot be told from zero; own = at equal volumes it still can;"
        " open = neither. A mark is a warning, no test; region volumes are in cohort/regions.tsv, the numbers in"
        f" cohort/size.tsv. {_marks_words(marked)}",
        "Akram: the row that Akram 2020 prints. recomputed: p of the paired t-test from the paper's printed mean and SD (n = 14); for GLSZM_LZE the"
        " paper used the Wilcoxon test, so it is not expected to agree there. NA: the paper prints no row.",
        found_here(data, statistics, "simulated" if simulated else "user"),
        out_words(excluded),
    ]
    return [note for note in notes if note]


def _with_stop(words):
    return f"{words}." if words else ""


def _marks_words(marked):
    if marked.empty:
        return "No feature is significant here."
    counts = marked["size_mark"].value_counts()
    of = (
        "the significant feature" if len(marked) == 1 else f"the {len(marked)} significant features"
    )
    words = ", ".join(f"{counts.get(mark, 0)} {mark}" for mark in ("size", "own", "open"))
    return f"Marks of {of}: {words}."


# Whose patients a cohort is, in the words of the generated paragraph.
_WHOSE = {"simulated": "simulated patients", "user": "patients of another cohort"}


def found_here(beside: pd.DataFrame, statistics: pd.DataFrame, patients: str = "user") -> str:
    """The paragraph under Table 2: which of the paper's seven are found here, and with which sign.

    Parameters
    ----------
    beside : DataFrame
        Of ``akram2020.beside_ours``, with or without further columns.
    statistics : DataFrame
        Of ``comparison.compare_regions``, what it was made from.
    patients : {"user", "simulated"}
        Whose patients they are.

    Raises
    ------
    ValueError
        Another value of ``patients``, or an empty table.
    """
    if patients not in _WHOSE:
        raise ValueError(f"patients is {patients!r}, expected {' or '.join(_WHOSE)}")
    if statistics.empty:
        raise ValueError("no statistics: the table has 0 features")
    of_paper = beside["feature"].isin(SEVEN_FEATURES)
    seven, others = beside[of_paper], beside[~of_paper]
    found = seven["significant"].eq(True)
    same = seven[found & seven["same_sign"].eq(True)]
    opposite = seven[found & ~seven["same_sign"].eq(True)]
    sentences = [
        f"Of the {len(SEVEN_FEATURES)} features significant in Akram 2020, {found.sum()} "
        f"{'is' if found.sum() == 1 else 'are'} significant in this cohort"
        f" (n = {statistics['n'].max()}, p < {statistics['threshold'].iloc[0]:.5f})."
    ]
    if len(same):
        sentences.append(f"With the paper's sign: {_signed(same)}.")
    if len(opposite):
        sentences.append(f"With the opposite sign: {_signed(opposite)}.")
    if not found.all():
        sentences.append(
            f"Not found: {', '.join(_missed(row) for row in seven[~found].itertuples())}."
        )
    if len(others):
        sentences.append(f"Significant here and not in the paper: {_signed(others)}.")
    sentences.append(
        f"These are {_WHOSE[patients]}, not the paper's 14: their means, SDs and p are not expected to "
        "equal the printed ones, and agreement or disagreement neither confirms nor refutes the paper."
    )
    return " ".join(sentences)


def _signed(rows):
    signs = np.where(rows["mean_difference"] > 0, "higher", "lower")
    return ", ".join(
        f"{name} ({sign} in the recurrent region)"
        for name, sign in zip(rows["feature"], signs, strict=True)
    )


def _missed(row):
    if pd.isna(row.p):
        return f"{row.feature} ({row.note if isinstance(row.note, str) and row.note else 'not in this table'})"
    direction = "higher" if row.mean_difference > 0 else "lower"
    return f"{row.feature} ({direction}, p {p_words(row.p)})"
