"""What both reports end with: the methods as a paper prints them, the checklists, where the results come from."""

import json

import pandas as pd

from npcradiomics.publication.checklists.filled import readable
from npcradiomics.publication.methods.bibliography import entries, reference
from npcradiomics.publication.methods.text import cited, numbered, paragraphs_of
from npcradiomics.publication.pages.report_blocks import StudyFiles, points, section, table, text
from npcradiomics.publication.tables.formats import Table

CHECKLISTS = ("metrics", "clear", "ibsi", "tripod")


def closing_sections(files: StudyFiles, study: str, notice: str) -> list[dict]:
    """The sections methods, checklists and provenance."""
    provenance = provenance_blocks(files.json("provenance.json"))
    return [
        section("methods", "Methods", *_methods(files), closed=True),
        section("checklists", "Checklists", *_checklists(files, study, notice), closed=True),
        section("provenance", "Where it comes from", *provenance, closed=True),
    ]


def _methods(files):
    if "methods.tsv" not in files:
        return []
    paragraphs = paragraphs_of(files.frame("methods.tsv"))
    keys = cited(paragraphs)
    library = entries(files.text("references.bib"))
    blocks = [text(numbered(" ".join(one.sentences), keys), title=one.name) for one in paragraphs]
    references = [f"[{k}] {reference(library[key])}" for k, key in enumerate(keys, start=1)]
    made = ["methods.md", "methods.tsv", "references.bib"]
    return [*blocks, points(references, title="References"), text(rule="methods", files=made)]


def _checklists(files, study, notice):
    blocks = []
    for name in CHECKLISTS:
        path = f"tables/checklist_{name}.tsv"
        if path in files:
            filled = files.frame(path, as_text=True)
            filled["weight"] = pd.to_numeric(filled["weight"], errors="coerce")
            made = [path, f"tables/checklist_{name}.docx"]
            blocks.append(table(readable(name, filled, study, notice), "checklists", made))
    return blocks


def provenance_blocks(record: dict) -> list[dict]:
    """What the results were made from, of provenance.json."""
    software = record["software"]
    rows = [
        ["Version", software["version"]],
        ["Commit", software["git_commit"] or "not known"],
        ["Changed files", ", ".join(software["git_changed_files"] or []) or "none"],
        ["Python", software["python"]],
        ["Command", " ".join(record["command"])],
        ["Patients table, SHA-256", record["patients_table"]],
        ["Inputs with checksums", f"{len(record['inputs'])} patients"],
        ["Outputs with checksums", f"{len(record['outputs'])} files"],
    ]
    made = ["provenance.json"]
    packages = Table(
        ["Package", "Version"], [list(one) for one in software["packages"].items()], "Packages"
    )
    settings = [[key, json.dumps(value).strip('"')] for key, value in _flat(record["settings"])]
    return [
        table(Table(["What", "Which"], rows, "This run"), "provenance", made),
        table(Table(["Key", "Value"], settings, "Settings"), "provenance", made),
        table(packages, "provenance", made),
        text(
            "verify recomputes the checksums: do inputs, settings and results still fit?",
            rule="verify",
        ),
    ]


def _flat(settings, before=""):
    for key, value in settings.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}: ")
        else:
            yield before + key, value
