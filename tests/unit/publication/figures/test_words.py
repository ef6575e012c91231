"""Every figure with long names, one patient, many patients, sentences and missing patients: no words cut or overprinted."""

import dataclasses

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import null_example
import placements_example
from figure_on_paper import check_print, drawn_words
from npcradiomics.features.definitions import DEFINITIONS, FEATURES
from npcradiomics.publication.figures import (
    boxes,
    calibration,
    components,
    correlations,
    histograms,
    patient,
    placements,
    radscore,
    ranks,
    roc,
    spatial_null,
    style,
    validation,
)
from npcradiomics.publication.notices import SIMULATED_NOTE, cohort_notice
from npcradiomics.spatial_null.comparison import compare_with_null
from npcradiomics.spatial_null.verdict import GEOMETRY
from npcradiomics.statistics.akram2020 import SEVEN_FEATURES

SENTENCE = "Only GLRLM_LRHGE is significant (p < 0.00106); shown are also the features of Akram 2020, Table 2"
LONG = "KLINIKUM-GROSSHADERN-RADIOLOGIE-{:06d}"  # 38 letters, all wide
UNLIKE = ["Hohenlohe", "Waldenburg", "Bartholomae", "Oettingen", "Schwarzenberg", "Mecklenburg"]
NAMES = {
    "longest title": lambda k: f"WALDMANNMO-{k:05d}",  # 16 letters: a panel shows them whole
    "long": LONG.format,
    "unlike": lambda k: f"{UNLIKE[k % 6]}-{k:05d}-{UNLIKE[k % 5]}-{UNLIKE[k % 4]}",
}
RNG = np.random.default_rng(5)


@pytest.fixture(autouse=True)
def _alone():
    """Each test draws its own numbers, whatever ran before it."""
    global RNG
    RNG = np.random.default_rng(5)
    yield
    plt.close("all")


@pytest.fixture(params=NAMES)
def name(request):
    """Names by number; short ones are in the tests of each figure."""
    return NAMES[request.param]


def notice_of(names):
    return cohort_notice(True, len(names) + 3, dict.fromkeys(names[:3], "register_recurrence"))


@pytest.mark.parametrize("n", [1, 7, 60, 300])
def test_histograms(name, n):
    names, edges = [name(k) for k in range(n)], np.linspace(0, 255, 41)
    bars = {"intensity_low": edges[:-1], "intensity_high": edges[1:]}
    table = pd.concat(
        pd.DataFrame(bars | {"patient": one, "region": region, "share": RNG.dirichlet(np.ones(40))})
        for one in names
        for region in style.REGION_COLOURS
    )
    check_print(histograms.plot_histograms(table, notice_of(names)))


@pytest.mark.parametrize(("k", "sentence"), [(2, ""), (8, SENTENCE), (9, ""), (21, SENTENCE), (47, "")])  # fmt: skip
def test_correlations(k, sentence):
    shown = sorted(FEATURES, key=len, reverse=True)[:k]
    r = np.corrcoef(RNG.normal(size=(k, 9)))
    table = pd.DataFrame(
        {"feature_a": a, "feature_b": b, "r": r[i, j], "p": abs(1 - r[i, j])}
        for i, a in enumerate(shown)
        for j, b in enumerate(shown)
    )
    check_print(correlations.plot_correlations(table, sentence, notice_of([LONG] * 5)))


@pytest.mark.parametrize(("k", "n", "sentence"), [(1, 3, ""), (2, 14, SENTENCE), (7, 1, SENTENCE), (7, 300, ""), (47, 14, "")])  # fmt: skip
def test_boxes(k, n, sentence):
    longest = sorted(DEFINITIONS, key=lambda d: len(d.feature) + len(d.unit), reverse=True)[:k]
    table = pd.DataFrame(
        {"feature": d.feature, "unit": d.unit, "test": "wilcoxon", "p": 0.0123, "patient": f"P{p}",
         "region": region, "value": RNG.lognormal() * 10.0 ** (i % 9 - 5)}
        for i, d in enumerate(longest)
        for p in range(n)
        for region in style.REGION_COLOURS
    )  # fmt: skip
    for page in boxes.plot_boxes(table, sentence, notice_of([LONG] * 5)):
        check_print(page)


