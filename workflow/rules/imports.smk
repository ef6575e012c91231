"""What a patients table gives as DICOM, or as a file that must not be read as it is, becomes NIfTI: voxels and places only.

Both studies import by these rules. The study says whose files there are: with_files, {patient: row}.
"""

from npcradiomics.dicom.dataset import state_of_files
from npcradiomics.dicom.names import selector

IMPORTED = workflow.pathvars.apply("<results>/patients/{patient}/imported")


@cache
def refuse_missing_files():
    """A dry run opens no image but says what is not there; whether it is one is known when jobs are planned."""
    if workflow.dryrun and not settings.get("allow_missing"):
        given = {name: row for name, row in with_files.items() if not is_simulated(row)}
        sources.refuse_missing_files(given, settings["patients"])


@cache
def files_of(patient):
    """{column: file} of the patient's row; a missing file is [] and left for the first job to refuse."""
    refuse_missing_files()
    row, located = with_files[patient], sources.imported(with_files[patient], IMPORTED)
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
    return sources.imported(with_files[patient], IMPORTED)


rule import_image:
    """A DICOM series, or a volume that is imported, as NIfTI: voxels and where they are, nothing of whom."""
    input:
        source=simulated_source(lambda wildcards: wildcards.image),
    output:
        image="<results>/patients/{patient}/imported/{image}.nii.gz",
        facts="<results>/patients/{patient}/imported/{image}.json",
    log:
        "<results>/logs/{patient}/{image}/import_image.log",
    benchmark:
        "<results>/benchmarks/{patient}/{image}/import_image.tsv"
    wildcard_constraints:
        image="|".join(sources.IMAGES),
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("import_image"),
        source=source_of(lambda wildcards: wildcards.image),
    message:
        "{wildcards.patient}: importing {wildcards.image}"
    script:
        "../../scripts/import_image.py"


rule import_contour:
    """A structure of an RTSTRUCT as a mask on the grid of the MRI it belongs to."""
    input:
        source=simulated_source(lambda wildcards: wildcards.contour),
        image=lambda wildcards: files_of(wildcards.patient)[
            sources.frame_of(wildcards.contour, with_files[wildcards.patient])
        ],
        facts=frame_facts(lambda wildcards: wildcards.contour),
        registration=file_of_registration(lambda wildcards: wildcards.contour),
    output:
        mask="<results>/patients/{patient}/imported/{contour}.nii.gz",
    log:
        "<results>/logs/{patient}/{contour}/import_contour.log",
    benchmark:
        "<results>/benchmarks/{patient}/{contour}/import_contour.tsv"
    wildcard_constraints:
        contour="|".join(sources.CONTOURS),
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("import_contour"),
        source=source_of(lambda wildcards: wildcards.contour),
        image=lambda wildcards: located(wildcards.patient)[
            sources.frame_of(wildcards.contour, with_files[wildcards.patient])
        ],
        registration=lambda wildcards: registration_of(wildcards.contour, wildcards),
        end_caps=settings["contour_end_caps"],
    message:
        "{wildcards.patient}: importing {wildcards.contour}"
    script:
        "../../scripts/import_contour.py"
