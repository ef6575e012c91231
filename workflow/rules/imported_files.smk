"""Where each patient's files lie, also those that an import makes. The study says whose: with_files, {patient: row}, of its tables patients and new_patients."""

from npcradiomics.cohort.sequences import column_of
from npcradiomics.dicom.dataset import state_of_files
from npcradiomics.dicom.names import selector

# Both examinations (or the one image of a tumour), and the further sequences.
image_columns = [*sources.IMAGES, *map(column_of, settings.get("sequences", ()))]
IMPORTED = workflow.pathvars.apply("<results>/patients/{patient}/imported")


@cache
def refuse_missing_files():
    """A dry run opens no image but says what is not there; whether it is one is known when jobs are planned."""
    if workflow.dryrun and not settings.get("allow_missing"):
        given = {
            table.path: {name: row for name, row in table.items() if not is_simulated(row)}
            for table in filter(None, (patients, new_patients))
        }
        sources.refuse_missing_files(given, image_columns)


@cache
def files_of(patient):
    """{column: file} of the patient's row; a missing file is [] and left for the first job to refuse."""
    refuse_missing_files()
    row = with_files[patient]
    located = sources.imported(row, IMPORTED, image_columns)
    made = {
        name
        for name, value in located.items()
        if value != row.get(name) or "simulated" in value.split("/")
    }
    return {
        name: value if name in made or os.path.exists(value) else []
        for name, value in located.items()
    }


def in_column(column, wildcards):
    """(the patient's row, the column imported: given, or a function of the wildcards)."""
    return with_files[wildcards.patient], column(wildcards) if callable(column) else column


def simulated_source(column):
    """Input function: what simulate_patient or simulate_dicom makes of an imported cell."""

    def path(wildcards):
        row, name = in_column(column, wildcards)
        return (
            sources.split(row[name])[0]
            if sources.needs_import(row, name) and is_simulated(row)
            else []
        )

    return path


def source_of(column):
    """Param function: an imported cell and the state of its files. They are no inputs: Snakemake would record names with UIDs,
    and take braces for wildcards."""

    def source(wildcards):
        row, name = in_column(column, wildcards)
        if not sources.needs_import(row, name):
            return {}
        path, structure = sources.split(row[name])
        found = {"path": path, "structure": structure, "geometry": row.get("nifti_geometry")}
        found["series"] = selector(row.get(f"{name.removesuffix('_mri')}_series"))
        return found | {
            "state": "" if is_simulated(row) else state_of_files(sources.files(row[name]))
        }

    return source


def frame_facts(column):
    """Input function: what the import wrote of the image on which a contour or dose lies; nothing where it is NIfTI."""

    def path(wildcards):
        row, name = in_column(column, wildcards)
        frame = sources.frame_of(name, row)
        return f"{IMPORTED}/{frame}.json".format(**row) if sources.needs_import(row, frame) else []

    return path


def registration_of(column, wildcards):
    """The cell of the table that says how a contour or dose was registered to its MRI, None where there is none."""
    row, name = in_column(column, wildcards)
    return row.get(f"{name}_registration")


def file_of_registration(column):
    """Input function: that file; a missing one is refused by the job, with its name."""

    def path(wildcards):
        value = registration_of(column, wildcards)
        return value if value and os.path.exists(value) else []

    return path


def located(patient):
    """The patient's row, with what is DICOM replaced by the files its import makes."""
    return sources.imported(with_files[patient], IMPORTED, image_columns)
