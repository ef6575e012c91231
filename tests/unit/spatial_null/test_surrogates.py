import numpy as np
import pytest
from scipy import ndimage, stats

from npcradiomics.spatial_null.surrogates import SurrogateField, normal_scores, variogram

Z, Y, X = np.indices((13, 44, 46))
GTV = ((Z - 6) / 6.4) ** 2 + ((Y - 22) / 20) ** 2 + ((X - 23) / 22) ** 2 < 1
LAGS = [(0, 0, k) for k in (1, 2, 3, 4)] + [(0, k, 0) for k in (1, 2, 3, 4)] + [(1, 0, 0)]


def slow_variogram(mask, values, lag):
    field = np.full(mask.shape, np.nan)
    field[mask] = values
    later = field[tuple(slice(k, None) for k in lag)]
    earlier = field[tuple(slice(None, n - k) for n, k in zip(mask.shape, lag, strict=True))]
    return 0.5 * np.nanmean((later - earlier) ** 2)


def planted(seed, sigma=(0.4, 1.6, 1.6)):
    """Values of a planted field in GTV, rounded and skewed as an image is: smooth texture and noise."""
    rng = np.random.default_rng(seed)
    field = ndimage.gaussian_filter(rng.normal(size=(33, 64, 66)), sigma)[10:23, 10:54, 10:56]
    field = field / field.std() + 0.3 * rng.normal(size=field.shape)
    return np.rint(100 * np.exp(0.25 * field[GTV])).astype(np.int16)


def by_rank(field, values):
    out = np.empty(values.size)
    out[np.argsort(field, kind="stable")] = np.sort(values)
    return out


@pytest.mark.parametrize("sigma", [(0.4, 1.6, 1.6), (0.0, 0.0, 0.0), (0.5, 0.5, 2.0)])
def test_surrogates_have_the_variogram_of_the_tumour_at_short_lags(sigma):
    ours, theirs = [], []
    for seed in range(3):
        values = planted(seed, sigma)
        field = SurrogateField(GTV, values)
        own = values / values.std()
        theirs.append([slow_variogram(GTV, own, lag) for lag in LAGS])
        drawn = [f for k in range(4) for f in field.draw(np.random.default_rng(k))]
        ours.append([[slow_variogram(GTV, by_rank(f, own), lag) for lag in LAGS] for f in drawn])
    assert np.mean(ours, axis=(0, 1)) == pytest.approx(np.mean(theirs, axis=0), rel=0.04)


def test_variogram_equals_that_of_all_pairs():
    rng = np.random.default_rng(1)
    mask = rng.random((4, 5, 6)) < 0.7
    mask[0, 0, 0] = mask[3, 4, 5] = True
    scores = rng.normal(size=mask.sum())
    gamma, pairs = variogram(np.nonzero(mask), mask.shape, scores)
    for lag in [(0, 0, 1), (0, 2, 0), (1, 1, 1), (3, 0, 2), (2, 4, 5)]:
        opposite = tuple(-k for k in lag)
        both = mask[tuple(slice(k, None) for k in lag)]
        both = both & mask[tuple(slice(None, n - k) for n, k in zip(mask.shape, lag, strict=True))]
        assert pairs[lag] == pairs[opposite] == both.sum()
        expected = slow_variogram(mask, scores, lag) if both.any() else 1.0
        assert gamma[lag] == pytest.approx(expected) and gamma[opposite] == pytest.approx(expected)


def test_covariance_averages_to_nothing_over_all_pairs():
    # The bias that the docstring states: variance taken within the tumour.
    scores = normal_scores(planted(0))
    gamma, pairs = variogram(np.nonzero(GTV), GTV.shape, scores)
    assert ((1 - gamma) * pairs).sum() / pairs.sum() == pytest.approx(0, abs=1e-9)


def test_fields_are_standard_normal_stationary_and_independent():
    field = SurrogateField(GTV, planted(2))
    drawn = np.array([f for k in range(60) for f in field.draw(np.random.default_rng(k))])
    assert drawn.mean() == pytest.approx(0, abs=0.03)
    assert drawn.var() == pytest.approx(1, abs=0.03)
    edge = ndimage.distance_transform_edt(GTV)[GTV] < 3
    assert drawn[:, edge].var() == pytest.approx(drawn[:, ~edge].var(), abs=0.05)
    together = [np.corrcoef(drawn[2 * k], drawn[2 * k + 1])[0, 1] for k in range(60)]
    assert abs(np.mean(together)) < 4 * np.std(together) / np.sqrt(60)
    assert stats.kurtosis(drawn, axis=None) == pytest.approx(0, abs=0.1)


def test_a_generator_in_the_same_state_draws_the_same():
    field = SurrogateField(GTV, planted(0))
    assert np.array_equal(
        field.draw(np.random.default_rng(4)), field.draw(np.random.default_rng(4))
    )


def test_place_in_the_image_does_not_matter():
    values = planted(0)
    moved = np.zeros((20, 60, 60), bool)
    moved[5:18, 9:53, 11:57] = GTV
    fields = [SurrogateField(mask, values).draw(np.random.default_rng(0)) for mask in (GTV, moved)]
    assert np.array_equal(*fields)


def test_one_slice():
    flat = GTV[6:7]
    values = np.random.default_rng(0).normal(size=flat.sum())
    assert SurrogateField(flat, values).draw(np.random.default_rng(0)).shape == (2, flat.sum())


def test_normal_scores():
    scores = normal_scores(np.array([5.0, 1.0, 9.0, 1.0]))
    raw = stats.norm.ppf([2.5 / 4, 1 / 4, 3.5 / 4, 1 / 4])
    assert scores == pytest.approx((raw - raw.mean()) / raw.std())
