"""What the methods say of a cohort in numbers, from its patients table and from what became of it.

Loads no pandas: the chapters count their patients at every start of Snakemake.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from npcradiomics.cohort.configuration import is_simulated
from npcradiomics.publication.notices import rule_words

_CONTOURS = ("gtv", "gtvr", "isodose95", "mask")


def table_counts(rows: Sequence[Mapping[str, str]]) -> dict[str, int]:
    """Patients who have a value in each column, and `patients`, `simulated`, `carried`, `rtstruct`, `centres`.

    carried: GTVr was drawn on the MRI at recurrence; rtstruct: a contour comes from DICOM; centres:
    different values of the column centre.
    """
    filled = Counter(column for row in rows for column, cell in row.items() if cell != "")
    return dict(filled) | {
        "patients": len(rows),
        "centres": len({row.get("centre", "") for row in rows} - {""}),
        "simulated": sum(map(is_simulated, rows)),
        "carried": sum(row.get("gtvr_frame") == "recurrence" for row in rows),
        "rtstruct": sum(any(map(_is_dicom, map(row.get, _CONTOURS))) for row in rows),
    }


def _is_dicom(cell):
    return bool(cell) and cell.partition("#")[0].casefold().endswith(".dcm")


def heterogeneity_counts(
    table: Mapping[str, int],
    excluded: "pandas.DataFrame",  # noqa: F821
    statistics: "pandas.DataFrame",  # noqa: F821
) -> dict:
    """Numbers of the methods of the heterogeneity study.

    Parameters
    ----------
    table : mapping
        Of `table_counts`.
    excluded : DataFrame
        cohort/excluded.tsv: patient, rule, reason.
    statistics : DataFrame
        cohort/statistics.tsv, whose sequences are those that anybody was measured in.
    """
    rules = excluded.drop_duplicates("patient")["rule"].value_counts()
    known = {name: table.get(name, 0) for name in ("transform", "targets", "fractions", "dose")}
    isodose = known["dose"] + table.get("isodose95", 0)  # a row has one of them
    return (
        dict(table)
        | known
        | {
            "entered": table["patients"] - excluded["patient"].nunique(),
            "registered": table["patients"] - known["transform"],
            "isodose": isodose,
            "out": {rule_words(rule): int(k) for rule, k in rules.items()},
            "sequences": list(dict.fromkeys(statistics["sequence"])),
        }
    )


def response_counts(
    table: Mapping[str, int],
    performance: "pandas.DataFrame",  # noqa: F821
) -> dict:
    """Numbers of the methods of the response study.

    Parameters
    ----------
    table : mapping
        Of `table_counts`, with `new`: patients of the table of new patients, and `new_labelled`: of
        these, whose response is known.
    performance : DataFrame
        cohort/performance.tsv: set, patients, effective.
    """
    return dict(table) | {
        "split_given": table.get("split", 0) == table["patients"],
        "sets": {
            row.set: {"patients": int(row.patients), "effective": int(row.effective)}
            for row in performance.itertuples()
        },
    }
