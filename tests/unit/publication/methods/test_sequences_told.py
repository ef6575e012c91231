"""The paragraph on further sequences: limits, thresholds, who could not be measured."""

from methods_example import paragraphs, settings_of


def test_further_sequences_are_told_with_their_limits_and_what_is_done_otherwise():
    own = {"adc": {"n_levels": 64, "outliers": "3sigma", "same_frame": True}}
    limits = {"registration": {"sequence_limits": {"motion_failed_mm": 12.5}}}
    config = {"sequences": ["t2", "adc"], "sequence_settings": own} | limits
    found = paragraphs("heterogeneity", settings_of("heterogeneity", **config))
    (words,) = (" ".join(one.sentences) for one in found if one.name == "Further sequences")
    assert words.startswith("Beside CE T1, T2 and ADC of the planning examination")
    assert "headers was kept for ADC where" in words and "moved by more than 12.5 mm" in words
    assert words.endswith("than the main sequence: ADC (grey levels 64, outliers 3sigma).")
    assert "distortion of echo-planar images, if ADC had any, was not corrected" in words
    default = paragraphs("heterogeneity", settings_of("heterogeneity"))
    assert "Further sequences" not in [one.name for one in default]


def test_sequences_have_the_two_thresholds_and_one_family_where_there_are_some():
    def named(tested=("ce_t1", "t2", "adc"), **config):
        made = paragraphs("heterogeneity", settings_of("heterogeneity", **config), sequences=tested)
        return {one.name: " ".join(one.sentences) for one in made}

    assert "Further sequences" not in named()
    config = {"sequences": ["t2", "adc"]}
    text = named(**config)["Further sequences"]
    assert "0.05/(47 x 3) = 0.000355" in text and "same place in all sequences" in text
    assert "Nobody" not in text
    without = named(tested=["ce_t1", "adc"], **config)["Further sequences"]
    assert "Nobody could be measured in T2." in without
    assert "0.05/(47 x 2) = 0.000532" in without
    config["spatial_null"] = {"enabled": False}
    assert "same place" not in named(**config)["Further sequences"]
