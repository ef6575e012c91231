"""Sentences in paragraphs: how they are put together, and which literature they cite."""

import re
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

# As pandoc writes it: [@lloyd1982; @max1960].
CITATION = re.compile(r"\[(@[\w-]+(?:; @[\w-]+)*)\]")


class Paragraph(NamedTuple):
    """One subject of the methods: its name, and its sentences with citations like [@lloyd1982]."""

    name: str
    sentences: list[str]


def paragraph(name: str, *sentences: str) -> Paragraph:
    """A paragraph of those sentences that are not empty."""
    return Paragraph(name, [sentence for sentence in sentences if sentence])


def cited(paragraphs: Iterable[Paragraph]) -> list[str]:
    """Keys of the literature, in the order in which it is cited first."""
    text = " ".join(sentence for one in paragraphs for sentence in one.sentences)
    return list(dict.fromkeys(key for group in CITATION.findall(text) for key in _keys(group)))


def sentence_table(paragraphs: Iterable[Paragraph]) -> pd.DataFrame:
    """A row per sentence: paragraph, sentence, references (keys, separated by commas)."""
    rows = [
        {
            "paragraph": one.name,
            "sentence": sentence,
            "references": ",".join(cited([Paragraph(one.name, [sentence])])),
        }
        for one in paragraphs
        for sentence in one.sentences
    ]
    return pd.DataFrame(rows, columns=["paragraph", "sentence", "references"])


def paragraphs_of(table: pd.DataFrame) -> list[Paragraph]:
    """The paragraphs of a `sentence_table`."""
    return [
        Paragraph(name, list(rows["sentence"]))
        for name, rows in table.groupby("paragraph", sort=False)
    ]


def markdown(paragraphs: Iterable[Paragraph], title: str) -> str:
    """The text as Markdown with pandoc's citations, a heading per paragraph."""
    parts = [f"# {title}"]
    for one in paragraphs:
        parts += [f"## {one.name}", " ".join(one.sentences)]
    return "\n\n".join(parts) + "\n"


def numbered(text: str, keys: list[str]) -> str:
    """The text with numbers for citations, [3, 4], by the place of each key in `keys`."""
    return CITATION.sub(
        lambda found: f"[{', '.join(str(keys.index(key) + 1) for key in _keys(found[1]))}]", text
    )


def _keys(group):
    return [key.removeprefix("@") for key in group.split("; ")]


def percent(share: float) -> str:
    """A share as it is read: 0.95 is 95 %, 0.975 is 97.5 %."""
    return f"{100 * share:.6g} %"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Words as a list in a sentence: a, b and c."""
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def count(n: int, what: str, plural: str = "") -> str:
    """How many: 1 patient, 3 patients."""
    return f"{n:,} {what if n == 1 else plural or what + 's'}"


def were(n: int) -> str:
    """Was or were, behind a number."""
    return "was" if n == 1 else "were"
