"""What the patients table gives as DICOM, or as a file that must not be read as it is, becomes NIfTI: voxels and places only."""


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
            sources.frame_of(wildcards.contour, patients[wildcards.patient])
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
            sources.frame_of(wildcards.contour, patients[wildcards.patient])
        ],
        registration=lambda wildcards: registration_of(wildcards.contour, wildcards),
        end_caps=settings["contour_end_caps"],
    message:
        "{wildcards.patient}: importing {wildcards.contour}"
    script:
        "../../scripts/import_contour.py"


rule import_dose:
    """An RTDOSE in gray on its own grid, in the frame of the planning MRI."""
    input:
        source=simulated_source("dose"),
        image=lambda wildcards: files_of(wildcards.patient)["planning_mri"],
        facts=frame_facts("dose"),
        registration=file_of_registration("dose"),
    output:
        dose="<results>/patients/{patient}/imported/dose.nii.gz",
    log:
        "<results>/logs/{patient}/import_dose.log",
    benchmark:
        "<results>/benchmarks/{patient}/import_dose.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("import_dose"),
        source=source_of("dose"),
        image=lambda wildcards: located(wildcards.patient)["planning_mri"],
        registration=lambda wildcards: registration_of("dose", wildcards),
    message:
        "{wildcards.patient}: importing the dose"
    script:
        "../../scripts/import_dose.py"


rule isodose95:
    """The 95 % isodose on the grid of the planning MRI, from the dose and the prescription of the table or the config."""
    input:
        unpack(files_in("dose", "planning_mri")),
    output:
        isodose95="<results>/patients/{patient}/imported/isodose95_of_dose.nii.gz",
    log:
        "<results>/logs/{patient}/isodose95.log",
    benchmark:
        "<results>/benchmarks/{patient}/isodose95.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("isodose95"),
        prescription_gy=lambda wildcards: prescription_of(wildcards.patient),
        source=lambda wildcards: patients[wildcards.patient]["dose"],
        dose=lambda wildcards: located(wildcards.patient)["dose"],
        planning_mri=lambda wildcards: located(wildcards.patient)["planning_mri"],
    message:
        "{wildcards.patient}: 95 % isodose"
    script:
        "../../scripts/isodose95.py"


rule simulate_dicom:
    """A simulated patient as a planning system would hand it over: MR series, RTSTRUCTs, RTDOSE."""
    input:
        planning_mri="<results>/simulated/{patient}/planning_mri.nii.gz",
        recurrence_mri="<results>/simulated/{patient}/recurrence_mri.nii.gz",
        gtv="<results>/simulated/{patient}/gtv.nii.gz",
        gtvr="<results>/simulated/{patient}/gtvr.nii.gz",
        dose="<results>/simulated/{patient}/dose.nii.gz",
    output:
        planning_mri=directory("<results>/simulated/{patient}/dicom/planning_mri"),
        recurrence_mri=directory("<results>/simulated/{patient}/dicom/recurrence_mri"),
        planning_structures="<results>/simulated/{patient}/dicom/planning_structures.dcm",
        recurrence_structures="<results>/simulated/{patient}/dicom/recurrence_structures.dcm",
        dose="<results>/simulated/{patient}/dicom/dose.dcm",
    log:
        "<results>/logs/{patient}/simulate_dicom.log",
    benchmark:
        "<results>/benchmarks/{patient}/simulate_dicom.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("simulate_dicom"),
    message:
        "{wildcards.patient}: simulated patient as DICOM"
    script:
        "../../scripts/simulate_dicom.py"
