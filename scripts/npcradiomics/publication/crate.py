"""A finished study as an RO-Crate (Workflow Run Crate profile): what may be published, and what it was made from."""

import os
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from npcradiomics.files import replacing
from npcradiomics.jobs.provenance import REPOSITORY, checksums

PROFILES = (
    "https://w3id.org/ro/wfrun/process/0.5",
    "https://w3id.org/ro/wfrun/workflow/0.5",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0",
)
TERMS = "https://w3id.org/ro/terms/workflow-run/context"
WORKFLOW = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
PARAMETER = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"
TEXTS = {".tsv", ".md", ".tex", ".html"}
KINDS = {
    ".tsv": "text/tab-separated-values",
    ".md": "text/markdown",
    ".tex": "text/x-tex",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".png": "image/png",
}
# A page that calculates may go; one with pictures in it has slices of patients.
PICTURE = re.compile(r"data:image|<(?:img|svg|canvas|object|embed|iframe)\b", re.IGNORECASE)
# A name in figures and tables must be a code: P07, REC001, B-014. Not a person's, nor a birthday, nor a hospital's number.
CODE = re.compile(r"(?:[A-Za-z]{0,8}\d{0,4}[-_])*[A-Za-z]{0,8}\d{1,5}[A-Za-z]?")
DATE = re.compile(r"(?:19|20)\d\d[-_]?[01]\d[-_]?[0-3]\d|[0-3]\d[-_][01]\d[-_](?:19|20)\d\d")


def write_crate(
    record: dict,
    results: str | Path,
    path: str | Path,
    *,
    study: str,
    paper: str,
    simulated: bool,
    cells: dict[str, dict[str, str]],
) -> None:
    """Write the zip of a study's tables and figures with ro-crate-metadata.json.

    Parameters
    ----------
    record
        Contents of provenance.json: the source of everything the crate says.
    results
        Folder of the study's results, to which the record's outputs are relative.
    path
        The zip to write.
    study
        heterogeneity or response.
    paper
        URL of the paper whose tables and figures these are.
    simulated
        Whether patients are simulated; the description says so.
    cells
        {patient: {column: file}} of the patients table. None of these files goes in, and none is
        named.

    Raises
    ------
    ValueError
        An output is no longer what the record says, is no table or figure, or names a file of a
        patient; or a patient's name is no code.

    References
    ----------
    Leo et al. 2024, Recording provenance of workflow runs with RO-Crate, PLoS ONE 19: e0309210.
    """
    files = {name: Path(results) / name for name in record["outputs"]}
    _refuse_changed(record["outputs"], files)
    _refuse_names(record["inputs"], files, cells)
    crate = _described(record, files, study, paper, simulated)
    with replacing(path) as temporary:
        crate.write_zip(temporary)


def _refuse_changed(recorded, files):
    now = checksums(files)
    changed = [name for name, checksum in recorded.items() if now[name] != checksum]
    if changed:
        raise ValueError(
            f"{_some(changed)} no longer what provenance.json says; run the study again"
        )


def _refuse_names(patients, files, cells):
    """Whom or what must not be named: people in patients' names, files and folders in tables."""
    people = [name for name in patients if not CODE.fullmatch(name) or DATE.search(name)]
    if people:
        raise ValueError(
            f"patients' names stand in tables and figures, and these may identify people:"
            f" {_some(people)} no code like P07; rename them in the patients table"
        )
    others = [
        name
        for name, file in files.items()
        if file.suffix not in KINDS or (file.suffix == ".html" and PICTURE.search(_text(file)))
    ]
    if others:
        raise ValueError(f"{_some(others)} no table or figure of the study, and may be an image")
    words = {os.path.expanduser("~"): "the user's folder"}
    for patient, row in cells.items():
        for column, cell in row.items():
            parts = cell.split("#")[0].rstrip("/").split("/")
            # a folder of slices may be called anything: only with the folder above
            words["/".join(parts[-1 if "." in parts[-1] else -2 :])] = f"{column} of {patient}"
    for name, file in files.items():
        text = _text(file)
        for word, whose in words.items():
            if word in text:
                raise ValueError(f"{name} names {whose} ({word}); nothing was written")


def _text(file):
    if file.suffix in TEXTS:
        return file.read_text(encoding="utf-8")
    if file.suffix == ".docx":
        with zipfile.ZipFile(file) as parts:
            return "".join(
                re.sub("<[^>]*>", "", parts.read(part).decode("utf-8"))
                for part in parts.namelist()
                if part.endswith(".xml")
            )
    return ""


def _some(names):
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{more} {'is' if len(names) == 1 else 'are'}"


