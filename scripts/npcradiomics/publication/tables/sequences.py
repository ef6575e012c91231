"""Tables 2 and 3 of a study of several sequences: those of one, with a column that says whose a row is."""

import pandas as pd

from npcradiomics.cohort.sequences import label_of
from npcradiomics.publication.tables.formats import Table
from npcradiomics.publication.tables.heterogeneity import table2_row
from npcradiomics.spatial_null.verdict import TEXTURE

# What the paper printed is of its one sequence and stands beside the main one alone.
PAPER = "paper_"


def table2_of_further(data: pd.DataFrame) -> pd.DataFrame:
    """Table 2 of a further sequence: what is significant there, without the paper's printed rows.

    data: of ``heterogeneity.table2_data`` of this sequence.
    """
    own = data[data["significant"].eq(True)].reset_index(drop=True)
    printed = [name for name in own if name.startswith(PAPER)]
    return own.assign(**dict.fromkeys(printed, None), same_sign=pd.NA)


def table2_with_sequences(
    table: Table, data: dict[str, pd.DataFrame], statistics: dict[str, pd.DataFrame]
) -> Table:
    """Table 2 of the main sequence, and below it what is significant in the further ones.

    Parameters
    ----------
    table : Table
        Of ``heterogeneity.table2`` for the first sequence.
    data : dict
        {sequence: its rows with all digits}, the main one first.
    statistics : dict
        {sequence: rows of ``statistics.sequences.stack_sequences``}.
    """
    (main, _), *further = data.items()
    beyond = {
        name: set(own.loc[own["significant_all"], "feature"]) for name, own in statistics.items()
    }
    rows = [_row(row, main, beyond[main]) for row in table.rows]
    for name, own in further:
        n = f"n = {int(statistics[name]['n'].max())}"
        what = f"Significant in {label_of(name)} ({n})"
        rows.append([what if len(own) else f"{what}: none", *[""] * len(table.header)])
        rows += [_row(table2_row(row), name, beyond[name]) for row in own.itertuples()]
    first = statistics[main].iloc[0]
    note = (
        f"Sequences: {', '.join(map(label_of, data))}. Each is tested as the paper tested its one (*);"
        f" ** also below {first['threshold_all']:.3g} = {first['threshold'] * first['n_tests']:g} over"
        f" {first['n_tests']} features x {len(data)} sequences. Akram: of {label_of(main)}."
    )
    header = [table.header[0], "Sequence", *table.header[1:]]
    return table._replace(header=header, rows=rows, footnotes=[note, *table.footnotes])


def found_by_sequence(statistics: pd.DataFrame, tested: pd.DataFrame | None) -> str:
    """What the sequences found in one sentence, "" where there is one.

    Parameters
    ----------
    statistics : DataFrame
        cohort/statistics.tsv.
    tested : DataFrame or None
        cohort/spatial_null.tsv, None where texture or size was not asked.
    """
    words = []
    for name, own in statistics.groupby("sequence", sort=False):
        found = f"{int(own['significant'].sum())} of {len(own)} features differ"
        if tested is not None:
            verdicts = tested.loc[tested["sequence"] == name, "verdict"]
            found += f", {int((verdicts == TEXTURE).sum())} called texture"
        words.append(f"in {label_of(name)} (n = {int(own['n'].max())}) {found}")
    if len(words) < 2:
        return ""
    return f"{len(words)} sequences were measured: {'; '.join(words)}."


def _row(cells, sequence, beyond):
    feature, *others = cells
    if not any(others):  # a heading
        return [feature, "", *others]
    name = feature.removesuffix(" *")
    return [f"{name} **" if name in beyond else feature, label_of(sequence), *others]
