"""The sentences and the table in which a model is reported: what must stand beside every figure."""

import pandas as pd

from npcradiomics.publication.tables.formats import Table
from npcradiomics.response.clinical import RESPONSES
from npcradiomics.rounding import fixed_text, interval_text, p_text, p_words, percent_text

_FIGURES = {
    "auc": "AUC",
    "brier": "Brier score",
    "slope": "calibration slope",
    "intercept": "calibration intercept",
}


def sentence_of(model: dict) -> str:
    """What every figure of this model must say ("" if nothing): nothing kept, or no logistic regression."""
    if model["score_from"] == "intercept":
        return model["notes"][0]
    return "; ".join(note for note in model["notes"] if note.startswith("no logistic regression"))


def areas_table(performance: pd.DataFrame, summary: pd.DataFrame) -> pd.DataFrame:
    """The areas on training, corrected, nested and validation.

    Parameters
    ----------
    performance, summary : DataFrame
        cohort/performance.tsv and cohort/validation.tsv.

    Returns
    -------
    DataFrame
        label, auc, low, high; nested: mean -+ 2 SD of repetitions.
    """
    sets = performance.set_index("set")
    area = summary.set_index("figure").loc["auc"]
    shift = area["optimism"]
    train, validation = sets.loc["train"], sets.loc["validation"]
    spread = 2 * area["nested_sd"]
    rows = [
        ("training (apparent)", train["auc"], train["auc_low"], train["auc_high"]),
        (
            "training, optimism corrected",
            area["corrected"],
            train["auc_low"] - shift,
            train["auc_high"] - shift,
        ),
        (
            "training, nested CV",
            area["nested_mean"],
            area["nested_mean"] - spread,
            area["nested_mean"] + spread,
        ),
        ("validation set", validation["auc"], validation["auc_low"], validation["auc_high"]),
    ]
    return pd.DataFrame(rows, columns=["label", "auc", "low", "high"])


def performance_table(
    performance: pd.DataFrame, summary: pd.DataFrame, report: dict, model: dict, notice: str
) -> Table:
    """The four figures apparent, corrected, nested and on validation; rates, p and notes below.

    Parameters
    ----------
    performance, summary : DataFrame
        cohort/performance.tsv and cohort/validation.tsv.
    report, model : dict
        cohort/validation.json and cohort/model.json.
    notice : str
        Words of ``notices.cohort_notice``.
    """
    validation = performance.set_index("set").loc["validation"]
    rows = [
        [
            _FIGURES[row.figure],
            fixed_text(row.apparent, 3),
            fixed_text(row.optimism, 3),
            fixed_text(row.corrected, 3),
            f"{fixed_text(row.nested_mean, 3)} ± {fixed_text(row.nested_sd, 3)}",
            fixed_text(validation[row.figure], 3),
        ]
        for row in summary.itertuples()
    ]
    notes = [*map(_rates, performance.to_dict("records"))]
    notes.append(
        f"Labels shuffled {report['permutations']} times: nested AUC {fixed_text(report['permuted_nested_auc_mean'], 3)} on"
        f" average, p {p_words(report['nested_auc_p'])}; training AUC"
        f" {fixed_text(report['permuted_training_auc_median'], 3)} in the median, p {p_words(report['training_auc_p'])}."
    )
    notes += [f"{note[0].upper()}{note[1:]}." for note in model["notes"]]
    for column, words in (
        ("nested_undefined", "nested repetitions"),
        ("bootstrap_undefined", "bootstrap samples"),
    ):
        missing = int(summary.set_index("figure").loc["slope", column])
        if missing:
            notes.append(
                f"No calibration slope in {missing} {words} (nothing kept, or perfect separation)."
            )
    header = ["", "training", "optimism", "corrected", "nested CV (mean ± SD)", "validation"]
    caption = f"Performance of the rad-score ({len(model['features'])} features, score: {model['score_from']})."
    return Table(header, rows, caption, [*notes, *_sentence(notice)])


def clinical_footnotes(notice: str) -> list[str]:
    """What stands below Tables 1 and 2."""
    tests = (
        "Mean ± SD, pooled t-test; counts, chi-square without Yates' correction, as in the paper."
    )
    return [tests, *_sentence(notice)]


def _sentence(notice):
    return [f"{notice}."] if notice else []


def _rates(row):
    words = [
        f"{kind} {row[f'{kind}_k']}/{row[f'{kind}_n']} = {percent_text(row[kind], 1)}"
        f" ({interval_text(100 * row[f'{kind}_low'], 100 * row[f'{kind}_high'], 1)})"
        for kind in ("sensitivity", "specificity")
    ]
    auc = f"AUC {fixed_text(row['auc'], 3)} (95 % CI {interval_text(row['auc_low'], row['auc_high'], 3)})"
    name = "Training" if row["set"] == "train" else "Validation"
    return f"{name} set: {auc}; {', '.join(words)} at the threshold of the training set."


def printed_table(
    compared: pd.DataFrame,
    n_effective: int,
    n_ineffective: int,
    labels: dict[str, str],
    caption: str,
    footnotes: list[str],
) -> Table:
    """The table as the paper prints it: label, both groups, t or chi-square, p, missing.

    Parameters
    ----------
    compared : DataFrame
        Of ``clinical.compare_groups``.
    n_effective, n_ineffective : int
        Patients of each group.
    labels : dict
        Column to printed label.
    caption, footnotes : str, list of str
        What stands above and below.
    """
    groups = [f"Effective (n={n_effective})", f"Ineffective (n={n_ineffective})"]
    header = ["", *groups, "t or chi-square", "p", "missing"]
    rows = []
    for column, part in compared.groupby("column", sort=False):
        first = part.iloc[0]
        tested = [fixed_text(abs(first["statistic"]), 3), p_text(first["p"]), str(first["missing"])]
        label = labels.get(column, column)
        if first["kind"] == "number":
            cells = [
                f"{fixed_text(first[f'{r}_mean'], 2)} ± {fixed_text(first[f'{r}_sd'], 2)}"
                + (f" (n={first[f'{r}_n']})" if first["missing"] else "")
                for r in RESPONSES
            ]
        else:
            cells = [" / ".join(str(n) for n in part[f"{r}_n"]) for r in RESPONSES]
            label = f"{label} ({' / '.join(part['category'])})"
        rows.append([label, *cells, *tested])
    said = ["No clinical columns (key clinical_columns)."] * (not rows)
    return Table(header, rows, caption, [*said, *footnotes])