def _described(record, files, study, paper, simulated):
    """The crate with its metadata: workflow, inputs and settings without paths, outputs, software."""
    crate, software = ROCrate(version="1.1"), record["software"]
    ended = datetime.fromtimestamp(max(file.stat().st_mtime for file in files.values()), UTC)
    crate.metadata.extra_contexts.append(TERMS)
    crate.datePublished = ended
    crate.name = f"{study}: tables and figures"
    crate.description = (
        f"Tables and figures of the {study} study of npc-recurrence-radiomics, of"
        f" {len(record['inputs'])} patients; inputs are named by checksum, images are not included."
        + " The patients are SIMULATED: nobody's data."
        * simulated
    )
    licence = _thing(
        crate,
        "#licence",
        "CreativeWork",
        name="Licence of these results",
        description="To be chosen by who publishes them; the code is BSD-3-Clause.",
    )
    crate.license = licence
    crate.root_dataset["conformsTo"] = [
        _thing(crate, url, "CreativeWork", name=url.split("/")[-2], version=url.split("/")[-1])
        for url in PROFILES
    ]
    crate.root_dataset["citation"] = _thing(
        crate, paper, "ScholarlyArticle", name="The paper whose analysis this reproduces"
    )
    workflow = crate.add_workflow(
        REPOSITORY / "Snakefile",
        "Snakefile",
        main=True,
        lang="snakemake",
        lang_version=software["packages"]["snakemake"],
        properties={
            "name": "npc-recurrence-radiomics",
            "version": software["git_commit"] or software["version"],
            "encodingFormat": "text/x-python",
            "license": "https://spdx.org/licenses/BSD-3-Clause",
            "description": f"Version {software['version']}; SHA-256 of the code together"
            f" {software['code_sha256']}; files changed since the commit:"
            f" {', '.join(software['git_changed_files']) or 'none'}",
        },
    )
    workflow["conformsTo"] = _thing(
        crate, WORKFLOW, "CreativeWork", name="ComputationalWorkflow", version="1.0"
    )
    workflow["softwareRequirements"] = [
        _thing(crate, url, "SoftwareApplication", name=name, softwareVersion=version, url=url)
        for name, version, url in [
            ("python", software["python"], "https://www.python.org/"),
            *(
                (name, version, f"https://pypi.org/project/{name}/{version}/")
                for name, version in software["packages"].items()
            ),
        ]
    ]
    inputs, given = _inputs(crate, record), _settings(crate, record["settings"])
    workflow["input"] = list(
        {p.id: p for one in inputs + given for p in [one["exampleOfWork"]]}.values()
    )
    outputs = [
        crate.add_file(
            file,
            name,
            properties={
                "name": f"{_title(file.stem)} ({file.suffix[1:]})",
                "encodingFormat": KINDS[file.suffix],
                "sha256": record["outputs"][name],
            },
        )
        for name, file in files.items()
    ]
    run = crate.add_action(
        workflow,
        "#run",
        inputs + given,
        outputs,
        {
            "name": " ".join(record["command"]) or "snakemake",
            "endTime": ended.isoformat(timespec="seconds"),
        },
    )
    run["description"] = ", ".join(f"{key} {value}" for key, value in record["host"].items())
    crate.root_dataset["mentions"] = run
    return crate


def _thing(crate, identifier, kind, **properties):
    return crate.add(ContextEntity(crate, identifier, properties={"@type": kind, **properties}))


def _parameter(crate, name, kind):
    return _thing(
        crate,
        f"#parameter/{name}",
        "FormalParameter",
        name=name,
        additionalType=kind,
        conformsTo=_thing(crate, PARAMETER, "CreativeWork", name="FormalParameter", version="1.0"),
    )


def _inputs(crate, record):
    """The patients table and every patient's files, by checksum."""
    named = {("cohort", "patients_table"): record["patients_table"]}
    named |= {
        (patient, column): checksum
        for patient, sums in record["inputs"].items()
        for column, checksum in sums.items()
        if checksum
    }
    found = []
    for (patient, column), checksum in named.items():
        one = _thing(crate, f"#input/{patient}/{column}", "CreativeWork", sha256=checksum)
        one["name"] = f"{column} of {patient}"
        one["exampleOfWork"] = _parameter(crate, column, "File")
        found.append(one)
    return found


def _settings(crate, settings, place=""):
    found = []
    for key, value in settings.items():
        if isinstance(value, dict) and value:
            found += _settings(crate, value, f"{place}{key}/")
        elif key not in ("patients", "new_patients"):  # the table is an input, by its checksum
            told = os.path.basename(value) if key == "pyradiomics" else value
            one = _thing(crate, f"#setting/{place}{key}", "PropertyValue", value=str(told))
            one["name"] = f"{place}{key}".replace("/", ": ")
            one["exampleOfWork"] = _parameter(crate, f"{place}{key}", "PropertyValue")
            found.append(one)
    return found


def _title(stem):
    """What the paper calls it: fig3 is Figure 3, table2 Table 2."""
    kind, number = re.fullmatch(r"(\D+)(\d*)", stem).groups()
    named = {"fig": "Figure", "table": "Table"}.get(kind, kind.replace("_", " ").capitalize())
    return f"{named} {number}".strip()
