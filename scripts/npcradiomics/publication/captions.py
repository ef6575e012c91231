"""Captions: templates of workflow/report in the paper's words, filled with the numbers of this cohort."""

import re

import jinja2

from npcradiomics.cohort.sequences import label_of
from npcradiomics.publication.methods.text import count


def fill_caption(template, **numbers):
    """Render a template (Jinja2, reStructuredText); each paragraph becomes one line.

    Errors: ValueError for a number that the template asks for and nobody gave.
    """
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    try:
        text = environment.from_string(template).render(**numbers)
    except jinja2.UndefinedError as error:
        raise ValueError(f"caption: {error}") from error
    paragraphs = [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text)]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def cohort_numbers(statistics, notice):
    """What captions say of a cohort: n, alpha, n_tests, threshold (texts), n_significant, notice
    (a sentence or "").

    statistics: table of comparison.compare_regions. n is a range where features are missing in some
    patients.
    """
    n = statistics.loc[statistics["p"].notna(), "n"]
    low, high = int(n.min()), int(n.max())
    threshold, n_tests = float(statistics["threshold"].iloc[0]), int(statistics["n_tests"].iloc[0])
    return {
        "n": f"{high}" if low == high else f"{low} to {high}",
        "n_tests": n_tests,
        "alpha": f"{threshold * n_tests:.6g}",
        "threshold": f"{threshold:.3g}",
        "n_significant": int(statistics["significant"].sum()),
        "notice": notice_sentence(notice),
    }


def sequence_words(statistics, further=None):
    """{sequence: n and what is significant there} for `with_sequences`.

    statistics: {sequence: table of comparison.compare_regions}; further: {sequence: words behind it}.
    """
    words = {}
    for name, own in statistics.items():
        significant = count(int(own["significant"].sum()), "significant feature")
        words[name] = f"n = {int(own['n'].max())}, {significant}"
        if further and further.get(name):
            words[name] += f", {further[name]}"
    return words


def with_sequences(caption, words, what="a page"):
    """A caption and, where there are several sequences, a paragraph that names them and what is of each.

    words: {sequence: words}, the main one first, of which the caption itself speaks.
    """
    if len(words) < 2:
        return caption
    said = "; ".join(f"{label_of(name)} ({escape_rst(own)})" for name, own in words.items())
    first = label_of(next(iter(words)))
    return f"{caption}\nSequences, {what} each: {said}. Numbers above are of {first}.\n"


def notice_sentence(notice):
    """The words of notices.cohort_notice or simulated_note as plain text that ends a caption, "" for none."""
    return f"{escape_rst(notice)}." if notice else ""


def escape_rst(text):
    """A name as plain text in reStructuredText (P_07_ would be a link)."""
    return re.sub(r"([\\*_`|])", r"\\\1", text)
