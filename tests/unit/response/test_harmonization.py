"""ComBat against R's sva, and what it refuses."""

import json

import numpy as np
import pandas as pd
import pytest

from npcradiomics.response.harmonization import Harmonization, fit_combat

# sva 3.46.0 (R 4.2.2): t(ComBat(t(x), batch = batch, par.prior = TRUE)); 14 patients of A, 9 of B.
INPUT = """
-0.962 -1.666 -0.162 0.186 -0.651 -0.453
-0.293 -0.484 1.131 -0.031 1.054 0.014
0.259 -0.741 -0.456 0.467 -0.391 0.216
-1.152 1.161 -0.899 1.024 -0.071 0.189
0.196 1.012 0.727 0.267 -0.462 -0.05
0.03 -0.072 -0.809 0.232 0.541 -1.495
0.085 -1.137 0.267 0.748 0.932 0.368
1.117 0.901 -1.737 1.217 -0.209 0.517
-1.219 0.852 -1.411 0.383 0.617 -0.484
1.267 0.728 -0.454 -0.988 -0.405 0.675
-0.745 0.737 -1.035 -0.157 1.053 -0.762
-1.131 -0.352 1.362 1.736 0.602 0.386
-0.716 0.706 0.917 -0.352 1.017 -0.664
0.253 1.3 -0.785 0.689 0.608 -1.724
-1.094 -0.824 -0.361 -0.268 -0.701 1.467
-1.737 -2.248 0.121 -0.87 -3.647 0.819
-2.641 0.234 -0.806 -1.991 -1.946 0.049
-2.214 0.224 -0.672 -1.676 -0.316 1.938
0.408 -1.312 0.48 -3.223 -1.638 -2.437
-1.027 1.501 -1.838 -1.367 -1.382 0.027
-2.116 -1.99 -1.751 -3.223 -1.569 -3.517
-2.626 -0.389 0.173 -3.178 1.276 1.87
-1.592 -4.049 -2.969 -3.368 -1.999 -1.382
"""
OUTPUT = """
-1.586418 -2.681308 -0.466609 -0.704821 -1.573529 -0.676075
-0.821852 -1.179292 1.002410 -0.976698 0.715284 -0.015156
-0.190999 -1.505873 -0.800631 -0.352759 -1.224502 0.270722
-1.803560 0.911076 -1.303938 0.345099 -0.794930 0.232511
-0.262998 0.721736 0.543412 -0.603337 -1.319814 -0.105732
-0.452711 -0.655747 -1.201686 -0.647188 0.026626 -2.150757
-0.389854 -2.009086 0.020792 -0.000698 0.551509 0.485839
0.789566 0.580684 -2.256016 0.586907 -0.980183 0.696710
-1.880131 0.518417 -1.885637 -0.458002 0.128650 -0.719947
0.960994 0.360845 -0.798359 -2.175711 -1.243296 0.920319
-1.338420 0.372282 -1.458452 -1.134562 0.713941 -1.113385
-1.779560 -1.011554 1.264856 1.237156 0.108513 0.511314
-1.305277 0.332889 0.759277 -1.378875 0.665615 -0.974691
-0.197856 1.087709 -1.174419 -0.074618 0.116568 -2.474848
-0.404171 -0.079364 0.000908 0.587047 0.067817 1.243817
-0.898981 -1.147768 0.372057 0.136956 -2.118319 0.769387
-1.594638 0.714437 -0.341749 -0.701170 -0.856059 0.205636
-1.266047 0.706934 -0.238567 -0.465657 0.353514 1.588657
0.751666 -0.445502 0.648493 -1.622286 -0.627502 -1.614476
-0.352613 1.665046 -1.136407 -0.234630 -0.437532 0.189528
-1.190633 -0.954194 -1.069416 -1.622286 -0.576299 -2.405193
-1.583095 0.247010 0.412098 -1.588642 1.534888 1.538871
-0.787398 -2.499029 -2.007297 -1.730697 -0.895389 -0.842064
"""


