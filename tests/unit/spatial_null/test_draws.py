import dataclasses

import numpy as np
import pytest

from npcradiomics.features.extraction import FEATURE_NAMES, extract
from npcradiomics.features.region_meter import RegionMeter
from npcradiomics.spatial_null.draws import Draws, read, write
from npcradiomics.spatial_null.sampling import sample_patient
from npcradiomics.spatial_null.shape import COVARIATES

SHAPE = (9, 26, 28)
SPACING = (5.0, 0.8, 0.8)
Z, Y, X = np.indices(SHAPE)
GTV = ((Z - 4) / 3.6) ** 2 + ((Y - 13) / 11) ** 2 + ((X - 14) / 12) ** 2 < 1
RECURRENT = (((Z - 4) / 2) ** 2 + ((Y - 10) / 6) ** 2 + ((X - 17) / 6) ** 2 < 1) & GTV
RNG = np.random.default_rng(0)
VOLUME = RNG.normal(300, 60, SHAPE).astype(np.int16)
PLAIN = {
    "n_levels": 32,
    "quantizer": "lloyd",
    "quantizer_fit": "region",
    "outliers": "none",
    "resampling": "none",
}
DEPTH = COVARIATES.index("depth_mm")


def draw(
    patient="P01", volume=VOLUME, gtv=GTV, recurrent=RECURRENT, tell=lambda line: None, **changes
):
    settings = {
        "n_draws": 4,
        "surrogates": 3,
        "shape": "compact",
        "match": "none",
        "seed": 2020,
        "extraction": PLAIN,
    } | changes
    return sample_patient(patient, volume, gtv, recurrent, SPACING, tell=tell, **settings)


def expected_features(mask, volume=VOLUME, gtv=GTV, extraction=PLAIN):
    options = dict(extraction)
    fit_mask = gtv if options.pop("quantizer_fit") == "gtv" else None
    parts = [
        extract(volume, part, fit_mask=fit_mask, spacing_mm=SPACING, **options)
        for part in (mask, gtv & ~mask)
    ]
    return np.array([list(part.features.values()) for part in parts])


def same(one, other):
    for field in dataclasses.fields(Draws):
        a, b = getattr(one, field.name), getattr(other, field.name)
        assert np.array_equal(a, b, equal_nan=np.asarray(b).dtype.kind == "f"), field.name
    return True


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"quantizer_fit": "gtv"},
        {"quantizer": "uniform"},
        {"quantizer": "uniform", "quantizer_fit": "gtv"},
        {"outliers": "3sigma"},
        {"resampling": "isotropic", "quantizer_fit": "gtv", "outliers": "3sigma"},
        {"resampling": "toolbox"},
    ],
)
def test_observed_and_drawn_regions_equal_extract_to_the_last_bit(changes):
    extraction = PLAIN | changes
    draws = draw(extraction=extraction, n_draws=2, surrogates=0)
    masks = draws.masks(0, 3)
    assert np.array_equal(masks[0], RECURRENT)
    for mask, features in zip(masks, draws.features, strict=True):
        assert mask.sum() == RECURRENT.sum() and not (mask & ~GTV).any()
        assert np.array_equal(
            features, expected_features(mask, extraction=extraction), equal_nan=True
        )


@pytest.mark.parametrize(
    "changes", [{}, {"quantizer_fit": "gtv"}, {"outliers": "3sigma", "resampling": "isotropic"}]
)
def test_a_surrogate_has_the_tumours_values_in_the_order_of_the_field(changes):
    meter = RegionMeter(VOLUME, GTV, SPACING, PLAIN | changes)
    members = RECURRENT[GTV]
    before = meter.measure(members)
    for _ in range(2):
        field = RNG.normal(size=GTV.sum())
        volume = VOLUME.copy()
        volume[GTV] = np.sort(VOLUME[GTV])[np.argsort(np.argsort(field))]
        meter.retexture(np.argsort(field))
        expected = expected_features(RECURRENT, volume, extraction=PLAIN | changes)
        assert np.array_equal(meter.measure(members), expected, equal_nan=True)
    meter.retexture(np.argsort(VOLUME[GTV], kind="stable"))
    assert np.array_equal(meter.measure(members), before, equal_nan=True)


