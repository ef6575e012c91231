"""The heterogeneity study's answer in the words of a clinician, each by a rule of docs/report.md from the study's own tables."""

from typing import NamedTuple

import pandas as pd

from npcradiomics.publication.methods.text import count
from npcradiomics.rounding import fixed_text, p_words, percent_text
from npcradiomics.spatial_null.verdict import (
    DOSE,
    GEOMETRY,
    TEXTURE,
    control_sentence,
    dose_sentence,
    few_sentence,
)

QUESTION = "Was the part of the tumour that came back different on the MRI before treatment?"
# Whether the answer can be believed, not what it is; the rule of each is in docs/report.md.
GREEN, AMBER, RED = "green", "amber", "red"
LIGHTS = {
    GREEN: "No check speaks against it",
    AMBER: "To be read with care",
    RED: "Not to be relied on",
}
NAMED = 3  # features named in the sentence, the surest first
BY_RULE = (
    "exclude",
    "in_field",
    "registration",
)  # out on purpose; any other rule is a step that failed


class Answer(NamedTuple):
    """What stands first on a study's report.

    sentences: the answer; against: what speaks against it, a sentence each; light: a key of LIGHTS.
    """

    sentences: list[str]
    against: list[str]
    light: str


class Null(NamedTuple):
    """features and controls of ``spatial_null.comparison``; match: a key of the config."""

    features: pd.DataFrame
    controls: pd.DataFrame
    match: str


def heterogeneity_answer(
    statistics: pd.DataFrame,
    null: Null | None,
    excluded: pd.DataFrame,
    doubtful: list[str],
    holding: set[str] | None = None,
) -> Answer:
    """The answer, what speaks against it, and the light.

    Parameters
    ----------
    statistics : DataFrame
        Of ``comparison.compare_regions``.
    null : Null or None
        None where texture or size was not asked.
    excluded : DataFrame
        patient, rule, reason of everybody who is not in the statistics.
    doubtful : list of str
        Patients in the statistics whose registration is not beyond doubt.
    holding : set of str or None
        Features whose word is *holds* (Table 5); None where they were not made.
    """
    n, n_features = int(statistics["n"].max()), len(statistics)
    alpha = float(statistics["threshold"].iloc[0] * statistics["n_tests"].iloc[0])
    failed = list(excluded.loc[~excluded["rule"].isin(BY_RULE), "patient"])
    first = _difference(statistics, n, n + len(excluded), failed, alpha)
    drawn = n if null is None else int(null.features["n"].max())
    few = bool(few_sentence(drawn or n, n_features, alpha))
    shape = place = None
    if null is not None:
        is_dose = null.controls["covariate"] == DOSE
        shape, place = (null.controls[which].to_dict("records") for which in (~is_dose, is_dose))
    unfit = bool(shape) and bool(control_sentence(shape, alpha, null.match))
    colder = bool(place) and bool(dose_sentence(place, alpha))
    if few:
        second = f"{count(n, 'patient')} are too few to tell: what is found holds for these tumours alone."
    elif null is None:
        second = "Whether a difference is texture or only size was not asked."
    elif not drawn:
        second = "Texture or only size cannot be told: no other region of the recurrence's size fits into any of these tumours."
    elif unfit:
        second = "Texture or only size cannot be told here."
    else:
        second = _texture_or_size(null.features, statistics, n, alpha)
    told = null is not None and not (few or unfit)
    texture = (
        list(null.features.loc[null.features["verdict"] == TEXTURE, "feature"]) if told else []
    )
    n_texture = len(texture)
    hanging = [] if holding is None else [name for name in texture if name not in holding]
    red = [
        (few, "Too few patients."),
        (not drawn, "There is nothing to compare the recurrences with."),
        (unfit, "The regions drawn for comparison do not lie or look like the recurrences."),
    ]
    amber = [
        (
            colder,
            "Recurrences lie where the dose was lower: texture is not the only explanation.",
        ),
        (null is None, "Whether size alone explains it was not asked."),
        (failed, f"{count(len(failed), 'patient')} missing because a step failed."),
        (doubtful, _doubtful(doubtful, n)),
        (
            hanging,
            f"{len(hanging)} of the {n_texture} called texture {'does' if len(hanging) == 1 else 'do'} not hold over the"
            " choices of the analysis (Table 5).",
        ),
    ]
    return judged([first, second], red, amber)


