import numpy as np
import pandas as pd
import pytest

from npcradiomics.files import read_arrays, replacing, write_json, write_rows, write_table
from npcradiomics.refusal import Refusal


def test_nothing_is_left_when_writing_fails(tmp_path):
    target = tmp_path / "table.tsv"
    target.write_text("before", encoding="utf-8")
    with pytest.raises(RuntimeError), replacing(target) as temporary:
        temporary.write_text("half", encoding="utf-8")
        raise RuntimeError
    assert target.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_temporary_name_keeps_folder_and_ending(tmp_path):
    with replacing(tmp_path / "image.nii.gz") as temporary:
        assert temporary.parent == tmp_path
        assert temporary.name.endswith("image.nii.gz")
        temporary.touch()
    assert [p.name for p in tmp_path.iterdir()] == ["image.nii.gz"]


def test_what_a_killed_job_left_is_taken_away_and_nothing_else(tmp_path):
    killed = tmp_path / f".{'0' * 32}.table[1].tsv"
    other = tmp_path / f".{'0' * 32}.table1.tsv"
    for path in (killed, other):
        path.write_text("half", encoding="utf-8")
    with replacing(tmp_path / "table[1].tsv") as temporary:
        temporary.write_text("whole", encoding="utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {"table[1].tsv", other.name}


def test_rows_keep_every_digit_and_mark_what_is_missing(tmp_path):
    path = tmp_path / "rows.tsv"
    third = 1 / 3
    write_rows(
        [{"a": "x", "b": third, "c": None}, {"a": "y", "b": float("nan"), "c": np.float64(1e-12)}],
        path,
    )
    table = pd.read_csv(path, sep="\t")
    assert table.loc[0, "b"] == third
    assert table.loc[1, "c"] == 1e-12
    assert np.isnan(table.loc[1, "b"]) and np.isnan(table.loc[0, "c"])


def test_rows_of_other_columns_are_refused(tmp_path):
    with pytest.raises(ValueError, match="columns"):
        write_rows([{"a": 1}, {"b": 1}], tmp_path / "rows.tsv")
    assert not list(tmp_path.iterdir())


def test_table_round_trips(tmp_path):
    table = pd.DataFrame({"name": ["p"], "value": [0.1 + 0.2]})
    write_table(table, tmp_path / "t.tsv")
    assert pd.read_csv(tmp_path / "t.tsv", sep="\t").loc[0, "value"] == 0.1 + 0.2


def test_json_refuses_nan(tmp_path):
    with pytest.raises(ValueError, match=r"Out of range|not JSON"):
        write_json({"x": float("nan")}, tmp_path / "x.json")
    assert not list(tmp_path.iterdir())


def test_what_is_no_archive_is_refused_without_a_word_of_pickles(tmp_path):
    (tmp_path / "text.npz").write_text("patient\tgtv\n", encoding="utf-8")
    np.save(tmp_path / "one.npy", np.zeros(3))
    for name in ("text.npz", "one.npy"):
        with pytest.raises(
            Refusal, match=f"{name}: cannot be read as draws: it is no .npz archive"
        ):
            read_arrays(tmp_path / name, ["a"], "draws", "draw again")
