import pytest

from npcradiomics import rounding


@pytest.mark.parametrize(
    ("p", "text"),
    [
        *((0.000217, "0.0002"), (0.000255, "0.0003"), (14 / 16384, "0.0009"), (1.35e-5, "<0.0001")),
        *(
            (0.0, "<0.0001"),
            (0.00009999, "<0.0001"),
            (0.0001, "0.0001"),
            (1.0, "1.0000"),
            (float("nan"), "NA"),
        ),
    ],
)
def test_p_as_table_2_prints_it(p, text):
    assert rounding.p_text(p) == text


def test_p_in_words():
    assert rounding.p_words(0.00021) == "= 0.0002"
    assert rounding.p_words(1e-9) == "< 0.0001"
    assert rounding.p_words(None) == "NA"


def test_p_outside_0_and_1_is_refused():
    with pytest.raises(ValueError, match=r"p is 1.2"):
        rounding.p_text(1.2)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((0.0406, "4.06E-02"), (1.98e-6, "1.98E-06"), (-538.2, "-5.38E+02"), (51.5, "5.15E+01")),
        *((0.0, "0.00E+00"), (-0.0, "0.00E+00"), (9.999, "1.00E+01"), (float("nan"), "NA")),
    ],
)
def test_mean_and_sd_as_table_2_prints_them(value, text):
    assert rounding.scientific_text(value) == text


def test_plain_numbers():
    assert rounding.fixed_text(-0.004, 2) == "0.00"
    assert rounding.fixed_text(2.345, 1) == "2.3"
    assert rounding.percent_text(0.7149) == "71 %"
    assert rounding.percent_text(0.1234, 1) == "12.3 %"
    assert rounding.interval_text(0.2322, 1.4683) == "0.23 to 1.47"
    assert rounding.interval_text(float("nan"), 1.0) == "NA"
    assert rounding.count_text(14.0) == "14"
    with pytest.raises(ValueError, match=r"14.5 is no whole number"):
        rounding.count_text(14.5)
