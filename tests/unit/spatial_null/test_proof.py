"""A small version of benchmarks/spatial_null.py: whole pipeline, known truth, fixed seeds."""

import importlib.util
import json
import sys

import numpy as np
import pytest
from scipy import stats

from npcradiomics.spatial_null.pools import standardise
from npcradiomics.spatial_null.shape import Tumour
from npcradiomics.spatial_null.verdict import GEOMETRY, TEXTURE
from repository import ROOT, SHARED


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location(
        "spatial_null_bench", ROOT / "benchmarks" / "spatial_null.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cohorts(bench, situation, n, shape="own"):
    patients = bench.Patients(SHARED, 2020, 19, shape)
    for number in range(n):
        records = bench.simulate_cohort(situation, number, 2020, patients, 19)
        yield bench.answers(records, situation, number, 500)


@pytest.mark.parametrize("shape", ["own", "compact"])
def test_without_effect_the_paper_finds_features_and_the_null_explains_them(bench, shape):
    found = list(cohorts(bench, "no_effect", 6, shape))
    assert sum(any(one["paper_significant"]) for one in found) == 6
    assert (
        sum(min(one["p_maxt"]) <= 0.05 for one in found) <= 1
    )  # in 97 % of runs if the level is held
    verdicts = [word for one in found for word, significant in pairs(one, "verdict") if significant]
    assert len(verdicts) > 30 and np.mean([word == GEOMETRY for word in verdicts]) > 0.85
    assert TEXTURE not in verdicts
    # What the paper's test calls significant, the draws do as well: the mean share they reproduce
    # is 1.
    shares = [
        share
        for one in found
        for share, significant in pairs(one, "share_reproduced")
        if significant
    ]
    assert np.median(shares) == pytest.approx(1, abs=0.1)


def test_planted_fine_texture_is_found_and_called_texture(bench):
    bench.SITUATIONS["small"] = (bench.SIMULATED["planted_050"][0] | {"scale": bench.SCALE}, "")
    found = list(cohorts(bench, "small", 2))
    assert all(min(one["p_maxt"]) <= 0.05 for one in found)
    texture = {
        bench.FEATURE_NAMES[k]
        for one in found
        for k, word in enumerate(one["verdict"])
        if word == TEXTURE
    }
    assert texture & {"GLCM_Energy", "GLCM_Entropy", "GLSZM_SZE", "GLSZM_ZP", "GLRLM_SRE"}


def test_depth_matching_takes_the_depth_out_of_central_recurrences(bench):
    z = {}
    for situation in ("dark_edge_matched", "dark_edge_unmatched"):
        patients = bench.Patients(SHARED, 2020, 19, "own")
        records = [
            one
            for number in range(2)
            for one in bench.simulate_cohort(situation, number, 2020, patients, 0)
        ]
        z[situation] = np.mean([standardise(one.covariates[:, :1])[0, 0] for one in records])
    # The deepest of four places stands at quantile 4/5, 0.84 SD up. Within its quartile bin part of
    # that is left: the deepest bin is open, and the deepest of four stands high in it.
    assert z["dark_edge_unmatched"] == pytest.approx(0.84, abs=0.5)
    assert abs(z["dark_edge_matched"]) < z["dark_edge_unmatched"] - 0.2


def test_a_run_goes_on_where_it_stopped(bench, tmp_path, monkeypatch, capsys):
    # Two patients a cohort of three geometries: the second cohort shares one with the first.
    monkeypatch.setattr(sys.modules["null_patients"], "N_PATIENTS", 2)
    monkeypatch.setattr(sys.modules["null_patients"], "N_GEOMETRIES", 3)
    command = [
        "bench",
        "--situations",
        "no_effect",
        "--draws",
        "3",
        "--recombinations",
        "50",
        "--cohorts",
    ]

    def lines(out, cohorts):
        monkeypatch.setattr("sys.argv", [*command, str(cohorts), "--out", str(out)])
        bench.main()
        rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        return [{name: value for name, value in row.items() if name != "cpu_s"} for row in rows]

    first = lines(tmp_path / "in_two.jsonl", 1)
    both = lines(tmp_path / "in_two.jsonl", 2)
    assert both[:1] == first and [one["cohort"] for one in both] == [0, 1]
    assert lines(tmp_path / "at_once.jsonl", 2) == both
    assert "no_effect | 2 | " in capsys.readouterr().out


def test_without_the_room_round_a_tumour_its_regions_are_the_same(bench):
    patients = bench.Patients(SHARED, 2020, 3, "own")
    what = bench.WHAT | {"region": "central"}
    one = patients.of_cohort(np.random.default_rng(0), what, 0)[0]
    again = Tumour(one.gtv, one.spacing_mm)
    assert np.array_equal(again.depth_mm, one.tumour.depth_mm)
    for members, covariates in zip(one.regions, one.covariates, strict=True):
        assert np.array_equal(again.measure(members).covariates, covariates)
    # What of the recurrence grew beyond the GTV was cut for the region, not for the draws' shape.
    gtv = np.pad(one.gtv, sys.modules["simulated_geometry"].ROOM)
    made = sys.modules["simulated_geometry"].with_recurrence(
        np.random.default_rng(1), gtv, one.spacing_mm, 0.4, "central", "own"
    )
    assert np.count_nonzero(made.later & ~gtv) > 0
    assert np.count_nonzero(made.later) == round(0.4 * np.count_nonzero(gtv))


def test_interval_is_clopper_and_pearsons(bench):
    interval = sys.modules["null_summary"].interval
    exact = stats.binomtest(3, 40).proportion_ci(method="exact")
    assert interval(3, 40) == f"7.5 % ({100 * exact.low:.1f}-{100 * exact.high:.1f})"
    assert interval(0, 20) == "0.0 % (0.0-16.8)" and interval(20, 20) == "100.0 % (83.2-100.0)"


def pairs(one, name):
    return zip(one[name], one["paper_significant"], strict=True)