def test_surrogates_keep_the_regions_and_change_the_texture():
    draws = draw(surrogates=5)
    assert draws.surrogate_features.shape == (5, 2, 47)
    assert len(np.unique(draws.surrogate_features[:, 0, FEATURE_NAMES.index("GLCM_Energy")])) == 5
    # Region and remainder have the tumour's values between them, whatever their order.
    share = RECURRENT.sum() / GTV.sum()
    mean = draws.surrogate_features[:, :, FEATURE_NAMES.index("Intensity_Mean")] @ [
        share,
        1 - share,
    ]
    assert mean == pytest.approx([VOLUME[GTV].mean()] * 5)
    assert not np.array_equal(draws.surrogate_features[0], draws.features[0])


def test_more_draws_keep_the_first_ones():
    few, many = draw(n_draws=2, surrogates=3), draw(n_draws=5, surrogates=6)
    assert np.array_equal(few.features, many.features[:3]) and np.array_equal(
        few.members, many.members[:3]
    )
    assert np.array_equal(few.covariates, many.covariates[:3])
    assert np.array_equal(few.surrogate_features, many.surrogate_features[:3])
    assert np.array_equal(draw(n_draws=0, surrogates=3).surrogate_features, few.surrogate_features)


def test_result_depends_on_seed_and_patient_alone():
    first = draw()
    draw("P02")
    assert same(draw(), first)
    assert not np.array_equal(draw("P02").members[1:], first.members[1:])
    assert not np.array_equal(draw(seed=2021).members[1:], first.members[1:])


def test_draws_know_nothing_of_where_the_region_lies():
    elsewhere = np.zeros(SHAPE, bool)
    elsewhere.flat[np.flatnonzero(GTV)[: RECURRENT.sum()]] = True
    assert np.array_equal(draw(recurrent=elsewhere).members[1:], draw().members[1:])
    edges = [
        draw(recurrent=mask, match="depth", n_draws=1).depth_edges
        for mask in (RECURRENT, elsewhere)
    ]
    assert edges[0].size == 3 and np.array_equal(*edges)


def test_matched_draws_share_the_bin_of_the_region():
    draws = draw(match="depth", n_draws=12, surrogates=0)
    bins = np.searchsorted(draws.depth_edges, draws.covariates[:, DEPTH], side="right")
    assert set(bins) == {bins[0]}
    assert draws.n_other_bin > 0 and draw().n_other_bin == 0
    with pytest.raises(ValueError, match="match is 'size'; expected one of none, depth"):
        draw(match="size")