def judged(sentences: list[str], red: list[tuple], amber: list[tuple]) -> Answer:
    """The answer with what holds against it; the worst of that is the light.

    Parameters
    ----------
    sentences : list of str
        The answer.
    red, amber : list of tuple
        Whether it holds, and its words.
    """
    held = {
        light: [words for holds, words in found if holds]
        for light, found in ((RED, red), (AMBER, amber))
    }
    light = next((light for light, words in held.items() if words), GREEN)
    return Answer(sentences, [*held[RED], *held[AMBER]], light)


def _difference(statistics, n, n_table, failed, alpha):
    n_features, significant = len(statistics), int(statistics["significant"].sum())
    who = f"In {n} of {n_table} patients" if n < n_table else f"In {n} patients"
    who += f" ({len(failed)} missing because a step failed)" if failed else ""
    what = "of the MRI before treatment"
    between = "between the part of the tumour that came back and the rest of it"
    sure = f"(risk of even one by chance {percent_text(alpha)})"
    if not significant:
        return f"{who}, none of {n_features} features {what} differs {between} {sure}."
    verb = "differs" if significant == 1 else "differ"
    return f"{who}, {significant} of {n_features} features {what} {verb} {between} {sure}."


def _texture_or_size(features, statistics, n, alpha):
    together = f"over all {len(features)} together"
    texture = features[features["verdict"] == TEXTURE]
    significant = int(statistics["significant"].sum())
    size = int((features["verdict"] == GEOMETRY).sum())
    if len(texture):
        worst = float(texture[["p_maxt", "surrogate_p_maxt"]].max(axis=1).max())
        beyond = int((~texture["feature"].isin(statistics.query("significant")["feature"])).sum())
        also = (
            f"; {beyond} of them not by the paper's test, which this does not ask" if beyond else ""
        )
        more = f"; {size} of the others {_are(size)} explained by size or shape" if size else ""
        return (
            f"It is texture, not only size, in {count(len(texture), 'feature')} ({_named(texture)}{also}): further apart than regions"
            f" of the same size in the same tumours, and than random texture (p {p_words(worst)}"
            f" {'or less ' if len(texture) > 1 else ''}{together}){more}."
        )
    if size and size == significant:
        return (
            "This is size or shape, not texture: regions of the same size drawn elsewhere in the same tumours differ"
            f" as much (p above {alpha:g} {'for each' if size > 1 else 'alone'})."
        )
    if significant:
        return (
            f"None is shown to be texture: {size} {_are(size)} explained by size or shape, {significant - size}"
            f" {_are(significant - size)} not decided."
        )
    smallest = float(features["p_maxt"].min())
    return (
        f"Nor is it unlike regions of the same size in the same tumours (smallest p {p_words(smallest)} {together}). No proof"
        f" that there is no difference: with {n} patients four of five studies find a difference only from"
        f" {_found(n, alpha / len(features))} SD on."
    )


def _found(n, threshold):
    """Paired difference, in its SDs, that a t-test of n pairs finds with a power of 80 %."""
    from statsmodels.stats.power import TTestPower  # a second of import that few reports need

    return fixed_text(TTestPower().solve_power(nobs=n, alpha=threshold, power=0.8), 1)


def _named(features):
    surest = features.assign(worst=features[["p_maxt", "surrogate_p_maxt"]].max(axis=1))
    surest = surest.sort_values("worst", kind="stable")
    words = [
        f"{row.feature} {'higher' if row.mean_difference > 0 else 'lower'}"
        for row in surest.head(NAMED).itertuples()
    ]
    more = len(surest) - NAMED
    return ", ".join(words) + (f" and {more} more" if more > 0 else "")


def _doubtful(patients, n):
    if not patients:
        return ""
    names = ", ".join(patients[:NAMED])
    more = f" and {len(patients) - NAMED} more" if len(patients) > NAMED else ""
    return (
        f"The registration of {len(patients)} of {n} patients is not beyond doubt ({names}{more})."
    )


def _are(n):
    return "is" if n == 1 else "are"