@pytest.mark.parametrize(("n", "sentence"), [(1, ""), (14, SENTENCE), (300, SENTENCE)])
def test_components(name, n, sentence):
    table = pd.DataFrame(
        {"patient": name(k), "region": region, "PC1": RNG.normal(), "PC2": RNG.normal()}
        for k in range(n)
        for region in style.REGION_COLOURS
    ).assign(PC1_share=0.71, PC2_share=0.12)
    names = [name(k) for k in range(n)]
    check_print(components.plot_components(table, sentence, notice_of(names)))


@pytest.fixture(scope="module")
def compared():
    return compare_with_null(*null_example.cohort(5, n_draws=19), n_recombinations=200, seed=3)


@pytest.mark.parametrize(("names", "sentence"), [(["Intensity_Hyperskewness"], SENTENCE), (list(SEVEN_FEATURES), SENTENCE), (FEATURES, "")])  # fmt: skip
def test_nulls(compared, names, sentence):
    features = compared.features.assign(verdict=GEOMETRY)
    panels = spatial_null.null_panels(features, compared.distribution, list(names))
    for page in spatial_null.plot_null(*panels, sentence, notice_of([LONG] * 5)):
        check_print(page)


def test_controls(compared):
    panels = spatial_null.control_panels(compared.controls, compared.distribution)
    check_print(spatial_null.plot_controls(*panels, notice_of([LONG] * 5)))


@pytest.mark.parametrize("n", [1, 4, 14, 60, 300])
def test_ranks(name, n):
    names = [name(k) for k in range(n)]
    table = pd.DataFrame(
        {"patient": one, "feature": feature, "rank": RNG.uniform()}
        for one in names
        for feature in FEATURES
    )
    verdicts = dict.fromkeys(FEATURES, GEOMETRY)
    check_print(ranks.plot_ranks(table, verdicts, notice_of(names)))


@pytest.mark.parametrize(
    ("kind", "shape"),
    [("longest title", (9, 30, 40)), ("long", (9, 60, 20)), ("unlike", (9, 20, 60))],
)
def test_pictures_of_a_patient(kind, shape):
    name = NAMES[kind]
    planning, gtv, gtvr = placements_example.images(shape)
    words = "100.0 % of GTVr's voxels inside the 95 % isodose"
    check_print(patient.plot_in_field(name(1), planning, gtvr, gtv, words, True))
    check_print(patient.plot_fusion(name(1), planning, planning, gtv, gtvr, True))
    draws = dataclasses.replace(placements_example.draws(shape), patient=name(1))
    check_print(placements.plot_placements(planning, gtv, draws, True))
    none = {"members": draws.members[:1], "covariates": draws.covariates[:1]}
    reason = "GTVr takes 83 % of the GTV, and no region of that size fits beside it more than once"
    draws = dataclasses.replace(draws, reason=reason, **none)
    check_print(placements.plot_placements(planning, gtv, draws, True))


# The longest of the study's 396 has offset 7.
LONGEST = [f"LongRunHighGreyLevelEmphasis_AllDirection_offset{k}_SD" for k in range(1, 31)]
RESPONSE_SENTENCE = (
    "no logistic regression: the 12 features kept separate the groups; the score is the LASSO's"
)


@pytest.mark.parametrize("sentence", ["", RESPONSE_SENTENCE])
@pytest.mark.parametrize("k", [0, 1, 3, 8, 9, 30])
def test_selection(k, sentence):
    names = LONGEST[: max(k, 1)]
    lambdas = np.geomspace(0.2, 0.002, 30)
    paths = pd.DataFrame(
        {"feature": one, "lambda": penalty, "coefficient": -0.411 * step, "selected": k > 0}
        for one in names
        for step, penalty in enumerate(lambdas)
    )
    curve = pd.DataFrame({"lambda": lambdas, "cvm": 1.0, "cvsd": 0.1, "n_features": range(30)})
    curve = curve.assign(mark="", used=False)
    curve.loc[12, ["mark", "used"]] = ["min", True]
    scores = pd.DataFrame({"set": ["train", "validation"] * 30, "effective": [0, 1, 1] * 20})
    scores = scores.assign(rad_score=RNG.normal(size=60))
    threshold = None if k == 0 else -0.2
    check_print(
        radscore.plot_selection(curve, paths, scores, threshold, "class", sentence, simulated=True)
    )


