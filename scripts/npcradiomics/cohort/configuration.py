"""Config and patients tables against their closed schemas: every fault in one line, before the first job."""

import difflib
import functools
import itertools
import os
from pathlib import Path

import jsonschema
import yaml

from npcradiomics.cohort.clinical_values import fold, settle
from npcradiomics.cohort.sequences import with_sequence_columns
from npcradiomics.cohort.sources import as_on_disc
from npcradiomics.input_tables import read_cells

# Patient names become folder names and labels in figures.
FORBIDDEN_IN_NAMES = set('/\\ \t"<>|:*?{}')
NO_BRACES = ("transform",)


@functools.cache
def read_schema(path):
    """Read a JSON schema written as YAML, once: it takes longer than all else of a config."""
    return yaml.safe_load(Path(path).read_text(encoding="utf-8"))


def complete_settings(settings, schema, where):
    """Return the settings with the schema's defaults filled in.

    Raises ValueError with a line per fault; a wrong key's has the nearest right one.
    """
    faults = [
        f"{where}: {words}"
        for e in _errors(settings, schema)
        for words in _config_faults(e, schema)
    ]
    if faults:
        raise ValueError("\n".join(faults))
    return _with_defaults(settings, schema)


def results_folders(config, studies):
    """{study: folder of its results}, by the key `results` of each study that the config has.

    studies: {study: schema}. ValueError where one study's folder is another's or lies in it: each
    would take the other's files for its own.
    """
    folders = {
        study: os.path.normpath(
            complete_settings(config.get(study, {}), schema, f"config: {study}")["results"]
        )
        for study, schema in studies.items()
    }
    for inner, outer in itertools.permutations(studies, 2):
        paths = Path(folders[inner]).absolute(), Path(folders[outer]).absolute()
        if paths[0].is_relative_to(paths[1]):
            raise ValueError(
                f"config: {inner}: results: {folders[inner]} is within {outer}'s results,"
                f" {folders[outer]}; give each study a folder of its own"
            )
    return folders


def is_simulated(row: dict[str, str]) -> bool:
    """Whether a patient's files lie below a folder `simulated`."""
    return any("simulated" in value.split("/") for value in row.values())


def with_results(patients, folder):
    """The patients table with `<results>/` replaced by the study's folder of results, at the beginning of a cell.

    In `targets`, which names several files, wherever it stands.
    """
    for row in patients.values():
        for name, value in row.items():
            if name == "targets" or value.startswith("<results>/"):
                row[name] = value.replace(
                    "<results>/", f"{folder}/", -1 if name == "targets" else 1
                )
    return patients


def refuse_unknown_top(config, top, studies):
    """ValueError with a line per key at the top of the config that no study and no target has.

    Without it a misspelt study would be ignored and the built-in simulated cohort run in its place.
    top: schema of the top; studies: {study: schema}, so that a study's key that stands alone at the
    top is told where it belongs.
    """
    below = {f"{study}: {key}": key for study, s in studies.items() for key in s["properties"]}
    faults = []
    for error in _errors(config, top):
        if error.validator != "additionalProperties":
            faults.append(f"config: {_fault_words(error)}")
            continue
        for key in sorted(set(config) - set(top["properties"])):
            homes = [place for place, name in below.items() if name == key]
            near = difflib.get_close_matches(key, top["properties"], n=1)
            belongs = f"it belongs below a study ({' or '.join(homes)})" if homes else ""
            known = f"did you mean {near[0]}?" if near else f"known: {', '.join(top['properties'])}"
            faults.append(f"config: unknown key {key!r} at the top; {belongs or known}")
    if faults:
        raise ValueError("\n".join(faults))


def read_patients(path, schema, clinical_columns=()):
    """Read a patients table, one row per patient, however Excel wrote it.

    Columns are those of the schema and the clinical ones named in the config; an empty cell is an
    absent value. Returns (rows, said): dicts of text in the order of the file; a line for
    everything that was not read as it stands. Raises ValueError with a line per fault, each with
    file, row, column and value.
    """
    paths = [
        name
        for name, value in schema["properties"].items()
        if value.get("type") == "string" and name != "patient"
    ]
    if {"{", "}"} & set(str(path)):
        raise ValueError(
            f"{path}: braces in the path of a patients table, which Snakemake takes for wildcards; rename it"
        )
    cells = read_cells(path)
    if not cells.rows:
        raise ValueError(f"{path}: no patients in the table, 0 rows; add a row per patient")
    faults = _header_faults(cells.header, schema, clinical_columns)
    if faults:
        raise ValueError("\n".join(f"{path}: {fault}" for fault in faults))
    rows, seen = [], {}
    for number, line in cells.rows:
        row = {name: cell for name, cell in zip(cells.header, line, strict=True) if cell}
        patient = row.get("patient", "")
        known = {name: value for name, value in row.items() if name in schema["properties"]}
        faults += [f"row {number} ({patient}): {_fault_words(e)}" for e in _errors(known, schema)]
        if FORBIDDEN_IN_NAMES & set(patient) or patient.startswith("."):
            faults.append(
                f"row {number}: patient {patient!r} cannot be a folder name (no spaces, slashes or quotes)"
            )
        faults += [
            f"row {number} ({patient}): {name} {row[name]!r} has braces, which Snakemake takes for wildcards; rename it"
            for name in row
            if name in NO_BRACES or name.endswith(("_registration", "_transform"))
            if {"{", "}"} & set(row[name])
        ]
        first, name = seen.setdefault(fold(patient), (number, patient))
        if first != number:
            other = "" if name == patient else f" as {name}"
            faults.append(
                f"row {number}: patient {patient} stands in row {first} already{other}; names must differ"
            )
        rows.append(row)
    if faults:
        raise ValueError("\n".join(f"{path}, {fault}" for fault in faults))
    said = [cells.said] * bool(cells.said)
    try:
        said += settle(rows, [name for name in clinical_columns if name in cells.header])
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return [
        {name: as_on_disc(value) if name in paths else value for name, value in row.items()}
        for row in rows
    ], said


