"""A small simulated cohort with T2 and ADC through the workflow: what is planted in the ADC alone is found there alone."""

import json

import pandas as pd
import pytest

from planted_motion import mean_error_mm

PATIENTS = ["REC001", "REC002", "REC003"]
SEQUENCES = ["t2", "adc"]


@pytest.fixture(scope="module")
def run(make_workspace):
    workspace = make_workspace("sequences")
    workspace.simulate(
        PATIENTS,
        seed=7,
        size=[84, 84, 18],
        spacing_mm=[1.4, 1.4, 5.0],
        sequences=SEQUENCES,
        planted=["adc"],
    )
    workspace.config["sequences"] = SEQUENCES
    workspace.config["spatial_null"] = {
        "n_draws": 19,
        "surrogates": 19,
        "n_recombinations": 1000,
    }
    base = "results/heterogeneity"
    finished = workspace.run(f"{base}/tables/table3.md", f"{base}/cohort/sequences.tsv")
    assert finished.returncode == 0, finished.stdout[-3000:]
    return workspace


def read(run, name):
    return pd.read_csv(run.results / f"cohort/{name}.tsv", sep="\t")


@pytest.mark.parametrize("sequence", SEQUENCES)
@pytest.mark.parametrize("patient", PATIENTS)
def test_the_planted_motion_is_found_within_half_a_millimetre(run, patient, sequence):
    simulated = run.results / f"simulated/{patient}"
    error = mean_error_mm(
        simulated / f"planning_{sequence}.json",
        "transform_planning_to_sequence",
        run.results
        / f"patients/{patient}/sequences/{sequence}/registration/sequence_to_planning.tfm",
        simulated / "gtv.nii.gz",
    )
    assert error < 0.5


def test_what_is_planted_in_the_adc_alone_is_found_in_the_adc_alone(run):
    null = read(run, "spatial_null")
    assert list(null.groupby("sequence", sort=False).size()) == [47, 47, 47]
    # Of 3 x 47 in one family; the ADC's mean is what was lowered.
    found = null.loc[null["p_maxt"] < 0.05, ["sequence", "feature"]]
    assert found.to_numpy().tolist() == [["adc", "Intensity_Mean"]]
    table = pd.read_csv(run.results / "tables/table3.tsv", sep="\t")
    lowest = table.groupby("sequence")["p_maxt"].min()
    assert lowest["adc"] < 0.05 < min(lowest["ce_t1"], lowest["t2"])


def test_the_adc_is_lower_where_the_tumour_comes_back_by_what_was_planted(run):
    features = read(run, "features").set_index(["sequence", "patient", "region"])["Intensity_Mean"]
    for patient in PATIENTS:
        truth = json.loads(
            (run.results / f"simulated/{patient}/planning_adc.json").read_text(encoding="utf-8")
        )
        lower = features["adc", patient, "non_recurrent"] - features["adc", patient, "recurrent"]
        # Voxels on the border are of both.
        assert lower == pytest.approx(truth["recurrent_lower_by"], rel=0.25)
    assert set(read(run, "sequences")["state"]) == {"measured"}