@pytest.fixture
def case():
    x, y = (
        pd.DataFrame([row.split() for row in text.split("\n") if row], dtype=float).add_prefix("f")
        for text in (INPUT, OUTPUT)
    )
    return x, pd.Series(["A"] * 14 + ["B"] * 9), y


def test_training_patients_come_out_as_from_sva(case):
    x, centres, expected = case
    found = fit_combat(x, centres).apply(x, centres)
    # Both stop at a relative change of 1e-4, sva by a rule of its own.
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert np.abs(found - x).max(axis=None) > 0.5


def test_new_patients_are_put_by_the_training_parameters_alone(case):
    x, centres, expected = case
    learnt = fit_combat(x, centres)
    one = learnt.apply(x.iloc[[20]], centres.iloc[[20]])
    np.testing.assert_allclose(one, expected.iloc[[20]], atol=1e-5)
    # By hand: (value - mean) / sd, minus the shift, over the scale, and back.
    z = (x.loc[20, "f2"] - learnt.mean["f2"]) / learnt.sd["f2"]
    z = (z - learnt.shift.loc["B", "f2"]) / learnt.scale.loc["B", "f2"]
    assert one.loc[20, "f2"] == pytest.approx(z * learnt.sd["f2"] + learnt.mean["f2"])


def test_a_known_gain_of_one_centre_is_taken_out():
    # 400 features, the same distribution at both centres but for an offset of 2 and a gain of 1.5.
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.normal(size=(200, 400))).add_prefix("f")
    centres = pd.Series(["A", "B"] * 100)
    second = centres == "B"
    x[second] = 1.5 * x[second] + 2.0
    found = fit_combat(x, centres).apply(x, centres)
    gap = found[second].mean() - found[~second].mean()
    ratio = found[second].std() / found[~second].std()
    # What is left is each feature's own chance, of SD 0.17; over 400 features 0.008.
    assert gap.mean() == pytest.approx(0.0, abs=0.03)
    assert ratio.mean() == pytest.approx(1.0, abs=0.01)
    assert (x[second].mean() - x[~second].mean()).min() > 1.2


def test_a_constant_feature_stays_as_it_is(case):
    x, centres, _ = case
    found = fit_combat(x.assign(c=4.0), centres).apply(x.assign(c=4.0), centres)
    assert (found["c"] == 4.0).all()


def test_one_feature_alone_has_nothing_to_be_drawn_towards(case):
    x, centres, _ = case
    found = fit_combat(x[["f0"]], centres).apply(x[["f0"]], centres)["f0"]
    # Mean and SD (n - 1 over n of the pooled one) of both centres are the same, exactly.
    groups = [found[centres == name] for name in ("A", "B")]
    assert groups[0].mean() == pytest.approx(groups[1].mean(), abs=1e-12)
    assert groups[0].std() == pytest.approx(groups[1].std(), rel=1e-12)


def test_a_model_file_harmonizes_as_the_fit_does(case):
    x, centres, expected = case
    written = json.loads(json.dumps(fit_combat(x, centres).to_file(["f4", "f1"])))
    found = Harmonization.from_file(written).apply(x, centres)
    assert list(found) == ["f4", "f1"] and written["centres"] == ["A", "B"]
    np.testing.assert_allclose(found, expected[["f4", "f1"]], atol=1e-5)


def test_small_and_unknown_centres_are_refused_with_their_number(case):
    x, centres, _ = case
    few = centres.copy()
    few[18:] = "C"
    few[14:18] = "B"
    with pytest.raises(ValueError, match="5 training patients of each centre: 'B' has 4"):
        fit_combat(x, few)
    few[20:] = ""
    with pytest.raises(ValueError, match="3 of 23 training patients have no centre"):
        fit_combat(x, few)
    with pytest.raises(ValueError, match="1 centre among"):
        fit_combat(x, pd.Series(["A"] * 23))
    with pytest.raises(ValueError, match=r"'X' \(2 patients\)"):
        fit_combat(x, centres).apply(x.iloc[:2], pd.Series(["X", "X"]))
