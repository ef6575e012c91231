import pandas as pd
import pytest

from npcradiomics.publication.captions import (
    cohort_numbers,
    escape_rst,
    fill_caption,
    notice_sentence,
)
from npcradiomics.publication.notices import SIMULATED_NOTE, TWO_SHARES
from repository import ROOT

TEMPLATES = ROOT / "workflow" / "report"
STATISTICS = pd.DataFrame(
    {
        "feature": ["a", "b", "c"],
        "n": [14, 13, 2],
        "p": [1e-5, 0.3, None],
        "significant": [True, False, False],
        "threshold": 0.05 / 47,
        "n_tests": 47,
    }
)


def test_paragraphs_become_lines():
    assert fill_caption(
        "**Fig {{ i }}.**\nOne\n  two.\n\n{% if no %}\nx\n{% endif %}\n\nEnd.\n", i=3, no=False
    ) == ("**Fig 3.** One two.\n\nEnd.\n")


def test_a_number_nobody_gave_is_refused():
    with pytest.raises(ValueError, match="caption: 'n' is undefined"):
        fill_caption("n = {{ n }}")


def test_numbers_are_those_of_the_tests_that_exist():
    assert cohort_numbers(STATISTICS, SIMULATED_NOTE) == {
        "n": "13 to 14",
        "n_tests": 47,
        "alpha": "0.05",
        "threshold": "0.00106",
        "n_significant": 1,
        "notice": "Simulated patients: no clinical data.",
    }
    assert cohort_numbers(STATISTICS.assign(n=14), "")["n"] == "14"
    assert notice_sentence("") == ""


NUMBERS = cohort_numbers(STATISTICS, SIMULATED_NOTE) | {
    "n_shown": 7,
    "n_pages": 1,
    "key": "",
}


def test_s1_of_a_marginal_failure_is_called_no_recurrence_in_field_and_tells_the_two_shares_apart():
    template = (TEMPLATES / "fig_s1.rst").read_text(encoding="utf-8")
    numbers = {"patient": "P05", "in_field": "66.3 % of GTVr's voxels inside the 95 % isodose"}
    numbers |= {"minimum": "95 %", "dose": "class marginal", "curves": False, "notice": ""}
    text = fill_caption(template, two_shares=TWO_SHARES, **numbers)
    assert text.startswith("**S1 Appendix. GTVr and the 95 % isodose, P05.**")
    assert f"By dose: class marginal (Table 4). {TWO_SHARES}" in text


def test_fig9_names_who_is_out():
    template = (TEMPLATES / "fig9.rst").read_text(encoding="utf-8")
    numbers = {"n": 1, "n_of": {"marginal": 1}, "interval": False, "n_borderline": 0, "notice": ""}
    words = "All patients of the cohort with a dose are shown, in the texture statistics or not."
    text = fill_caption(template, out="Not in the cohort: P03 (moved).", **numbers)
    assert f"{words} Not in the cohort: P03 (moved)." in text
    assert fill_caption(template, out="", **numbers).rstrip().endswith(words)


@pytest.mark.parametrize(
    "selection", ["", "No feature is significant (p < 0.00106); shown are others"]
)
@pytest.mark.parametrize(
    ("name", "numbers", "words"),
    [
        (
            "fig3",
            {"n_pairs": 21, "n_negative": 0, "n_positive": 6},
            "0 negative and 6 positive coefficients of the 21 pairs",
        ),
        ("fig4", {}, "^ using Wilcoxon signed-rank test"),
        (
            "fig5",
            {"n_regions": [14, 13], "pc1": "71 %", "pc2": "12 %"},
            "PC1 explained 71 % of the variance and PC2 12 %",
        ),
    ],
)
def test_captions_say_what_was_significant_or_that_nothing_was(name, numbers, words, selection):
    text = fill_caption(
        (TEMPLATES / f"{name}.rst").read_text(encoding="utf-8"),
        **NUMBERS,
        **numbers,
        selection=selection,
    )
    assert words in text
    assert ("7 significant features" in text) == (not selection)
    assert (selection + "." if selection else "p < 0.05/47 = 0.00106") in text
    assert text.rstrip().endswith("Simulated patients: no clinical data.")


@pytest.mark.parametrize("n", [1, 14, 61])
def test_caption_of_fig_2_names_the_patients_and_explains_heat_maps(n):
    numbers = {"n_patients": n, "first": "REC001", "last": f"REC{n:03}", "key": "", "notice": ""}
    text = fill_caption(
        (TEMPLATES / "fig2.rst").read_text(encoding="utf-8"), heat_maps=n > 60, **numbers
    )
    assert f"(n = {n}{f', REC001 to REC{n:03}' if n > 1 else ''})" in text
    assert ("A row is a patient" in text) == (n > 60)


def test_names_are_no_markup():
    assert escape_rst("P_07_*x|") == r"P\_07\_\*x\|"
