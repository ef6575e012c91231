"""Further MRI sequences of a patient: their names, their columns of the patients table, their settings."""

import re
from pathlib import PurePosixPath

PLACEHOLDER = "SEQUENCE"  # in the schema's columns; each sequence of the config stands in for it
# A sequence of this name or ending would have a column that means something else already.
TAKEN = ("mri", "series")
# Sequences whose numbers have a unit, by the beginning of their names: what is not known of it is noted.
QUANTITIES = ("adc", "ct", "cbf", "cbv", "ktrans", "mtt", "t1map", "t2map", "tmax")
# Echo-planar as a rule, and stretched near air: by how the names begin.
DIFFUSION = re.compile(r"(adc|dwi|dti|dki|ivim|trace|b\d+)(?![a-z])")
ENDINGS = ("_series", "_transform", "_review", "_note", "_registration")


def column_of(sequence: str) -> str:
    """The column of the patients table with a sequence's volume or DICOM series."""
    return f"planning_{sequence}"


def with_sequence_columns(schema: dict, settings: dict) -> dict:
    """The schema of a patients table with the columns of every sequence of the settings, in the place of the placeholder's.

    Parameters
    ----------
    schema : dict
        Unchanged where it has no such columns.
    settings : dict
        Of the study, complete.

    Raises
    ------
    ValueError
        As `refuse_sequences`.
    """
    if not any(PLACEHOLDER in name for name in schema["properties"]):
        return schema
    refuse_sequences(settings)

    def each(name):
        return [name.replace(PLACEHOLDER, s) for s in settings["sequences"]]

    properties, needed = {}, dict(schema["dependentRequired"])
    for name, value in schema["properties"].items():
        properties |= dict.fromkeys(each(name) if PLACEHOLDER in name else [name], value)
    for name in [name for name in needed if PLACEHOLDER in name]:
        others = needed.pop(name)
        for sequence in settings["sequences"]:
            own = [other.replace(PLACEHOLDER, sequence) for other in others]
            needed[name.replace(PLACEHOLDER, sequence)] = own
    return schema | {"properties": properties, "dependentRequired": needed}


def refuse_sequences(settings: dict) -> None:
    """Refuse sequences that cannot be told apart, and settings of one that is not there.

    Raises
    ------
    ValueError
        With a line per fault.
    """
    names, main = settings["sequences"], settings["main_sequence"]
    faults = []
    if main in names:
        faults.append(
            f"sequences: {main} is the main sequence already (main_sequence: what planning_mri is);"
            " name only further ones"
        )
    faults += [
        f"sequences: {name} gives a column {column_of(name)} that means something else; choose another name"
        for name in names
        if name in TAKEN or name.endswith(ENDINGS)
    ]
    faults += [
        f"sequence_settings: {name} is not among the sequences ({', '.join(names) or 'none'});"
        " name it there, too" + " (settings of the main one: extraction)" * (name == main)
        for name in settings["sequence_settings"]
        if name not in names
    ]
    faults += [
        f"simulation: sequences: {name} is not among the sequences ({', '.join(names) or 'none'});"
        " name it there, too"
        for name in settings["simulation"]["sequences"]
        if name not in names
    ]
    if faults:
        raise ValueError("\n".join(f"config: heterogeneity: {fault}" for fault in faults))


def add_simulated(row: dict[str, str], sequences: list[str]) -> None:
    """Give a simulated patient's row these sequences, beside the planning MRI; a cell of the table goes before."""
    beside = PurePosixPath(row["planning_mri"])
    for name in map(column_of, sequences):
        row.setdefault(name, str(beside.with_name(f"{name}.nii.gz")))


def simulation_of(settings: dict, sequence: str) -> dict:
    """The settings of the simulation for a sequence: `planted` says whether something is planted in it."""
    planted = settings["simulation"]["planted"]
    own = {"planted": planted if isinstance(planted, bool) else sequence in planted}
    return own | {key: settings["simulation"][key] for key in ("seed", "size", "spacing_mm")}


def extraction_of(settings: dict, sequence: str) -> dict:
    """The settings of `extraction` for a sequence: those of the study, with its own in their place."""
    own = settings["sequence_settings"].get(sequence, {})
    return settings["extraction"] | {
        name: value for name, value in own.items() if name in settings["extraction"]
    }


def one_frame(facts: list[dict]) -> tuple[bool, str]:
    """Whether two imported images are of one frame of reference, and in words why that is not known or not so.

    facts: what the imports wrote of both; fewer where one of them is no DICOM.
    """
    codes = [found["frame_of_reference"] for found in facts]
    if len(codes) < 2 or not all(codes):
        return False, "not both images say their frame of reference (FrameOfReferenceUID of DICOM)"
    if len(set(codes)) > 1:
        return False, f"the images are of two frames of reference ({' and '.join(codes)})"
    return True, ""


def label_of(sequence: str) -> str:
    """A sequence's name as one says it: T2, ADC, CE T1."""
    return sequence.replace("_", " ").upper()


def is_diffusion(sequence: str) -> bool:
    """Whether a sequence is of diffusion, by its name (adc, dwi_b1000)."""
    return bool(DIFFUSION.match(sequence))


def quantity_note(sequence: str, said: dict | None) -> str:
    """What is not known of the numbers of a sequence that has a unit, in words; "" if all is, or if it has none.

    said: unit, slope and philips_slope as `dicom.quantities.quantity_of` gives them; of a volume its
    sidecar's `Units` alone; None where there is neither
    """
    if sequence.partition("_")[0] not in QUANTITIES:
        return ""
    if said is None:
        return "slope and unit are not known (a volume without a sidecar .json that says Units)"
    notes = [] if said["unit"] else ["the unit is not known"]
    if "slope" in said and said["slope"] is None:
        notes.append("without RescaleSlope: stored numbers are taken as they are")
    philips = said.get("philips_slope")
    if philips and abs((factor := philips * (said["slope"] or 1.0)) - 1.0) > 1e-3:
        notes.append(
            f"Philips: the values are {factor:.4g} times the physical ones (RescaleSlope x scale slope), by a factor of this"
            " scan's own"
        )
    return "; ".join(notes)
