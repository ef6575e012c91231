"""Table 3: the paper's test, the size-matched spatial null, the surrogate null and the verdict, for every feature."""

import pandas as pd

from npcradiomics.cohort.sequences import label_of
from npcradiomics.publication.tables.formats import Table
from npcradiomics.rounding import (
    count_text,
    fixed_text,
    p_text,
    p_words,
    percent_text,
    scientific_text,
)
from npcradiomics.spatial_null.verdict import DOSE, TEXTURE, VERDICTS, caveats, rule_words


def table3(
    features: pd.DataFrame,
    controls: pd.DataFrame,
    patients: pd.DataFrame,
    warnings: list[str],
    *,
    alpha: float,
    match: str,
    n_tests: int,
    notice: str,
) -> Table:
    """Table 3 as text cells. The caption begins with the first warning.

    Parameters
    ----------
    features, controls, patients : DataFrame
        Of ``spatial_null.comparison.compare_with_null``; features without the column `sequence`
        where there is one only.
    warnings : list of str
        Its sentences, the most important one first.
    alpha : float
        Family-wise level.
    match : str
        How draws were matched, a key of the config.
    n_tests : int
        Of the paper's Bonferroni rule.
    notice : str
        Words of ``notices.cohort_notice``.
    """
    sequences = list(dict.fromkeys(features["sequence"])) if "sequence" in features else []
    has_large = features["p_without_large"].notna().any()
    together = f"all {len(features)}"
    header = [
        "Feature",
        *["Sequence"] * bool(sequences),
        "n",
        "Mean difference",
        "Paper: p",
        "Size-matched: z",
        "Size-matched: p",
    ]
    header += [f"Size-matched: p, {together} together", "Size-matched: p of t"]
    header += ["Size-matched: p, small GTVr only"] if has_large else []
    header += ["Random texture: p", f"Random texture: p, {together} together"]
    header += ["Size alone gives", "Verdict"]
    rows = [_row(row, has_large) for row in features.itertuples()]
    first, *others = warnings or [""]
    caption = (
        f"Table 3. Texture or size: the {len(features)} features{_in_words(sequences)} against regions of the same size"
        f" drawn in the same tumours (n = {count_text(features['n'].max())})"
    )
    return Table(
        header,
        rows,
        f"{first} {caption}" if first else caption,
        _notes(
            features,
            controls,
            patients,
            others,
            has_large,
            alpha=alpha,
            match=match,
            n_tests=n_tests,
            notice=notice,
        ),
    )


def counts_words(features: pd.DataFrame) -> str:
    """How many features have each verdict, and which are texture: one sentence."""
    counts = features["verdict"].value_counts()
    texture = features.loc[features["verdict"] == TEXTURE, "feature"]
    if "sequence" in features:
        texture = features.loc[texture.index, "sequence"].map(label_of) + " " + texture
    names = f" ({', '.join(texture)})" if len(texture) else ""
    words = [f"{counts.get(word, 0)} {word}{names if word == TEXTURE else ''}" for word in VERDICTS]
    features_words = "feature" if len(features) == 1 else "features"
    return f"Of {len(features)} {features_words}: {', '.join(words)}."


def patient_notes(patients: pd.DataFrame, match: str) -> list[str]:
    """The caveats with the cohort's own numbers, from the table of patients."""
    words = ["reason", "pieces"]  # from a file, an empty text is a missing number
    records = (
        patients.astype(dict.fromkeys(words, object))
        .fillna(dict.fromkeys(words, ""))
        .to_dict("records")
    )
    return caveats(records, surrogates=bool((patients["n_surrogates"] > 0).any()), match=match)


def _row(row, has_large):
    cells = [
        f"{row.feature}{' *' if row.paper_significant else ''}",
        *([label_of(row.sequence)] if "sequence" in row._fields else []),
        count_text(row.n),
        scientific_text(row.mean_difference),
        p_text(row.paper_p) + ("^" if row.paper_test == "wilcoxon" else ""),
        fixed_text(row.statistic, 2),
        p_text(row.p),
        p_text(row.p_maxt),
        p_text(row.t_p_null),
    ]
    cells += [p_text(row.p_without_large)] if has_large else []
    cells += [
        p_text(row.surrogate_p),
        p_text(row.surrogate_p_maxt),
        _share_words(row.share_reproduced),
        row.verdict,
    ]
    return cells


def _in_words(sequences):
    return f" of {', '.join(map(label_of, sequences))} (one family)" if sequences else ""


def _dose_words(row):
    return (
        f"Dose: mean {fixed_text(row['mean_observed'], 1)} % of the prescription in GTVr and"
        f" {fixed_text(row['mean_draws'], 1)} % in the drawn regions, p {p_words(row['p_maxt'])} (n = {row['n']}; a family of"
        " its own, no verdict depends on it)."
    )


def _share_words(share):
    # Beyond 0-100 % the number is no share but the size of what it is divided by; the tsv has it.
    return ">100 %" if share > 1 else percent_text(share if share >= 0 else None)


def _notes(features, controls, patients, warnings, has_large, *, alpha, match, n_tests, notice):
    matched = " at the same depth in the tumour (quartiles)" if match == "depth" else ""
    tested = controls[controls["p_maxt"].notna() & (controls["covariate"] != DOSE)]
    held = (
        ""
        if tested.empty
        else f"; the smallest family-wise p of the {len(tested)} that could be tested is {p_text(tested['p_maxt'].min())}"
    )
    notes = [
        f"{notice}." if notice else "",
        *warnings,
        counts_words(features),
        rule_words(alpha),
        f"* significant by the paper's test: p < {alpha / n_tests:.5f} (Bonferroni, {n_tests} tests).",
        "Mean difference: GTVr inside the GTV minus the rest of the GTV, as it is drawn.",
        "Paper: p of Table 2 (paired t-test, ^ Wilcoxon signed-rank test); of all of GTVr, unless the settings say otherwise.",
        f"Size-matched: against regions of the recurrence's size drawn in the same tumours{matched}.",
        "z: how many SDs the cohort's difference lies from that of these regions; p: how often chance goes as far.",
        f"p, all {len(features)} together: how often the most extreme of {len(features)} features would go as far (family-wise).",
        "p of t: the same regions, with the paper's paired t in place of z.",
        *(
            ["small GTVr only: without patients whose GTVr is more than half of the GTV."]
            if has_large
            else []
        ),
        "Random texture: the true regions in random images with each tumour's histogram and spatial covariance.",
        "Size alone gives: mean difference of size-matched regions / observed one; NA where they have opposite signs.",
        "Negative controls (shape and place of GTVr among the drawn regions) are in Fig 8"
        + held
        + ".",
        *map(_dose_words, controls[controls["covariate"] == DOSE].to_dict("records")),
        *patient_notes(patients, match),
    ]
    return [note for note in notes if note]
