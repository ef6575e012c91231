"""A file is whole or absent: written under a temporary name in the same folder, then renamed."""

import glob
import json
import os
import uuid
import zipfile
import zlib
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from npcradiomics.refusal import Refusal

if TYPE_CHECKING:  # jobs that write no table need not load pandas
    import pandas as pd


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path of the same folder and ending; on success it becomes `path`.

    On failure it is removed.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # What a killed job left; Snakemake sees to it that no second job writes this file now.
    for stale in path.parent.glob(f".{'[0-9a-f]' * 32}.{glob.escape(path.name)}"):
        stale.unlink(missing_ok=True)
    # The ending stays last, because image and figure writers choose the format by it.
    temporary = path.with_name(f".{uuid.uuid4().hex}.{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def files_below(folder: str | Path) -> list[Path]:
    """Files in a folder and all below it, those behind symbolic links too, sorted.

    A folder that is met again, by a link to one above it, is left out.
    """
    found, met = [], set()
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in met:
            folders.clear()
            continue
        met.add(real)
        folders.sort()
        found += [Path(place) / name for name in names if os.path.isfile(os.path.join(place, name))]
    return sorted(found)


def write_text(text: str, path: str | Path) -> None:
    """Write a text file whole."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(content: object, path: str | Path) -> None:
    """Write JSON, readable by people, keys in the order given.

    ValueError: NaN or infinity, which are not JSON.
    """
    write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", path)


def read_json(path: str | Path) -> Any:
    """Read a JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def read_arrays(
    path: str | Path, names: Iterable[str], what: str, todo: str, without: Container[str] = ()
) -> dict[str, Any]:
    """Read a record that numpy.savez_compressed wrote: arrays by name, single values as Python's own.

    Parameters
    ----------
    path
    names
        That the file must have; whatever else it has is read, too.
    what, todo
        What the record is and how it comes back, for the words of a refusal.
    without
        Names that are not read.

    Raises
    ------
    Refusal
        With the file: missing, not such a file, names missing.
    """
    import numpy as np

    try:
        with open(path, "rb") as file:
            if file.read(2) != b"PK":  # of which numpy would say to trust it as a pickle
                raise ValueError("it is no .npz archive")
        with np.load(path, allow_pickle=False) as content:
            missing = [name for name in names if name not in content.files]
            arrays = {name: content[name] for name in content.files if name not in without}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise Refusal(f"{path}: cannot be read as {what}: {error}", todo) from error
    if missing:
        raise Refusal(f"{path}: {', '.join(missing)} missing", todo)
    return {name: one.item() if one.ndim == 0 else one for name, one in arrays.items()}


def write_rows(rows: list[dict], path: str | Path) -> None:
    """Write rows with equal keys as a tab-separated table, whole.

    Floats with all their digits, None and NaN as NA. ValueError: keys that differ.
    """
    lines = ["\t".join(rows[0])]
    for row in rows:
        if row.keys() != rows[0].keys():
            raise ValueError(
                f"{path}: row has columns {list(row)}, the first row has {list(rows[0])}"
            )
        lines.append("\t".join(_cell(value) for value in row.values()))
    write_text("\n".join(lines) + "\n", path)


def _cell(value):
    if value is None or value != value:
        return "NA"
    return repr(float(value)) if isinstance(value, float) else str(value)


def write_table(table: "pd.DataFrame", path: str | Path) -> None:
    """Write a table as tab-separated text, whole, with all digits and NA for missing values."""
    with replacing(path) as temporary:
        table.to_csv(temporary, sep="\t", index=False, na_rep="NA", lineterminator="\n")
