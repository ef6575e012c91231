"""Rules by which an item of a checklist is answered from what a finished run says of itself.

A rule is a word of workflow/report/checklists.tsv and, behind a colon, what it is about.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from npcradiomics.files import read_json
from npcradiomics.tables import read_table

YES, NO, OPEN, NOT_APPLICABLE = "yes", "no", "for you to fill", "does not apply"
RECORD, METHODS, TABLE = "provenance.json", "methods.md", "patients table"


class Answer(NamedTuple):
    """One of the four answers, its evidence (file, key in it, value there), and a note."""

    answer: str
    file: str = ""
    key: str = ""
    value: str = ""
    note: str = ""


class Run(NamedTuple):
    """What a finished run says of itself.

    record: provenance.json; methods: table of methods.text.sentence_table; counts: of
    methods.counts.table_counts; results: folder of the study.
    """

    record: dict
    methods: pd.DataFrame
    counts: Mapping[str, int]
    results: Path


def answer(rule: str, run: Run) -> Answer:
    """Answer one item.

    Parameters
    ----------
    rule : str
        Name of a rule, or name and argument with a colon between.
    run : Run
        What is known.

    Raises
    ------
    ValueError
        No such rule.
    """
    name, _, argument = rule.partition(": ")
    if name not in RULES:
        raise ValueError(f"checklists: no rule {name!r}; there are {', '.join(RULES)}")
    return RULES[name](run, argument)


def _you(run, argument):
    return Answer(OPEN, note=argument)


def _no(run, argument):
    return Answer(NO, note=argument)


def _not_applicable(run, argument):
    return Answer(NOT_APPLICABLE, note=argument)


def _fact(run, argument):
    """Something that is so in every run: words | file | key."""
    words, file, key = argument.split(" | ")
    return Answer(YES, file, key, words)


def _methods(run, argument):
    """A sentence of the methods says it: paragraph | words of the sentence."""
    name, words = argument.split(" | ")
    of_paragraph = run.methods[run.methods["paragraph"] == name]
    for sentence in of_paragraph["sentence"]:
        if words in sentence:
            return Answer(YES, METHODS, name, sentence)
    return Answer(NO, METHODS, name, note="the methods do not say it")


def _made(run, argument):
    """A file of the results is there: tables and figures as provenance.json lists them."""
    outputs = run.record["outputs"]
    if outputs.get(argument):
        return Answer(YES, argument, "sha256", outputs[argument][:12])
    if argument.startswith("cohort/") and (run.results / argument).is_file():
        return Answer(YES, argument)
    return Answer(NO, argument, note="not made in this run")


def _setting(run, argument):
    value = run.record["settings"]
    for name in argument.split(": "):
        value = value[name]
    return Answer(YES, RECORD, f"settings: {argument}", str(value))


def _centres(run, argument):
    n = run.counts["centres"]
    if not n:
        return Answer(OPEN, TABLE, "centre", note="the table has no column centre")
    return Answer(YES if n > 1 else NO, TABLE, "centre", f"{n} centre{'s' * (n > 1)}")


def _centres_analysed(run, argument):
    if run.counts["centres"] < 2:
        return Answer(NOT_APPLICABLE, TABLE, "centre", note="not more than one centre is named")
    words = "the target response_centres makes tables/centres, the performance of each centre"
    return Answer(OPEN, TABLE, "centre", f"{run.counts['centres']} centres", words)


def _preprocessing(run, argument):
    """METRICS asks for normalised intensities in MRI, and doubts slices made very much thinner."""
    said = _methods(run, "Features | not normalised")
    if said.answer == YES:
        return said._replace(answer=NO, note="METRICS names normalised intensities for MRI")
    return Answer(
        OPEN, METHODS, "Features", note="judge whether this normalisation fits your images"
    )


def _standardised(run, argument):
    used = run.record["settings"].get("features", {}).get("set")
    if used == "pyradiomics":
        version = run.record["software"]["packages"]["pyradiomics-bhklab"]
        return Answer(YES, RECORD, "settings: features: set", f"pyradiomics {version}")
    if used is None:
        said = _methods(run, "Features | zwanenburg2020")
        return said._replace(answer=NO, note="formulas of the paper's toolbox, not the standard's")
    note = "definitions of the paper's program or toolbox, not the standard's"
    return Answer(NO, RECORD, "settings: features: set", str(used), note)


def _riley(run, argument):
    """As many training patients as Riley's criteria ask for, by the note of the model."""
    notes = read_json(run.results / "cohort/model.json")["notes"]
    said = next((note for note in notes if "events per candidate" in note), "")
    found = re.search(r"criteria ask for (\d+) patients .* there are (\d+)$", said)
    words = "" if found else "no number is asked for; judge by the events per candidate"
    enough = found and int(found[2]) >= int(found[1])
    result = (YES if enough else NO) if found else OPEN
    return Answer(result, "cohort/model.json", "notes", said, words)


def _validation(run, argument):
    table = read_table(run.results / "cohort/performance.tsv").set_index("set")
    n = int(table["patients"].get("validation", 0))
    return Answer(
        YES if n else NO, "cohort/performance.tsv", "patients, validation", f"{n} patients"
    )


def _external(run, argument):
    n = run.counts["new_labelled"]
    if not n:
        return Answer(NO, note="there are no further patients with a known response")
    words = "yes if these patients are another institution's"
    return Answer(OPEN, "tables/external.tsv", "patients", f"{n} patients", words)


def _updating(run, argument):
    n = run.counts["new_labelled"]
    if not n:
        return Answer(NOT_APPLICABLE, note="the model is not updated")
    return Answer(YES, "tables/external.tsv", "model", f"recalibrated on {n} further patients")


def _code(run, argument):
    """The code that ran is that of a commit, to the letter."""
    software = run.record["software"]
    if software["git_commit"] and not software["git_changed_files"]:
        words = "open source (BSD-3-Clause)"
        return Answer(YES, RECORD, "software: git_commit", software["git_commit"], words)
    words = "the code that ran is not that of a commit; say where it can be had"
    changed = ", ".join(software["git_changed_files"]) or "no commit"
    return Answer(OPEN, RECORD, "software: git_changed_files", changed, words)


def _contours(run, argument):
    if run.counts["rtstruct"]:
        return _methods(run, "Regions | contours became")
    return Answer(NOT_APPLICABLE, TABLE, note="all contours came as masks")


RULES: dict[str, Callable[[Run, str], Answer]] = {
    "you": _you,
    "no": _no,
    "na": _not_applicable,
    "yes": _fact,
    "methods": _methods,
    "made": _made,
    "setting": _setting,
    "centres": _centres,
    "centres_analysed": _centres_analysed,
    "preprocessing": _preprocessing,
    "standardised": _standardised,
    "riley": _riley,
    "validation": _validation,
    "external": _external,
    "updating": _updating,
    "code": _code,
    "contours": _contours,
}
