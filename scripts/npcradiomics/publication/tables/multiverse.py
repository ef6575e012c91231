"""Table 5: what the conclusion on every feature comes to over all universes."""

import pandas as pd

from npcradiomics.multiverse.conclusions import rule_words, words_by_feature
from npcradiomics.multiverse.design import axis_words, universe_words
from npcradiomics.publication.tables.formats import Table
from npcradiomics.rounding import count_text, fixed_text, p_text, percent_text
from npcradiomics.spatial_null.verdict import TEXTURE

HEADER = [
    "Feature", "Universes", "Path's sign", "Significant", "Called texture", "dz of the path",
    "dz, lowest to highest", "Moved most by", "Share of variance", "p of the median dz",
    "p of the share significant", "p of the strongest, all together", "In one word",
]  # fmt: skip


def table5(
    features: pd.DataFrame,
    universes: pd.DataFrame,
    sentences: list[str],
    *,
    alpha: float,
    notice: str,
    icc: pd.DataFrame | None = None,
) -> Table:
    """Table 5 as text cells. The caption begins with the sentence on the whole cohort.

    Parameters
    ----------
    features, universes : DataFrame
        Of ``multiverse.comparison.compare_universes``.
    sentences : list of str
        Its sentences.
    alpha : float
        Level of the families.
    notice : str
        Words of ``notices.cohort_notice``.
    icc : DataFrame, optional
        Of ``statistics.repeatability.repeatability_of_regions``: a column more per region.
    """
    first, *others = sentences
    caption = f"{first} Table 5. What the conclusion on each feature depends on"
    notes = [
        f"{notice}." if notice else "",
        *others,
        "A universe is one path through the choices that the paper leaves open (cohort/multiverse_universes.tsv).",
        "Path's sign: share of universes whose dz has the sign it has on the study's own path;"
        f" significant: by the universe's own test; called {TEXTURE}: verdict of Table 3 in that universe.",
        "Moved most by: the axis with the largest share of the variance of dz over universes"
        " (variance components of the axes as random factors).",
        "p of the median dz, of the share significant: how often recombined cohorts, in which every patient is one of"
        f" the draws in all universes at once, go as far (n = {count_text(features['n_drawn'].max())});"
        " p of the strongest: the largest z of the feature among those of all features and universes (family-wise).",
        f"In one word: {rule_words(alpha)}",
        *_inert(universes, len(features)),
        *_missing(universes),
    ]
    words = words_by_feature(features)
    rows = [[*_row(row), words[row.feature]] for row in features.itertuples()]
    header = list(HEADER)
    if icc is not None:
        regions = list(dict.fromkeys(icc["region"]))
        header += [f"ICC(1,1); ICC(3,1), {region.replace('_', '-')}" for region in regions]
        cells = {(row.feature, row.region): _icc_words(row) for row in icc.itertuples()}
        for row, name in zip(rows, features["feature"], strict=True):
            row += [cells.get((name, region), "NA") for region in regions]
        notes.append(
            "ICC: of perturbed examinations, with 95 % intervals (cohort/icc.tsv); ^ ICC(1,1) below the least of the config."
        )
    return Table(header, rows, caption, [note for note in notes if note])


def _icc_words(row):
    words = [
        f"{fixed_text(value, 2)} ({fixed_text(low, 2)} to {fixed_text(high, 2)})"
        for value, low, high in (
            (row.icc_1_1, row.icc_1_1_low, row.icc_1_1_high),
            (row.icc_3_1, row.icc_3_1_low, row.icc_3_1_high),
        )
    ]
    return "; ".join(words) + ("^" if row.marked else "")


def _row(row):
    moved = isinstance(row.axis, str) and row.axis
    return [
        row.feature,
        count_text(row.n_universes),
        percent_text(row.share_sign),
        percent_text(row.share_significant),
        percent_text(row.share_texture),
        fixed_text(row.dz_path, 2),
        f"{fixed_text(row.dz_lowest, 2)} to {fixed_text(row.dz_highest, 2)}",
        axis_words(row.axis) if moved else "nothing",
        percent_text(row.axis_share if moved else None),
        p_text(row.p_median),
        p_text(row.p_share),
        p_text(row.p_curve),
    ]


def _inert(universes, n_features):
    """Which universes are equal to the path, by measurement."""
    measured = universes[(universes["n"] > 0) & (universes["universe"] != "path")]
    whole = measured[measured["n_equal_features"] == n_features]
    part = measured[measured["n_equal_features"].between(1, n_features - 1)]
    sentences = []
    if len(whole):
        sentences.append(
            f"Measured as on the path in all {n_features} features of all patients measured: {', '.join(map(universe_words, whole['universe']))}."
        )
    if len(part):
        words = (
            f"{universe_words(row.universe)} ({row.n_equal_features})" for row in part.itertuples()
        )
        sentences.append(f"Measured as on the path in so many features: {', '.join(words)}.")
    return sentences


def _missing(universes):
    """Which universes nobody or not everybody could be measured in, and which were left out."""
    most = universes["n"].max()
    return [
        f"Universe {universe_words(row.universe)}: {count_text(row.n)} of {count_text(most)} patients ({row.note})."
        for row in universes[universes["n"] < most].itertuples()
    ]
