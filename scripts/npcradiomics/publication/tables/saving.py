"""A table as files: numbers, Markdown, LaTeX, Word, and its caption."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from npcradiomics.files import write_table, write_text
from npcradiomics.publication.captions import escape_rst, fill_caption
from npcradiomics.publication.tables.formats import Table, write_formats


def save_table(table: Table, data: pd.DataFrame, template: str | Path, made: Mapping) -> None:
    """Write a table of the study, each file whole.

    Parameters
    ----------
    table
        The cells.
    data
        The same in numbers.
    template
        File of the caption, which asks for the table's own caption and notes.
    made
        Paths tsv, markdown, latex, word and caption.
    """
    write_table(data, made["tsv"])
    write_formats(table, made["markdown"], made["latex"], made["word"])
    caption = fill_caption(
        Path(template).read_text(encoding="utf-8"),
        caption=table.caption,
        notes=[escape_rst(note) for note in table.footnotes],
    )
    write_text(caption, made["caption"])