class Patients(dict):
    """{patient: row} of the patients table of a study; a name that is not in it is an error that says so.

    settings: with `patients`, the table, `clinical_columns` and perhaps `nifti_geometry`, for rows
    that say nothing of it, and `response_labels`, other words for a response. tell: called with a line for everything that was not read as it stands
    in the table; None tells nobody.
    """

    def __init__(self, settings, schema, tell=None):
        self.path, schema = settings["patients"], with_sequence_columns(schema, settings)
        labels = _response_labels(settings.get("response_labels", {}), schema)
        if labels:
            response = schema["properties"]["response"]
            response = response | {"enum": [*response["enum"], *labels]}
            schema = schema | {"properties": schema["properties"] | {"response": response}}
        rows, said = read_patients(self.path, schema, settings["clinical_columns"])
        for line in said if tell else ():
            tell(line)
        if geometry := settings.get("nifti_geometry"):
            rows = [{"nifti_geometry": geometry} | row for row in rows]
        for row in rows:
            if row.get("response") in labels:
                row["response"] = labels[row["response"]]
        super().__init__({row["patient"]: row for row in rows})

    def __missing__(self, name):
        near = difflib.get_close_matches(name, self, n=1)
        raise ValueError(
            f"{name}: no such patient in {self.path}{f'; did you mean {near[0]}?' if near else ''}"
        )


def _response_labels(wanted, schema):
    """{word of the table: effective or ineffective}; a word that is known already or stands twice is refused."""
    pairs = [(str(word), response) for response, words in wanted.items() for word in words]
    labels = dict(pairs)
    known = schema["properties"].get("response", {"enum": []})["enum"]
    twice = [word for word, response in pairs if labels[word] != response or word in known]
    if twice:
        raise ValueError(
            f"config: response_labels: {', '.join(map(repr, twice))} means something already"
            f" ({', '.join(known)} are known); give a word one meaning"
        )
    return labels


def _header_faults(header, schema, clinical_columns):
    known = [*schema["properties"], *clinical_columns]
    faults = []
    for name in header:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
            hint = "clinical columns are named in the config (clinical_columns)"
            hint = f"did you mean {near[0]}?" if near else hint
            if name.startswith("planning_") and "planning_mri" in known:
                hint += " Or name the sequence in the config (sequences)"
            faults.append(f"unknown column {name!r}; {hint}")
    faults += [
        f"column {name} is missing" for name in schema.get("required", ()) if name not in header
    ]
    faults += [
        f"clinical column {name} (config) is not in the table"
        for name in clinical_columns
        if name not in header
    ]
    return faults


def _errors(instance, schema):
    return sorted(
        jsonschema.Draft202012Validator(schema).iter_errors(instance),
        key=lambda e: [str(p) for p in e.path],
    )


def _config_faults(error, schema):
    """Words of a fault; of unknown keys one each, with the nearest right key of that level or any."""
    if error.validator != "additionalProperties":
        return [_fault_words(error)]
    here = error.schema["properties"]
    place = "".join(f"{part}: " for part in error.absolute_path)
    everywhere = dict(_keys(schema))
    faults = []
    for key in [key for key in error.instance if key not in here]:
        near = difflib.get_close_matches(str(key), here, n=1)
        home = everywhere.get(str(key))
        if home:
            hint = f"it belongs at {home}"
        else:
            hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(here)}"
        faults.append(f"{place}unknown key {key!r}; {hint}")
    return faults


def _keys(schema, place=""):
    for key, sub in schema.get("properties", {}).items():
        yield key, f"{place}{key}"
        yield from _keys(sub, f"{place}{key}: ")


def _fault_words(error):
    place, message = ": ".join(str(part) for part in error.absolute_path), error.message
    if error.validator == "pattern" and "form" in error.schema:
        message = f"{error.instance!r} is not {error.schema['form']}"
    elif error.validator in ("minimum", "maximum", "pattern", "exclusiveMinimum"):
        message += f" (value {error.instance!r})"
    elif place == "response":
        message += "; other words: key response_labels"
    return f"{place}: {message}" if place else message


def _with_defaults(value, schema):
    properties = schema.get("properties")
    if not properties or not isinstance(value, dict):
        return value
    filled = {key: _with_defaults(item, properties.get(key, {})) for key, item in value.items()}
    for key, sub in properties.items():
        if key not in filled and "default" in sub:
            filled[key] = _with_defaults(sub["default"], sub)
    return filled
