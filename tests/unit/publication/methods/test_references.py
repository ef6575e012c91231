"""References: what is cited and nothing else, as numbers and as lines."""

import pytest

from methods_example import LIBRARY, paragraphs, settings_of
from npcradiomics.publication.methods.bibliography import entries, reference, select
from npcradiomics.publication.methods.text import (
    Paragraph,
    cited,
    numbered,
    paragraphs_of,
    sentence_table,
)


def test_references_hold_what_is_cited_and_nothing_else():
    text = paragraphs("response", settings_of("response"))
    chosen = select(LIBRARY, cited(text))
    assert list(entries(chosen)) == cited(text)
    assert "liu2025" in chosen and "akram2020" not in chosen
    with pytest.raises(ValueError, match="no entry nobody2000"):
        select(LIBRARY, ["liu2025", "nobody2000"])
    with pytest.raises(ValueError, match="liu2025 stands twice"):
        entries(chosen + "\n" + chosen)


def test_citations_become_numbers_by_the_list_of_references():
    text = [Paragraph("A", ["One [@b2].", "Two [@a1; @b2]."])]
    assert cited(text) == ["b2", "a1"]
    assert numbered("Two [@a1; @b2].", cited(text)) == "Two [2, 1]."
    assert sentence_table(text).to_dict("records")[1] == {
        "paragraph": "A", "sentence": "Two [@a1; @b2].", "references": "a1,b2",
    }  # fmt: skip
    assert paragraphs_of(sentence_table(text)) == text


def test_a_reference_as_a_line():
    of = entries(LIBRARY)
    assert reference(of["youden1950"]) == (
        "Youden W. J. Index for rating diagnostic tests. Cancer 3: 32-35, 1950."
    )
    assert reference(of["virtanen2020"]).startswith(
        "Virtanen Pauli, Gommers Ralf, Oliphant Travis E."
    )
    assert "Cournapeau David, et al. SciPy 1.0: " in reference(of["virtanen2020"])
    assert reference(of["max1960"]).endswith(
        "7-12, 1960. https://doi.org/10.1109/TIT.1960.1057548."
    )
