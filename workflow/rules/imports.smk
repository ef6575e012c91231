"""What a patients table gives as DICOM, or as a file that must not be read as it is, becomes NIfTI: voxels and places only.

Both studies import by these rules; imported_files.smk says from where.
"""


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
        image="|".join(image_columns),
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
