"""Tables of the project: names stay names, numbers keep their digits, and only two modules parse tables."""

import io
import re

import numpy as np
import pandas as pd

from npcradiomics.files import write_table
from npcradiomics.tables import of_sequence, read_table
from repository import ROOT

# pandas' list of words for a missing value, and others that look like numbers.
NAMES = [
    "NA",
    "nan",
    "None",
    "null",
    "N/A",
    "",
    "-",
    "NULL",
    "#N/A",
    "007",
    "1e5",
    "inf",
    "True",
    "1.0",
]


def test_names_stay_names_and_numbers_keep_every_bit(tmp_path):
    names = [name for name in NAMES if name]
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=len(names)) * 10.0 ** rng.integers(-300, 300, len(names))
    numbers[2] = np.nan
    table = pd.DataFrame({"patient": names, "x": numbers, "n": range(len(names)), "note": "NA"})
    write_table(table, tmp_path / "t.tsv")
    back = read_table(tmp_path / "t.tsv")
    assert back["patient"].tolist() == names
    np.testing.assert_array_equal(back["x"], numbers)
    assert back["note"].isna().all() and back["n"].dtype == np.int64
    assert read_table(io.StringIO((tmp_path / "t.tsv").read_text())).equals(back)


def test_nowhere_else_is_a_table_parsed():
    for path in [*(ROOT / "scripts").rglob("*.py"), *(ROOT / "workflow").rglob("*.smk")]:
        if path.name not in ("tables.py", "input_tables.py"):
            found = re.search(
                r"read_(csv|excel|table\(.*sep)|csv\.(reader|DictReader)",
                path.read_text(encoding="utf-8"),
            )
            assert not found, f"{path}: {found[0]}"


def test_a_sequence_is_taken_out_of_a_table_bit_for_bit(tmp_path):
    """What is computed from it is what would be computed from a table of this sequence alone."""
    rows = "007\t{}\t0.1\t3\nNA\t{}\t1e-300\t4\n"
    (tmp_path / "both.tsv").write_text(
        "patient\tsequence\tx\tn\n" + rows.format("adc", "adc") + "P9\tt2\tNA\t5\n", "utf-8"
    )
    (tmp_path / "one.tsv").write_text("patient\tx\tn\n007\t0.1\t3\nNA\t1e-300\t4\n", "utf-8")
    both = read_table(tmp_path / "both.tsv")
    pd.testing.assert_frame_equal(of_sequence(both, "adc"), read_table(tmp_path / "one.tsv"))
    assert list(of_sequence(both, "t2")["patient"]) == ["P9"]
    assert len(of_sequence(both, "flair")) == 0