PERFORMANCE = pd.DataFrame(
    [
        {"set": name, "patients": 1096, "effective": 1032, "auc": 0.9, "auc_low": 0.8,
         "auc_high": 0.987, "sensitivity_k": 1026, "sensitivity_n": 1032, "sensitivity": 0.99,
         "sensitivity_low": 0.9, "sensitivity_high": 0.999, "specificity_k": 59,
         "specificity_n": 64, "specificity": 0.92, "specificity_low": 0.8,
         "specificity_high": 0.974, "brier": 0.107, "slope": -12.67, "slope_low": -10.29,
         "slope_high": 11.04, "intercept": -10.55, "in_the_large": -10.85,
         "hosmer_lemeshow_p": 0.3594}
        for name in ("train", "validation")
    ]
)  # fmt: skip


@pytest.mark.parametrize("sentence", ["", RESPONSE_SENTENCE])
def test_discrimination_and_calibration(sentence):
    curve = pd.DataFrame({"sensitivity": [1.0, 0.9, 0.0], "specificity": [0.0, 0.7, 1.0]})
    check_print(roc.plot_roc(curve, PERFORMANCE.iloc[0], sentence, simulated=True))
    points = pd.DataFrame({"probability": [0.0, 1.0], "observed": [0.1, 0.9], "low": 0, "high": 1})
    curves = pd.concat(points.assign(set=name) for name in PERFORMANCE["set"])
    scores = curves.assign(effective=[0, 1, 0, 1])
    check_print(calibration.plot_calibration(curves, scores, PERFORMANCE, sentence, simulated=True))


AREAS = pd.DataFrame(
    {"label": ["training (apparent)", "training, optimism corrected", "training, nested CV",
               "validation set"],
     "auc": [0.908, 0.818, 0.706, 0.868], "low": 0.6, "high": 0.99}
)  # fmt: skip
REPORT = {"permutations": 2000, "training_auc": 0.908, "nested_auc_of_one_repetition": 0.735}
REPORT |= {"nested_auc_p": 0.005, "training_auc_p": 0.0746}


def validation_figure(sentence):
    permuted = pd.DataFrame(RNG.uniform(0.3, 0.99, (2000, 2)), columns=["auc", "auc_training"])
    selection = pd.DataFrame({"feature": LONGEST[:12], "share": 0.9, "in_model": True})
    threshold = np.linspace(0.05, 0.95, 9)
    decision = pd.concat(
        pd.DataFrame({"curve": name, "threshold": threshold, "model": 0.49, "everyone": 0.2})
        for name in ("train", "nested", "validation")
    )
    return validation.plot_validation(
        AREAS, permuted, REPORT, selection, decision, sentence, simulated=True
    )


@pytest.mark.parametrize("sentence", ["", RESPONSE_SENTENCE])
def test_validation(sentence):
    check_print(validation_figure(sentence))


def test_the_two_nested_areas_of_the_validation_are_told_apart():
    figure = validation_figure("")
    words = [text for text, _ in drawn_words(figure)]
    assert "training, nested CV: 0.706" in words
    assert "AUC (nested CV: mean of its repetitions, ± 2 SD)" in words
    assert "observed: one nested CV, 0.735" in words and "observed: training, 0.908" in words
    lines = [line for line in figure.axes[1].lines if line.get_label().startswith("observed")]
    assert [line.get_xdata()[0] for line in lines] == [0.735, 0.908]


def test_words_over_words_and_over_the_edge_are_found():
    figure, axis = style.new_figure(style.COLUMN_WIDTH, 2.0)
    style.say_notice(figure, SIMULATED_NOTE)
    check_print(figure)
    figure.legend([plt.Line2D([], [])], ["a legend"], loc="outside upper center")
    style.say_selection(figure, SENTENCE)
    with pytest.raises(AssertionError, match=r"one over the other.*a legend"):
        check_print(figure)
    axis.set_title(LONG * 3)
    with pytest.raises(AssertionError, match=r"over the edge.*KLINIKUM"):
        check_print(figure)
