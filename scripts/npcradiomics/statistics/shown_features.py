"""Which features the figures and the components are about: the significant ones, or the paper's seven."""

import pandas as pd

from npcradiomics.statistics.akram2020 import SEVEN_FEATURES


def select_features(statistics: pd.DataFrame) -> tuple[list[str], str]:
    """Features to show, and a sentence where they are not simply the significant ones.

    With fewer than two significant features there is nothing to correlate or to decompose, so the
    paper's seven take their place (with the one that is significant).

    Parameters
    ----------
    statistics : DataFrame
        Of comparison.compare_regions.

    Returns
    -------
    names : list of str
        In the order of the statistics; a feature without a test (constant, missing) is left out.
    sentence : str
        Or "".
    """
    tested = statistics[statistics["p"].notna()]
    significant = list(tested.loc[tested["significant"], "feature"])
    if len(significant) >= 2:
        return significant, ""
    shown = [name for name in tested["feature"] if name in SEVEN_FEATURES or name in significant]
    found = f"Only {significant[0]} is significant" if significant else "No feature is significant"
    threshold = f"p < {statistics['threshold'].iloc[0]:.3g}"
    also = " also" if significant else ""
    return shown, f"{found} ({threshold}); shown are{also} the features of Akram 2020, Table 2"


def significant_and_paper(statistics: pd.DataFrame) -> list[str]:
    """The significant features and the paper's seven, in the order of the statistics."""
    shown = statistics["significant"] | statistics["feature"].isin(SEVEN_FEATURES)
    return list(statistics.loc[shown, "feature"])
