"""A patient's draws of the recurrence's own shape: what is kept of them, and who has none."""

import numpy as np
import pytest

from hook_in_a_tumour import GTV, HOOK, POKING, SPACING
from npcradiomics.spatial_null.sampling import sample_patient

PLAIN = {
    "n_levels": 16,
    "quantizer": "lloyd",
    "quantizer_fit": "region",
    "outliers": "none",
    "resampling": "none",
}


def sampled(whole=HOOK, recurrent=None, draws_of="own", **changes):
    settings = {"n_draws": 20, "surrogates": 2, "shape": draws_of, "match": "depth", "seed": 1}
    volume = np.random.default_rng(0).normal(100, 10, GTV.shape)
    given = {"gtvr": whole, "extraction": PLAIN, "tell": lambda line: None} | settings | changes
    recurrent = whole & GTV if recurrent is None else recurrent
    return sample_patient("P1", volume, GTV, recurrent, SPACING, **given)


def test_a_patients_draws_say_of_what_shape_they_are():
    draws = sampled(POKING)
    assert draws.drawn_shape == "own" and draws.reason == "" and draws.n_draws == 20
    outside = np.count_nonzero(POKING & ~GTV)
    assert (
        f"{outside / POKING.sum():.0%} of GTVr ({outside} of {POKING.sum()} voxels) lies outside"
        in draws.notes
    )
    assert np.array_equal(draws.masks(0, 1)[0], POKING & GTV)
    bins = np.searchsorted(draws.depth_edges, draws.covariates[:, 0], side="right")
    assert len(set(bins)) == 1
    compact = sampled(POKING, draws_of="compact")
    assert compact.drawn_shape == "compact" and not np.array_equal(
        compact.members[1:], draws.members[1:]
    )
    with pytest.raises(ValueError, match="shape is 'round'; expected one of own, compact"):
        sampled(draws_of="round")


def test_without_the_uncut_contour_the_recurrent_region_is_the_shape():
    with_contour, without = sampled(HOOK), sampled(HOOK, gtvr=None, recurrent=HOOK)
    assert np.array_equal(with_contour.members, without.members)
    whole = sampled(POKING, gtvr=None, recurrent=POKING)  # regions: recurrent: whole
    assert np.array_equal(whole.members, sampled(POKING).members)


def test_more_draws_keep_the_first_ones_and_the_patient_alone_counts():
    few, many = sampled(n_draws=5), sampled(n_draws=9)
    assert np.array_equal(few.members, many.members[:6]) and np.array_equal(
        few.features, many.features[:6]
    )


def test_too_few_different_places_are_named_with_numbers():
    # Four fifths of a long box: at one end or, mirrored, at the other.
    gtv = np.zeros((8, 20, 90), bool)
    gtv[1:7, 3:17, 4:84] = True
    region = gtv & (np.indices(gtv.shape)[2] < 68)
    volume = np.random.default_rng(0).normal(100, 10, gtv.shape)
    draws = sample_patient(
        "P1", volume, gtv, region, SPACING, gtvr=region, n_draws=30, surrogates=2, shape="own",
        match="none", seed=1, extraction=PLAIN, tell=lambda line: None,
    )  # fmt: skip
    assert draws.n_draws == 0 and draws.surrogate_features.shape == (2, 2, 47)
    assert draws.effective_placements < 3 and draws.mean_overlap > 2 - 1 / 0.8
    assert draws.reason == (
        f"the 30 draws share {draws.mean_overlap:.0%} of their 5376 of 6720 voxels and are worth"
        f" {draws.effective_placements:.1f} different places, fewer than 3: too few for a test"
    )