def test_file_keeps_everything_and_is_the_same_byte_for_byte(tmp_path, monkeypatch):
    draws = draw(match="depth")
    write(draws, tmp_path / "one.npz")
    monkeypatch.setattr("time.time", lambda: 2e9)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    write(draw(match="depth"), tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    again = read(tmp_path / "one.npz")
    assert (
        same(again, draws)
        and again.n_draws == 4
        and type(again.seed) is int
        and type(again.patient) is str
    )
    with np.load(tmp_path / "one.npz", allow_pickle=False) as content:
        assert content["features"].shape == (5, 2, 47) and content["members"].shape == (
            5,
            -(-GTV.sum() // 8),
        )


def test_the_places_can_be_left_in_the_file(tmp_path):
    draws = draw()
    write(draws, tmp_path / "draws.npz")
    light = read(tmp_path / "draws.npz", places=False)
    assert light.members.size == light.cells.size == 0 and light.n_draws == draws.n_draws
    np.testing.assert_array_equal(light.features, draws.features)
    np.testing.assert_array_equal(light.covariates, draws.covariates)


def test_a_damaged_file_is_named(tmp_path):
    write(draw(n_draws=1), tmp_path / "draws.npz")
    (tmp_path / "half.npz").write_bytes((tmp_path / "draws.npz").read_bytes()[:500])
    np.savez(tmp_path / "other.npz", patient="P01")
    with pytest.raises(ValueError, match=r"half\.npz: cannot be read as draws"):
        read(tmp_path / "half.npz")
    with pytest.raises(ValueError, match=r"other\.npz: reason, .* missing"):
        read(tmp_path / "other.npz")
    with pytest.raises(ValueError, match=r"none\.npz: cannot be read"):
        read(tmp_path / "none.npz")


def reason_of(**changes):
    draws = draw(**changes)
    assert draws.n_draws == 0 and draws.features.shape == (1, 2, 47) and draws.members.shape[0] == 1
    assert np.isnan(draws.mean_overlap) and np.isnan(draws.effective_placements)
    return draws.reason


def test_what_prevents_draws_is_a_sentence_with_numbers():
    away = ~GTV & (Z < 2)
    assert reason_of(recurrent=away) == (
        f"none of the recurrent region's {away.sum()} voxels lies in the GTV ({GTV.sum()})"
    )
    beyond = RECURRENT | (~GTV & (Z == 4) & (Y < 6))
    assert "of the recurrent region" in reason_of(recurrent=beyond)
    assert f"({(beyond & ~GTV).sum()} of {beyond.sum()} voxels)" in reason_of(recurrent=beyond)
    tiny = RECURRENT & (Z == 4) & (Y < 9)
    assert reason_of(recurrent=tiny).startswith(
        f"the region has {tiny.sum()} voxels inside the GTV, at least 64"
    )
    assert "leaves 30, at least 64" in reason_of(
        recurrent=np.isin(np.arange(GTV.size), np.flatnonzero(GTV)[30:]).reshape(SHAPE)
    )
    volume = np.where(RECURRENT, 7, VOLUME)
    assert "the observed region cannot be measured: region: all" in reason_of(volume=volume)


def test_surrogates_answer_where_no_region_can_be_drawn():
    most = GTV & (np.cumsum(GTV).reshape(SHAPE) > 40)
    draws = draw(recurrent=most)
    assert "leaves 40" in draws.reason and draws.surrogate_features.shape == (3, 2, 47)
    assert np.array_equal(draws.features[0], expected_features(most))


def test_tumour_in_pieces():
    gtv = GTV.copy()
    gtv[:, :, 13:16] = False
    recurrent = gtv & (X >= 16) & (Y < 14)
    draws = draw(gtv=gtv, recurrent=recurrent)
    assert draws.reason == "" and "The GTV is in 2 pieces" in draws.notes
    both = gtv & (abs(Y - 13) < 4) & (abs(Z - 4) < 2)
    assert "the GTV is in 2 pieces and the recurrent region in 2 of them" in reason_of(
        gtv=gtv, recurrent=both
    )


def test_tumour_of_one_slice():
    flat = GTV & (Z == 4)
    draws = draw(gtv=flat, recurrent=RECURRENT & (Z == 4))
    assert draws.n_draws == 4 and "lies in one slice" in draws.notes


def test_a_region_in_pieces_or_that_cuts_the_tumour_is_noted():
    ring = GTV & (abs(X - 14) < 2)
    assert (
        "cuts" in draw(recurrent=ring).notes and "off the remainder" in draw(recurrent=ring).notes
    )
    two = GTV & ((X < 8) | (X > 20))
    assert "The observed region is in pieces" in draw(recurrent=two).notes
    assert draw().notes == ""


def test_draws_of_one_value_are_counted():
    volume = np.where((X < 14) & (Z < 6), 5, VOLUME)
    draws = draw(volume=volume, n_draws=40, surrogates=0, recurrent=GTV & (Z == 6))
    broken = np.isnan(draws.features).all(axis=2).any(axis=1)
    assert 0 < broken.sum() < 40 and not broken[0]
    assert (
        f"{broken.sum()} of the draws could not be measured and have no values: region: all"
        in draws.notes
    )


def test_progress_is_told_with_the_time_left():
    lines = []
    draw(tell=lines.append)
    assert len(lines) == 2 and lines[0].startswith(
        f"P01: draws of {RECURRENT.sum()} in {GTV.sum()} voxels: 4 of 4 after"
    )
    assert lines[1].startswith("P01: pairs of surrogates: 2 of 2") and lines[1].endswith("0 s left")
