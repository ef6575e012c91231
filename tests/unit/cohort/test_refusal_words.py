"""Every refusal of the import names its file first and says what to do, by the source."""

import ast

from repository import ROOT

DOORS = ("dicom/*.py", "images/*.py", "input_tables.py")
# What is no file: an image or a mask in memory, and what is written.
IN_MEMORY = {
    "writer.py",
    "masks.py",
    "transforms.py",
    "slices.py",
    "grids.py",
    "tracing.py",
    "normalisation.py",
    "decoder.py",
}


def test_every_refusal_of_the_import_names_the_file_first_and_says_what_to_do():
    seen = 0
    for path in (path for door in DOORS for path in (ROOT / "scripts/npcradiomics").glob(door)):
        if path.name in IN_MEMORY:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.exc if isinstance(node, ast.Raise) else None
            if not isinstance(called, ast.Call) or getattr(called.func, "id", "") == "OSError":
                continue
            where, name = (
                f"{path.name}:{node.lineno}",
                getattr(called.func, "id", ast.unparse(called)),
            )
            if name.endswith(".within(str(path))"):
                continue
            assert name in ("Refusal", "DicomError"), f"{where} raises {name}"
            wrong, *todo = called.args
            assert isinstance(wrong, ast.JoinedStr) and isinstance(
                wrong.values[0], ast.FormattedValue
            ), where
            assert ast.unparse(wrong.values[0].value) in (
                "path",
                "where",
                "name",
                "needed",
                "root",
            ), where
            assert todo or name == "DicomError", where  # whose default is to export again
            seen += 1
    assert seen > 80
