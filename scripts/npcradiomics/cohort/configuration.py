"""Config and patients tables against their closed schemas: every fault in one line, before the first job."""

import csv
import difflib
import itertools
import math
import os
from pathlib import Path

import jsonschema
import yaml

# Patient names become folder names and labels in figures.
FORBIDDEN_IN_NAMES = set('/\\ \t"<>|:*?{}')


def read_schema(path):
    """Read a JSON schema written as YAML."""
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


def with_repository_files(settings, repository):
    """The settings with files of the repository found there where the working directory has none.

    The defaults name tables and settings files as config/...; a run in another folder has no such
    folder, and means those.
    """
    if isinstance(settings, dict):
        return {key: with_repository_files(value, repository) for key, value in settings.items()}
    shipped = isinstance(settings, str) and settings.startswith("config/")
    if shipped and not Path(settings).exists() and (Path(repository) / settings).is_file():
        return str(Path(repository) / settings)
    return settings


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


def with_results(patients, folder):
    """The patients table with `<results>/` at the beginning of a cell replaced by the study's folder of results."""
    for row in patients.values():
        for name, value in row.items():
            if value.startswith("<results>/"):
                row[name] = value.replace("<results>", folder, 1)
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
    """Read a patients table (tab-separated, one row per patient) as a list of dicts of text, in the order of the file.

    Columns are those of the schema and the clinical ones named in the config; an empty cell is an
    absent value. Raises ValueError with a line per fault, each with file, row, column and value.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"{path}: no such patients table (key `patients` in the config)")
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = [
            line for line in csv.reader(file, delimiter="\t") if any(cell.strip() for cell in line)
        ]
    if len(lines) < 2:
        raise ValueError(f"{path}: no patients in the table")
    header = [name.strip() for name in lines[0]]
    faults = _header_faults(header, schema, clinical_columns)
    if faults:
        raise ValueError("\n".join(f"{path}: {fault}" for fault in faults))
    rows, seen = [], {}
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(header):
            faults.append(f"row {number}: {len(line)} cells, the header has {len(header)}")
            continue
        row = {name: cell.strip() for name, cell in zip(header, line, strict=True) if cell.strip()}
        patient = row.get("patient", "")
        known = {name: value for name, value in row.items() if name in schema["properties"]}
        faults += [f"row {number} ({patient}): {_fault_words(e)}" for e in _errors(known, schema)]
        if FORBIDDEN_IN_NAMES & set(patient) or patient.startswith("."):
            faults.append(
                f"row {number}: patient {patient!r} cannot be a folder name (no spaces, slashes or quotes)"
            )
        if patient in seen:
            faults.append(
                f"row {number}: patient {patient} stands in row {seen[patient]} already; names must differ"
            )
        seen.setdefault(patient, number)
        rows.append(row)
    if faults:
        raise ValueError("\n".join(f"{path}, {fault}" for fault in faults))
    return rows


def require_numbers(rows, numbers):
    """ValueError naming every value in a column of `numbers` that is no finite number;

    an absent value is allowed.
    """
    faults = []
    for row in rows:
        for column in numbers:
            try:
                sound = column not in row or math.isfinite(float(row[column]))
            except ValueError:
                sound = False
            if not sound:
                faults.append(f"{row['patient']}: {column} is {row[column]!r}")
    if faults:
        more = f" and {len(faults) - 5} more" if len(faults) > 5 else ""
        raise ValueError(
            f"clinical columns that should hold numbers: {'; '.join(faults[:5])}{more}"
            " (words belong into clinical_categories, an unknown value stays empty)"
        )


class Patients(dict):
    """{patient: row} of a patients table as read_patients reads it;

    a name that is not in the table is an error that says so.
    """

    def __init__(self, path, schema, clinical_columns=()):
        super().__init__(
            {row["patient"]: row for row in read_patients(path, schema, clinical_columns)}
        )
        self.path = path

    def __missing__(self, name):
        near = difflib.get_close_matches(name, self, n=1)
        raise ValueError(
            f"{name}: no such patient in {self.path}{f'; did you mean {near[0]}?' if near else ''}"
        )


def _header_faults(header, schema, clinical_columns):
    known = [*schema["properties"], *clinical_columns]
    faults = [
        f"column {name} stands twice" for name in sorted({n for n in header if header.count(n) > 1})
    ]
    for name in header:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = (
                f"did you mean {near[0]}?"
                if near
                else "clinical columns are named in the config (clinical_columns)"
            )
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
    place = ": ".join(str(part) for part in error.absolute_path)
    value = (
        f" (value {error.instance!r})"
        if error.validator in ("minimum", "maximum", "pattern", "exclusiveMinimum")
        else ""
    )
    return f"{place}: {error.message}{value}" if place else f"{error.message}{value}"


def _with_defaults(value, schema):
    properties = schema.get("properties")
    if not properties or not isinstance(value, dict):
        return value
    filled = {key: _with_defaults(item, properties.get(key, {})) for key, item in value.items()}
    for key, sub in properties.items():
        if key not in filled and "default" in sub:
            filled[key] = _with_defaults(sub["default"], sub)
    return filled
